package io.kilonova.images;

import static io.kilonova.images.ImageTables.*;

import io.kilonova.access.Visibility;
import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import tools.jackson.databind.JsonNode;

/** Answers for the members of shared images: the owner adds and removes them, each says itself whether it accepts. */
final class MemberHandlers {
    private final BuiltInImages images;

    MemberHandlers(BuiltInImages images) {
        this.images = images;
    }

    Answer add(Request request) {
        JsonNode named = request.body().path("member");
        String member = AttributeEditor.identifier("member", named);
        Image seen = shared(request);
        request.enforce(ImagePolicies.ADD_MEMBER, ImagePolicies.target(seen, request.caller()));
        Visibility visibility = request.caller().visibility();
        ImageMember added = images.database().write(transaction -> {
            DSLContext sql = transaction.sql();
            Image image = ImageRows.lock(sql, visibility, seen.id()).image();
            BuiltInImages.requireOwner(visibility, image);
            requireShared(image);
            int count = sql.fetchCount(MEMBERS, MEMBER_IMAGE.eq(image.id()));
            if (count >= images.options().maximumMembers()) {
                throw ImageError.TOO_MANY.with(images.options().maximumMembers(), "members");
            }
            Instant now = images.now();
            int inserted = sql.insertInto(MEMBERS)
                    .set(MEMBER_IMAGE, image.id())
                    .set(MEMBER, member)
                    .set(MEMBER_STATUS, MemberStatus.PENDING.label())
                    .set(MEMBER_CREATED_AT, now.toEpochMilli())
                    .set(MEMBER_UPDATED_AT, now.toEpochMilli())
                    .onConflictDoNothing()
                    .execute();
            if (inserted == 0) {
                throw ImageError.MEMBER_EXISTS.with(image.id(), ImageIds.shown(member));
            }
            return new ImageMember(image.id(), member, MemberStatus.PENDING, now, now);
        });
        return Answer.json(json -> ImageViews.member(json, added));
    }

    Answer list(Request request) {
        Image image = shared(request);
        request.enforce(ImagePolicies.GET_MEMBERS, ImagePolicies.target(image, request.caller()));
        List<ImageMember> members = images.database()
                .read(sql -> sql.selectFrom(MEMBERS)
                        .where(MEMBER_IMAGE.eq(image.id()))
                        .orderBy(MEMBER_CREATED_AT, MEMBER)
                        .fetch(MemberHandlers::member));
        // A member sees itself and not with whom else the owner shares.
        List<ImageMember> seen = members.stream()
                .filter(member -> mayKnow(request, image, member.memberId()))
                .toList();
        return Answer.json(json -> ImageViews.members(json, seen));
    }

    Answer show(Request request) {
        Image image = shared(request);
        request.enforce(ImagePolicies.GET_MEMBER, ImagePolicies.target(image, request.caller()));
        String id = request.path("member_id");
        ImageMember member = (mayKnow(request, image, id) ? find(image.id(), id) : Optional.<ImageMember>empty())
                .orElseThrow(() -> ImageError.MEMBER_NOT_FOUND.with(image.id(), ImageIds.shown(id)));
        return Answer.json(json -> ImageViews.member(json, member));
    }

    Answer update(Request request) {
        JsonNode body = request.body().path("status");
        MemberStatus status = MemberStatus.of(body.isString() ? body.stringValue() : "")
                .orElseThrow(() -> ImageError.BODY_INVALID.with("status must be pending, accepted or rejected."));
        Image image = shared(request);
        String id = request.path("member_id");
        if (find(image.id(), id).isEmpty()) {
            throw ImageError.MEMBER_NOT_FOUND.with(image.id(), ImageIds.shown(id));
        }
        images.database()
                .change(transaction -> transaction
                        .sql()
                        .update(MEMBERS)
                        .set(MEMBER_STATUS, status.label())
                        .set(MEMBER_UPDATED_AT, images.now().toEpochMilli())
                        .where(MEMBER_IMAGE.eq(image.id()))
                        .and(MEMBER.eq(id))
                        .execute());
        ImageMember changed = find(image.id(), id)
                .orElseThrow(() -> ImageError.MEMBER_NOT_FOUND.with(image.id(), ImageIds.shown(id)));
        return Answer.json(json -> ImageViews.member(json, changed));
    }

    Answer remove(Request request) {
        Image image = shared(request);
        request.enforce(ImagePolicies.DELETE_MEMBER, ImagePolicies.target(image, request.caller()));
        BuiltInImages.requireOwner(request.caller().visibility(), image);
        String id = request.path("member_id");
        int removed = images.database()
                .write(transaction -> transaction
                        .sql()
                        .deleteFrom(MEMBERS)
                        .where(MEMBER_IMAGE.eq(image.id()))
                        .and(MEMBER.eq(id))
                        .execute());
        if (removed == 0) {
            throw ImageError.MEMBER_NOT_FOUND.with(image.id(), ImageIds.shown(id));
        }
        return Answer.empty();
    }

    private Image shared(Request request) {
        Image image = images.require(request.caller().visibility(), request.path("image_id"));
        requireShared(image);
        return image;
    }

    private static void requireShared(Image image) {
        if (image.visibility() != ImageVisibility.SHARED) {
            throw ImageError.NOT_SHARED.with(image.id(), image.visibility().label());
        }
    }

    private static boolean mayKnow(Request request, Image image, String member) {
        return request.caller().visibility().sees(image.owner())
                || request.caller().projectId().filter(member::equals).isPresent();
    }

    private Optional<ImageMember> find(String image, String member) {
        return member.indexOf('\0') >= 0
                ? Optional.empty()
                : images.database()
                        .read(sql -> sql.selectFrom(MEMBERS)
                                .where(MEMBER_IMAGE.eq(image))
                                .and(MEMBER.eq(member))
                                .fetchOptional(MemberHandlers::member));
    }

    private static ImageMember member(Record row) {
        return new ImageMember(
                row.get(MEMBER_IMAGE),
                row.get(MEMBER),
                MemberStatus.of(row.get(MEMBER_STATUS)).orElseThrow(),
                Instant.ofEpochMilli(row.get(MEMBER_CREATED_AT)),
                Instant.ofEpochMilli(row.get(MEMBER_UPDATED_AT)));
    }
}
