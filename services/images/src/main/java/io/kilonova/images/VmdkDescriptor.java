package io.kilonova.images;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text that a VMDK image carries about itself. Every line must be one that is known to be harmless: a comment, a
 * setting of the list below, or the one extent, which names a file without a folder (its own, when it was made).
 */
final class VmdkDescriptor {
    private static final Set<String> TYPES = Set.of("monolithicsparse", "streamoptimized");
    private static final Set<String> SETTINGS =
            Set.of("version", "encoding", "cid", "parentcid", "createtype", "isnativesnapshot");
    private static final Pattern SETTING = Pattern.compile("([A-Za-z0-9_.]{1,64}) ?= ?\"?([^\"]{0,1024})\"?");
    private static final Pattern EXTENT = Pattern.compile("RW [0-9]{1,15} SPARSE \"([^\"/\\\\:]{1,255})\"(?: 0)?");
    private static final int MAXIMUM_LINES = 1000;

    private VmdkDescriptor() {}

    /** Refuses a descriptor that names another file; {@code bytes} end with zeros. */
    static void require(byte[] bytes) throws FormatVerdict.Refusal {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        for (int i = end; i < bytes.length; i++) {
            FormatVerdict.require(bytes[i] == 0, "its VMDK descriptor goes on behind its end.");
        }
        String text = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        FormatVerdict.require(text.startsWith("# Disk DescriptorFile"), "its VMDK descriptor does not begin as one.");
        boolean typed = false;
        int extents = 0;
        int count = 0;
        for (String raw : text.split("\r\n|\n|\r", -1)) {
            String line = raw.strip();
            FormatVerdict.require(++count <= MAXIMUM_LINES, "its VMDK descriptor is too long.");
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (EXTENT.matcher(line).matches()) {
                FormatVerdict.require(++extents == 1, "it has more than one VMDK extent.");
            } else {
                typed |= setting(line);
            }
        }
        FormatVerdict.require(typed, "its VMDK descriptor does not say its type.");
        FormatVerdict.require(extents == 1, "its VMDK descriptor has no sparse extent.");
    }

    /** Refuses a line that is no harmless setting; says whether it is the type. */
    private static boolean setting(String line) throws FormatVerdict.Refusal {
        Matcher matcher = SETTING.matcher(line);
        FormatVerdict.require(matcher.matches(), "its VMDK descriptor has a line that is not admitted.");
        String name = matcher.group(1).toLowerCase(Locale.ROOT);
        String value = matcher.group(2).strip().toLowerCase(Locale.ROOT);
        FormatVerdict.require(
                SETTINGS.contains(name) || name.startsWith("ddb."),
                "its VMDK descriptor has a setting that is not admitted.");
        if (name.equals("parentcid")) {
            FormatVerdict.require(
                    value.equals("ffffffff"), "it has a parent. Make it stand alone with: qemu-img convert -O vmdk.");
        }
        if (name.equals("createtype")) {
            FormatVerdict.require(
                    TYPES.contains(value),
                    "its VMDK type is not admitted: only monolithicSparse and streamOptimized stand alone.");
            return true;
        }
        return false;
    }
}
