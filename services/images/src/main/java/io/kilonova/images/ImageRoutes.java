package io.kilonova.images;

import io.kilonova.http.FaultFormat;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.SchemaLibrary;
import io.kilonova.http.ServiceApi;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Image API v2: what may be called, by whom, and who answers. */
public final class ImageRoutes implements RouteTable {
    private static final int MULTIPLE_CHOICES = 300;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;

    private final ImageHandlers images;
    private final DataHandlers data;
    private final MemberHandlers members;
    private final DiscoveryHandlers discovery;

    private ImageRoutes(BuiltInImages service) {
        this.images = new ImageHandlers(service);
        this.data = new DataHandlers(service);
        this.members = new MemberHandlers(service);
        this.discovery = new DiscoveryHandlers(service);
    }

    /** The API of {@code service}, to be served at {@code /image}. */
    public static ServiceApi api(BuiltInImages service) {
        ImageRoutes routes = new ImageRoutes(service);
        return new ServiceApi(
                "image",
                "/image",
                FaultFormat.IMAGE,
                Optional.empty(),
                List.of("x-openstack-request-id"),
                ServiceApi.DEFAULT_MAXIMUM_BODY_BYTES,
                false,
                new SchemaLibrary("schemas/images"),
                Map.of(
                        "",
                        new ServiceApi.Root(List.of(routes::versions), false),
                        "/v2",
                        new ServiceApi.Root(List.of(routes), false)));
    }

    private void versions(Routes routes) {
        routes.get("/").unauthenticated().answers(MULTIPLE_CHOICES).to(discovery::versions);
        routes.get("/versions").unauthenticated().to(discovery::versions);
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/").unauthenticated().answers(MULTIPLE_CHOICES).to(discovery::versions);

        routes.get("/images").policy(ImagePolicies.GET_ALL).to(images::list);
        routes.post("/images")
                .policy(ImagePolicies.ADD)
                .anyBody()
                .answers(CREATED)
                .to(images::create);
        routes.get("/images/{image_id}").policy(ImagePolicies.GET).to(images::show);
        routes.patch("/images/{image_id}")
                .policy(ImagePolicies.MODIFY)
                .anyBody()
                .to(images::update);
        routes.delete("/images/{image_id}")
                .policy(ImagePolicies.DELETE)
                .answers(NO_CONTENT)
                .to(images::delete);

        routes.get("/images/{image_id}/file").policy(ImagePolicies.DOWNLOAD).to(data::download);
        routes.put("/images/{image_id}/file")
                .policy(ImagePolicies.UPLOAD)
                .bytes()
                .answers(NO_CONTENT)
                .to(data::upload);
        routes.put("/images/{image_id}/stage")
                .policy(ImagePolicies.UPLOAD)
                .bytes()
                .answers(NO_CONTENT)
                .to(data::stage);
        routes.post("/images/{image_id}/import")
                .policy(ImagePolicies.UPLOAD)
                .anyBody()
                .answers(ACCEPTED)
                .to(data::startImport);
        routes.get("/images/{image_id}/tasks").policy(ImagePolicies.GET).to(discovery::imageTasks);

        routes.post("/images/{image_id}/actions/deactivate")
                .policy(ImagePolicies.DEACTIVATE)
                .answers(NO_CONTENT)
                .to(images::deactivate);
        routes.post("/images/{image_id}/actions/reactivate")
                .policy(ImagePolicies.REACTIVATE)
                .answers(NO_CONTENT)
                .to(images::reactivate);
        routes.put("/images/{image_id}/tags/{tag}")
                .policy(ImagePolicies.MODIFY)
                .answers(NO_CONTENT)
                .to(images::addTag);
        routes.delete("/images/{image_id}/tags/{tag}")
                .policy(ImagePolicies.MODIFY)
                .answers(NO_CONTENT)
                .to(images::removeTag);

        routes.get("/images/{image_id}/members")
                .policy(ImagePolicies.GET_MEMBERS)
                .to(members::list);
        routes.post("/images/{image_id}/members")
                .policy(ImagePolicies.ADD_MEMBER)
                .anyBody()
                .to(members::add);
        routes.get("/images/{image_id}/members/{member_id}")
                .policy(ImagePolicies.GET_MEMBER)
                .to(members::show);
        routes.put("/images/{image_id}/members/{member_id}")
                .policy(ImagePolicies.MODIFY_MEMBER)
                .target("member_id", "member_id")
                .anyBody()
                .to(members::update);
        routes.delete("/images/{image_id}/members/{member_id}")
                .policy(ImagePolicies.DELETE_MEMBER)
                .answers(NO_CONTENT)
                .to(members::remove);

        routes.get("/schemas/{name}").policy(ImagePolicies.DISCOVER).to(discovery::schema);
        routes.get("/info/import").policy(ImagePolicies.DISCOVER).to(discovery::importMethods);
        routes.get("/info/stores").policy(ImagePolicies.DISCOVER).to(discovery::stores);
        routes.get("/info/usage").policy(ImagePolicies.GET_ALL).to(discovery::usage);
        routes.get("/tasks").policy(ImagePolicies.TASKS).to(discovery::tasks);
        routes.post("/tasks").policy(ImagePolicies.TASKS).to(discovery::createTask);
        routes.unbuilt("/metadefs", ImagePolicies.DISCOVER, "definitions of metadata");
    }
}
