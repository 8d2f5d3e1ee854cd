package io.kilonova.images;

import java.time.Instant;

/**
 * A project with which an image is shared.
 *
 * @param imageId the image
 * @param memberId the project
 * @param status what the project made of it
 * @param createdAt when it was shared
 * @param updatedAt when the status last changed
 */
public record ImageMember(String imageId, String memberId, MemberStatus status, Instant createdAt, Instant updatedAt) {}
