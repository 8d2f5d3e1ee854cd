package io.kilonova.identity;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * What a token carries: whose it is, where it holds and until when. Rights are not in it; they are looked up. Packed it
 * takes about 80 bytes, a token 200 characters.
 *
 * @param userId the user
 * @param methods how the user proved who they are
 * @param scope where the token holds
 * @param issuedAt microseconds
 * @param expiresAt microseconds
 * @param auditIds the token's own, and that of the token it began with, when it came from one
 * @param credentialEpoch of the user when the token was issued; a later one ends the token
 * @param applicationCredentialId what the user came with instead of a password
 */
record TokenPayload(
        String userId,
        Set<AuthenticationMethod> methods,
        ScopeReference scope,
        Instant issuedAt,
        Instant expiresAt,
        List<String> auditIds,
        long credentialEpoch,
        Optional<String> applicationCredentialId) {
    static {
        // Without it, the library reaches for sun.misc.Unsafe, which newer Java warns of.
        System.setProperty("msgpack.universal-buffer", "true");
    }

    private static final int VERSION = 1;
    private static final int FIELDS = 10;
    private static final int MAXIMUM_ID_BYTES = 64;
    private static final int MAXIMUM_AUDIT_IDS = 2;

    /** The token's own audit id. */
    String auditId() {
        return auditIds.getFirst();
    }

    /** The bytes. */
    byte[] packed() {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(FIELDS).packInt(VERSION);
            packId(packer, userId);
            packer.packInt(AuthenticationMethod.bits(methods));
            packer.packInt(scope.kind().code());
            packId(packer, scope.id());
            packer.packLong(micros(issuedAt)).packLong(micros(expiresAt)).packArrayHeader(auditIds.size());
            for (String auditId : auditIds) {
                byte[] raw = Base64.getUrlDecoder().decode(auditId);
                packer.packBinaryHeader(raw.length).writePayload(raw);
            }
            packer.packLong(credentialEpoch);
            packId(packer, applicationCredentialId.orElse(""));
            return packer.toByteArray();
        } catch (IOException exception) {
            throw IdentityError.UNEXPECTED.because(exception, "packing a token");
        }
    }

    /** Reads the bytes; empty when another version, or nothing of ours, is in them. */
    static Optional<TokenPayload> unpack(byte[] bytes) {
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes)) {
            if (unpacker.unpackArrayHeader() != FIELDS || unpacker.unpackInt() != VERSION) {
                return Optional.empty();
            }
            String user = unpackId(unpacker);
            Set<AuthenticationMethod> methods = AuthenticationMethod.ofBits(unpacker.unpackInt());
            Optional<ScopeReference.Kind> kind = ScopeReference.Kind.of(unpacker.unpackInt());
            String scope = unpackId(unpacker);
            Instant issued = instant(unpacker.unpackLong());
            Instant expires = instant(unpacker.unpackLong());
            List<String> auditIds = unpackAuditIds(unpacker);
            long epoch = unpacker.unpackLong();
            String applicationCredential = unpackId(unpacker);
            if (kind.isEmpty() || auditIds.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new TokenPayload(
                    user,
                    methods,
                    new ScopeReference(kind.get(), scope),
                    issued,
                    expires,
                    auditIds,
                    epoch,
                    Optional.of(applicationCredential).filter(id -> !id.isEmpty())));
        } catch (IOException | MessagePackException exception) {
            return Optional.empty();
        }
    }

    private static List<String> unpackAuditIds(MessageUnpacker unpacker) throws IOException {
        int count = unpacker.unpackArrayHeader();
        List<String> auditIds = new ArrayList<>(MAXIMUM_AUDIT_IDS);
        for (int i = 0; i < count && i < MAXIMUM_AUDIT_IDS; i++) {
            byte[] raw = unpacker.readPayload(Math.min(unpacker.unpackBinaryHeader(), MAXIMUM_ID_BYTES));
            auditIds.add(Base64.getUrlEncoder().withoutPadding().encodeToString(raw));
        }
        return List.copyOf(auditIds);
    }

    /** Sixteen bytes for our usual id; {@code default} and the like as they are. */
    private static void packId(MessageBufferPacker packer, String id) throws IOException {
        if (id.length() == 32 && id.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            byte[] raw = HexFormat.of().parseHex(id);
            packer.packBinaryHeader(raw.length).writePayload(raw);
        } else {
            packer.packString(id);
        }
    }

    private static String unpackId(MessageUnpacker unpacker) throws IOException {
        if (unpacker.getNextFormat().getValueType() == ValueType.BINARY) {
            int length = Math.min(unpacker.unpackBinaryHeader(), MAXIMUM_ID_BYTES);
            return HexFormat.of().formatHex(unpacker.readPayload(length));
        }
        return unpacker.unpackString();
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
