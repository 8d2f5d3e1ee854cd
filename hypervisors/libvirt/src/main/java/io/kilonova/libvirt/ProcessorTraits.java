package io.kilonova.libvirt;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The standard names of what hosts can do, as the placement service knows them. */
final class ProcessorTraits {
    private static final String PREFIX = "HW_CPU_X86_";

    /** libvirt's names of processor features, and the traits' names after the prefix. */
    private static final Map<String, List<String>> FEATURES = Map.ofEntries(
            Map.entry("3dnow", List.of("3DNOW")),
            Map.entry("abm", List.of("ABM")),
            Map.entry("aes", List.of("AESNI")),
            Map.entry("avx", List.of("AVX")),
            Map.entry("avx2", List.of("AVX2")),
            Map.entry("avx512bw", List.of("AVX512BW")),
            Map.entry("avx512cd", List.of("AVX512CD")),
            Map.entry("avx512dq", List.of("AVX512DQ")),
            Map.entry("avx512er", List.of("AVX512ER")),
            Map.entry("avx512f", List.of("AVX512F")),
            Map.entry("avx512pf", List.of("AVX512PF")),
            Map.entry("avx512vl", List.of("AVX512VL")),
            Map.entry("avx512vnni", List.of("AVX512VNNI")),
            Map.entry("avx512vbmi", List.of("AVX512VBMI")),
            Map.entry("avx512ifma", List.of("AVX512IFMA")),
            Map.entry("avx512vbmi2", List.of("AVX512VBMI2")),
            Map.entry("avx512-bitalg", List.of("AVX512BITALG")),
            Map.entry("vaes", List.of("AVX512VAES")),
            Map.entry("gfni", List.of("AVX512GFNI")),
            Map.entry("vpclmulqdq", List.of("AVX512VPCLMULQDQ")),
            Map.entry("avx512-vpopcntdq", List.of("AVX512VPOPCNTDQ")),
            Map.entry("bmi1", List.of("BMI")),
            Map.entry("bmi2", List.of("BMI2")),
            Map.entry("pclmuldq", List.of("CLMUL")),
            Map.entry("f16c", List.of("F16C")),
            Map.entry("fma", List.of("FMA3")),
            Map.entry("fma4", List.of("FMA4")),
            Map.entry("mmx", List.of("MMX")),
            Map.entry("mpx", List.of("MPX")),
            Map.entry("sha-ni", List.of("SHA")),
            Map.entry("sse", List.of("SSE")),
            Map.entry("sse2", List.of("SSE2")),
            Map.entry("pni", List.of("SSE3")),
            Map.entry("ssse3", List.of("SSSE3")),
            Map.entry("sse4.1", List.of("SSE41")),
            Map.entry("sse4.2", List.of("SSE42")),
            Map.entry("sse4a", List.of("SSE4A")),
            Map.entry("svm", List.of("SVM", "AMD_SVM")),
            Map.entry("tbm", List.of("TBM")),
            Map.entry("rtm", List.of("TSX")),
            Map.entry("vmx", List.of("VMX", "INTEL_VMX")),
            Map.entry("xop", List.of("XOP")));

    /** What this driver does on every host. */
    private static final Set<String> ABILITIES = Set.of(
            "COMPUTE_IMAGE_TYPE_AKI",
            "COMPUTE_IMAGE_TYPE_AMI",
            "COMPUTE_IMAGE_TYPE_ARI",
            "COMPUTE_IMAGE_TYPE_ISO",
            "COMPUTE_IMAGE_TYPE_QCOW2",
            "COMPUTE_IMAGE_TYPE_RAW",
            "COMPUTE_IMAGE_TYPE_VMDK",
            "COMPUTE_NET_ATTACH_INTERFACE",
            "COMPUTE_NET_VIF_MODEL_E1000",
            "COMPUTE_NET_VIF_MODEL_E1000E",
            "COMPUTE_NET_VIF_MODEL_NE2K_PCI",
            "COMPUTE_NET_VIF_MODEL_PCNET",
            "COMPUTE_NET_VIF_MODEL_RTL8139",
            "COMPUTE_NET_VIF_MODEL_VIRTIO",
            "COMPUTE_NET_VIF_MODEL_VMXNET3",
            "COMPUTE_STORAGE_BUS_IDE",
            "COMPUTE_STORAGE_BUS_SATA",
            "COMPUTE_STORAGE_BUS_SCSI",
            "COMPUTE_STORAGE_BUS_USB",
            "COMPUTE_STORAGE_BUS_VIRTIO",
            "COMPUTE_GRAPHICS_MODEL_BOCHS",
            "COMPUTE_GRAPHICS_MODEL_CIRRUS",
            "COMPUTE_GRAPHICS_MODEL_NONE",
            "COMPUTE_GRAPHICS_MODEL_VGA",
            "COMPUTE_GRAPHICS_MODEL_VIRTIO");

    private ProcessorTraits() {}

    /** The traits of a host whose guests' processors can have these features. */
    static Set<String> of(Collection<String> features) {
        Set<String> traits = new TreeSet<>(ABILITIES);
        for (String feature : features) {
            for (String name : FEATURES.getOrDefault(feature, List.of())) {
                traits.add(PREFIX + name);
            }
        }
        return traits;
    }
}
