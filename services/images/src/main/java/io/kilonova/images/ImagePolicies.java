package io.kilonova.images;

import io.kilonova.access.Caller;
import io.kilonova.access.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What may be allowed with images, under Glance's names and with its defaults. */
public final class ImagePolicies {
    private static final String OWNER = "role:admin or (role:member and project_id:%(project_id)s)";
    private static final String VIEWER = "project_id:%(project_id)s or project_id:%(member_id)s"
            + " or 'community':%(visibility)s or 'public':%(visibility)s";

    static final Policy ADD = new Policy("add_image", OWNER, "Make an image");
    static final Policy GET_ALL =
            new Policy("get_images", "role:admin or (role:reader and project_id:%(project_id)s)", "List images");
    static final Policy GET =
            new Policy("get_image", "role:admin or (role:reader and (" + VIEWER + "))", "Show an image");
    static final Policy MODIFY = new Policy("modify_image", OWNER, "Change what is said of an image");
    static final Policy DELETE = new Policy("delete_image", OWNER, "Delete an image");
    static final Policy PUBLICIZE = new Policy("publicize_image", "role:admin", "Show an image to everybody");
    static final Policy COMMUNITIZE =
            new Policy("communitize_image", OWNER, "Show an image to everybody who knows its id");
    static final Policy UPLOAD = new Policy("upload_image", OWNER, "Send, stage or import an image's bytes");
    static final Policy DOWNLOAD =
            new Policy("download_image", "role:admin or (role:member and (" + VIEWER + "))", "Read an image's bytes");
    static final Policy DEACTIVATE = new Policy("deactivate", OWNER, "Keep an image's bytes from being read");
    static final Policy REACTIVATE = new Policy("reactivate", OWNER, "Let an image's bytes be read again");
    static final Policy ADD_MEMBER = new Policy("add_member", OWNER, "Share an image with a project");
    static final Policy DELETE_MEMBER = new Policy("delete_member", OWNER, "Stop sharing an image with a project");
    static final Policy GET_MEMBER = new Policy(
            "get_member",
            "role:admin or (role:reader and (project_id:%(project_id)s or project_id:%(member_id)s))",
            "Show a member of an image");
    static final Policy GET_MEMBERS = new Policy(
            "get_members",
            "role:admin or (role:reader and (project_id:%(project_id)s or project_id:%(member_id)s))",
            "List the members of an image");
    static final Policy MODIFY_MEMBER = new Policy(
            "modify_member",
            "role:admin or (role:member and project_id:%(member_id)s)",
            "Accept or reject an image that is shared");
    static final Policy TASKS = new Policy("tasks_api_access", "role:admin", "Look at import tasks");
    static final Policy DISCOVER = Policy.anyone("image_discovery", "Read schemas, stores and import methods");

    private ImagePolicies() {}

    /** Every policy of the room, for listings. */
    public static List<Policy> all() {
        return List.of(
                ADD,
                GET_ALL,
                GET,
                MODIFY,
                DELETE,
                PUBLICIZE,
                COMMUNITIZE,
                UPLOAD,
                DOWNLOAD,
                DEACTIVATE,
                REACTIVATE,
                ADD_MEMBER,
                DELETE_MEMBER,
                GET_MEMBER,
                GET_MEMBERS,
                MODIFY_MEMBER,
                TASKS,
                DISCOVER);
    }

    /**
     * What a policy is asked about: an image that {@code caller} sees. Whoever sees a shared image and does not own it is a
     * member of it.
     */
    static Map<String, String> target(Image image, Caller caller) {
        Map<String, String> target = new HashMap<>();
        target.put("project_id", image.owner());
        target.put("owner", image.owner());
        target.put("visibility", image.visibility().label());
        if (image.visibility() == ImageVisibility.SHARED) {
            caller.projectId()
                    .filter(project -> !project.equals(image.owner()))
                    .ifPresent(project -> target.put("member_id", project));
        }
        return target;
    }
}
