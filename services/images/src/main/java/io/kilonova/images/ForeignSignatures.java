package io.kilonova.images;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Refuses what begins as a format that can name other files while it is recorded as one that cannot: whoever guessed its
 * format later would open those files (the class of CVE-2024-32498). Partition tables are no such thing and pass.
 */
final class ForeignSignatures {
    private static final int LOOKED_AT_BYTES = 128;

    /** Bytes that a format has at a fixed place. */
    private record Signature(String name, int offset, byte[] bytes) {
        static Signature text(String name, String text) {
            return new Signature(name, 0, text.getBytes(StandardCharsets.US_ASCII));
        }

        static Signature hexadecimal(String name, int offset, String text) {
            return new Signature(name, offset, HexFormat.of().parseHex(text));
        }

        boolean matches(byte[] start) {
            if (start.length < offset + bytes.length) {
                return false;
            }
            for (int i = 0; i < bytes.length; i++) {
                if (start[offset + i] != bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Signature> SIGNATURES = List.of(
            Signature.hexadecimal("a qcow2", 0, "514649fb"),
            Signature.hexadecimal("a QED", 0, "51454400"),
            Signature.text("a VMDK", "KDMV"),
            Signature.text("a VMDK", "COWD"),
            Signature.text("a VHDX", "vhdxfile"),
            Signature.text("a VHD", "conectix"),
            Signature.hexadecimal("a VDI", 64, "7f10dabe"),
            Signature.hexadecimal("a LUKS", 0, "4c554b53babe"),
            Signature.text("a Parallels", "WithoutFreeSpace"),
            Signature.text("a Parallels", "WithouFreSpacExt"),
            Signature.text("a Bochs", "Bochs Virtual HD Image"),
            Signature.text("a cloop", "#!/bin/sh\n#V2.0 Format"));

    private ForeignSignatures() {}

    /** Refuses bytes, recorded as {@code format}, that begin as another. */
    static void refuse(DiskFormat format, DiskBytes bytes) throws IOException, FormatVerdict.Refusal {
        ByteBuffer buffer = bytes.take(0, LOOKED_AT_BYTES, ByteOrder.BIG_ENDIAN);
        byte[] start = new byte[buffer.remaining()];
        buffer.get(start);
        for (Signature signature : SIGNATURES) {
            FormatVerdict.require(!signature.matches(start), sentence(format, signature.name()));
        }
        String text = new String(start, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
        FormatVerdict.require(!text.startsWith("# disk descriptorfile"), sentence(format, "a VMDK"));
    }

    private static String sentence(DiskFormat format, String found) {
        return "its disk_format is %s, but its bytes begin as those of %s image.".formatted(format.label(), found);
    }
}
