package io.kilonova.node;

/**
 * What a guest is answered that asked for metadata.
 *
 * @param status of HTTP
 * @param contentType of the content
 * @param content the document, or why there is none
 */
public record MetadataTold(int status, String contentType, byte[] content) {}
