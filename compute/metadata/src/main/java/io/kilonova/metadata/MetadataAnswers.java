package io.kilonova.metadata;

/** Who answers guests that ask for metadata: this process, or, on a host of many, a controller elsewhere. */
@FunctionalInterface
public interface MetadataAnswers {
    /**
     * What the guest reads at a path that has an address on a network.
     *
     * @param networkId of the socket at which was asked
     * @param address from which was asked
     * @param path for example {@code /openstack/latest/meta_data.json}
     */
    Answer answer(String networkId, String address, String path);

    /**
     * What a guest is answered.
     *
     * @param status of HTTP
     * @param contentType of the content
     * @param content the document, or why there is none
     */
    record Answer(int status, String contentType, byte[] content) {}
}
