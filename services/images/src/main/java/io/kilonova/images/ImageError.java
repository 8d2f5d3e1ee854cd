package io.kilonova.images;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong with images. */
public enum ImageError implements ErrorCode {
    IMAGE_NOT_FOUND(Owner.CALLER, 404, "There is no image %s."),
    IMAGE_EXISTS(Owner.CALLER, 409, "An image %s exists already."),
    IMAGE_GONE(Owner.CALLER, 410, "The image %s was deleted while its bytes were arriving."),
    NOT_OWNER(Owner.CALLER, 403, "Only its owner may do this with the image %s."),
    IMAGE_GUARDED(Owner.CALLER, 403, "The image %s is protected: set protected to false before deleting it."),
    WRONG_STATUS(Owner.CALLER, 409, "The image %s is %s; this needs it to be %s."),
    ACTIVATION_REFUSED(Owner.CALLER, 403, "The image %s is %s; only an active or deactivated image can do this."),
    IMAGE_DEACTIVATED(Owner.CALLER, 403, "The image %s is deactivated: its bytes cannot be read."),
    BODY_INVALID(Owner.CALLER, 400, "%s"),
    QUERY_INVALID(Owner.CALLER, 400, "%s"),
    MARKER_UNKNOWN(Owner.CALLER, 400, "The marker %s is no image of this list."),
    ATTRIBUTE_READ_ONLY(Owner.CALLER, 403, "Attribute '%s' is read-only."),
    ATTRIBUTE_RESERVED(Owner.CALLER, 403, "Attribute '%s' is reserved."),
    ATTRIBUTE_STAYS(Owner.CALLER, 403, "Property %s may not be removed."),
    FORMAT_FIXED(Owner.CALLER, 403, "Attribute '%s' can only be changed while the image is queued."),
    OWNER_FIXED(Owner.CALLER, 403, "Only an administrator may give an image to another project."),
    PROPERTY_MISSING(Owner.CALLER, 409, "Property %s does not exist."),
    PROPERTY_PRESENT(Owner.CALLER, 409, "Property %s already present."),
    PATCH_TYPE_UNSUPPORTED(
            Owner.CALLER, 415, "An image is changed by a body of type application/openstack-images-v2.1-json-patch."),
    UPLOAD_TYPE_UNSUPPORTED(Owner.CALLER, 415, "An image's bytes are of type application/octet-stream."),
    FORMAT_MISSING(Owner.CALLER, 400, "Set disk_format and container_format before sending the image's bytes."),
    CONTENT_REFUSED(Owner.CALLER, 400, "The image was refused: %s"),
    UPLOAD_INTERRUPTED(Owner.CALLER, 400, "The image's bytes broke off. Nothing was kept; send them again."),
    RANGE_UNSATISFIABLE(Owner.CALLER, 416, "The image has %d bytes; the range lies outside."),
    IMPORT_METHOD_OFF(
            Owner.CALLER,
            400,
            "The import method %s is not offered here: this cloud fetches nothing from addresses in requests. Use glance-direct."),
    IMAGE_TOO_LARGE(Owner.CALLER, 413, "An image may have at most %d bytes."),
    QUOTA_EXCEEDED(Owner.CALLER, 413, "The project's quota of %s is used up: the limit is %d."),
    TOO_MANY(Owner.CALLER, 413, "An image may have at most %d %s."),
    TAG_NOT_FOUND(Owner.CALLER, 404, "The image has no tag %s."),
    MEMBER_NOT_FOUND(Owner.CALLER, 404, "The image %s has no member %s."),
    MEMBER_EXISTS(Owner.CALLER, 409, "The image %s has the member %s already."),
    NOT_SHARED(Owner.CALLER, 403, "Only an image of visibility shared has members; %s is %s."),
    STORE_FULL(
            Owner.CAPACITY,
            413,
            "The disk that holds the images is full. Nothing was kept; try again when there is room."),
    STORE_FAILED(Owner.DEPENDENCY, 503, "The disk that holds the images fails. Nothing was kept; try again later."),
    DATA_MISSING(Owner.US, 500, "The bytes of the image %s are not where they were stored.");

    private final Meaning meaning;

    ImageError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
