package io.kilonova.identity;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A request signed with AWS signature version 2 or 4, as a front end for EC2 or S3 describes it to
 * {@code POST /v3/ec2tokens}.
 *
 * @param access the access key that it names
 * @param signature what it is signed with
 * @param host that it was sent to, with the port
 * @param verb HTTP
 * @param path without the query
 * @param parameters of the query or form, without the signature itself
 * @param headers names in lower case
 * @param bodyHash SHA-256 of the body in hexadecimal, for version 4
 */
record Ec2Signature(
        String access,
        String signature,
        String host,
        String verb,
        String path,
        Map<String, String> parameters,
        Map<String, String> headers,
        String bodyHash) {
    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(15);
    private static final String ALGORITHM_4 = "AWS4-HMAC-SHA256";
    private static final int SCOPE_PARTS = 5;
    private static final DateTimeFormatter COMPACT = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT);

    /** Whether the request is signed with {@code secret}, and lately. Compares in constant time. */
    boolean isSignedWith(String secret, Instant now) {
        Optional<String> expected = isVersion4() ? version4(secret) : version2(secret);
        boolean right = expected.filter(text -> MessageDigest.isEqual(bytes(text), bytes(signature)))
                .isPresent();
        return right && isRecent(now);
    }

    private boolean isVersion4() {
        return headers.getOrDefault("authorization", "").startsWith(ALGORITHM_4)
                || parameters.getOrDefault("X-Amz-Algorithm", "").equals(ALGORITHM_4);
    }

    /** Version 2: HMAC-SHA256, or SHA1 where the request says so, over verb, host, path and sorted parameters. */
    private Optional<String> version2(String secret) {
        if (!parameters.getOrDefault("SignatureVersion", "").equals("2")) {
            return Optional.empty();
        }
        String algorithm =
                parameters.getOrDefault("SignatureMethod", "HmacSHA256").equals("HmacSHA1") ? "HmacSHA1" : "HmacSHA256";
        String text = verb + "\n" + host + "\n" + path + "\n" + canonicalQuery();
        return Optional.of(Base64.getEncoder().encodeToString(mac(algorithm, bytes(secret), text)));
    }

    private Optional<String> version4(String secret) {
        String[] credential = part("Credential").split("/");
        String signedHeaders = part("SignedHeaders");
        String date = date();
        // The headers that are signed must name the host, or a signature could be carried elsewhere.
        if (credential.length != SCOPE_PARTS
                || !credential[0].equals(access)
                || !date.startsWith(credential[1])
                || !(";" + signedHeaders + ";").contains(";host;")) {
            return Optional.empty();
        }
        StringBuilder lines = new StringBuilder();
        for (String name : signedHeaders.split(";")) {
            lines.append(name)
                    .append(':')
                    .append(headers.getOrDefault(name, "").strip())
                    .append('\n');
        }
        String query = verb.equalsIgnoreCase("POST") ? "" : canonicalQuery();
        String canonical = String.join(
                "\n", verb.toUpperCase(Locale.ROOT), path, query, lines.toString(), signedHeaders, bodyHash);
        String scope = String.join("/", credential[1], credential[2], credential[3], credential[4]);
        String text = String.join("\n", ALGORITHM_4, date, scope, Ids.hexDigest(canonical));
        byte[] key = bytes("AWS4" + secret);
        for (int i = 1; i < SCOPE_PARTS; i++) {
            key = mac("HmacSHA256", key, credential[i]);
        }
        return Optional.of(HexFormat.of().formatHex(mac("HmacSHA256", key, text)));
    }

    private String canonicalQuery() {
        return new TreeMap<>(parameters)
                .entrySet().stream()
                        .filter(parameter -> !parameter.getKey().equals("Signature")
                                && !parameter.getKey().equals("X-Amz-Signature"))
                        .map(parameter -> quoted(parameter.getKey()) + "=" + quoted(parameter.getValue()))
                        .collect(Collectors.joining("&"));
    }

    /** A part of the Authorization header, or the parameter that stands for it. */
    private String part(String name) {
        String header = headers.get("authorization");
        if (header == null) {
            return parameters.getOrDefault("X-Amz-" + name, "");
        }
        int start = header.indexOf(name + "=");
        if (start < 0) {
            return "";
        }
        int end = header.indexOf(',', start);
        return header.substring(start + name.length() + 1, end < 0 ? header.length() : end)
                .strip();
    }

    private String date() {
        return Optional.ofNullable(headers.get("x-amz-date")).orElse(parameters.getOrDefault("X-Amz-Date", ""));
    }

    private boolean isRecent(Instant now) {
        try {
            if (isVersion4()) {
                return isNear(LocalDateTime.parse(date(), COMPACT).toInstant(ZoneOffset.UTC), now);
            }
            Optional<Instant> expires = time("Expires");
            return expires.map(now::isBefore)
                    .orElseGet(() ->
                            time("Timestamp").filter(sent -> isNear(sent, now)).isPresent());
        } catch (DateTimeException exception) {
            return false;
        }
    }

    private Optional<Instant> time(String parameter) {
        return Optional.ofNullable(parameters.get(parameter))
                .map(text -> text.endsWith("Z") || text.contains("+")
                        ? OffsetDateTime.parse(text).toInstant()
                        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
    }

    private static boolean isNear(Instant sent, Instant now) {
        return Duration.between(sent, now).abs().compareTo(TIME_TO_LIVE) <= 0;
    }

    private static String quoted(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static byte[] mac(String algorithm, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException exception) {
            throw IdentityError.UNEXPECTED.because(exception, "checking a signature");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
