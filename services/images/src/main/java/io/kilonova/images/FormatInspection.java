package io.kilonova.images;

import java.io.IOException;

/**
 * Holds an image's bytes against its recorded format. Nothing is guessed: the format says which parser reads, and a parser
 * admits only what names no other file and asks for no unbounded work. Costs a few reads, and at most 32 MiB of tables in
 * pieces of 64 KiB.
 */
final class FormatInspection {
    /** The largest disk that is admitted: 64 TiB, four times what a qcow2 of 64 KiB clusters commonly has. */
    static final long MAXIMUM_VIRTUAL_BYTES = 64L << 40;

    private FormatInspection() {}

    /**
     * The verdict on {@code bytes}.
     *
     * @throws IOException when they cannot be read
     */
    static FormatVerdict inspect(DiskFormat format, DiskBytes bytes) throws IOException {
        try {
            return new FormatVerdict.Admitted(
                    switch (format) {
                        case QCOW2 -> Qcow2Inspection.virtualSizeBytes(bytes);
                        case VMDK -> VmdkInspection.virtualSizeBytes(bytes);
                        case ISO -> IsoInspection.virtualSizeBytes(bytes);
                        case RAW, AMI, AKI, ARI -> plainSizeBytes(format, bytes);
                    });
        } catch (FormatVerdict.Refusal refusal) {
            return new FormatVerdict.Refused(String.valueOf(refusal.getMessage()));
        }
    }

    private static long plainSizeBytes(DiskFormat format, DiskBytes bytes) throws IOException, FormatVerdict.Refusal {
        ForeignSignatures.refuse(format, bytes);
        FormatVerdict.require(
                bytes.length() <= MAXIMUM_VIRTUAL_BYTES,
                "its disk is larger than %d bytes.".formatted(MAXIMUM_VIRTUAL_BYTES));
        return bytes.length();
    }
}
