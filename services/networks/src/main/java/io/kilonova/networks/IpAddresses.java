package io.kilonova.networks;

import io.kilonova.http.IpText;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses of both versions as numbers: networks, ranges, the next free one. */
final class IpAddresses {
    private static final Pattern NUMERIC = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private IpAddresses() {}

    /**
     * An address.
     *
     * @param version 4 or 6
     * @param number its value
     */
    record Address(int version, BigInteger number) implements Comparable<Address> {
        Address plus(long amount) {
            return new Address(version, number.add(BigInteger.valueOf(amount)));
        }

        @Override
        public int compareTo(Address other) {
            return number.compareTo(other.number);
        }

        @Override
        public String toString() {
            return text(this);
        }
    }

    /**
     * A network.
     *
     * @param first its lowest address
     * @param prefixLength bits that are the same for all
     */
    record Cidr(Address first, int prefixLength) {
        Address last() {
            int bits = (first.version() == 4 ? 32 : 128) - prefixLength;
            return new Address(
                    first.version(),
                    first.number().add(BigInteger.ONE.shiftLeft(bits)).subtract(BigInteger.ONE));
        }

        boolean contains(Address address) {
            return address.version() == first.version()
                    && first.compareTo(address) <= 0
                    && last().compareTo(address) >= 0;
        }

        /** Whether a host may have an address: in IPv4 neither the network's own nor the one for all. */
        boolean isForHosts(Address address) {
            return contains(address) && (address.version() == 6 || (!address.equals(first) && !address.equals(last())));
        }

        /** The address that a card makes of its MAC address in a network of 64 bits (RFC 4291, modified EUI-64). */
        Address ofCard(String mac) {
            long bits = Long.parseLong(mac.replace(":", ""), 16) ^ 0x0200_0000_0000L;
            BigInteger upper = BigInteger.valueOf(bits >> 24 << 8 | 0xff).shiftLeft(32);
            BigInteger lower = BigInteger.valueOf(0xfe00_0000L | bits & 0xff_ffffL);
            return new Address(first.version(), first.number().add(upper).add(lower));
        }

        boolean overlaps(Cidr other) {
            return first.version() == other.first.version()
                    && first.compareTo(other.last()) <= 0
                    && other.first.compareTo(last()) <= 0;
        }

        @Override
        public String toString() {
            return first + "/" + prefixLength;
        }
    }

    /** The address that a text writes; no name is ever looked up. */
    static Optional<Address> parse(String text) {
        if (!NUMERIC.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = InetAddress.ofLiteral(text).getAddress();
            return Optional.of(new Address(bytes.length == 4 ? 4 : 6, new BigInteger(1, bytes)));
        } catch (IllegalArgumentException exception) {
            return Optional.empty();
        }
    }

    /** The network that a text writes, with the bits below its prefix cleared. */
    static Optional<Cidr> cidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
            return Optional.empty();
        }
        int length = Integer.parseInt(text.substring(slash + 1));
        return parse(text.substring(0, slash))
                .filter(address -> length <= (address.version() == 4 ? 32 : 128))
                .map(address -> {
                    int bits = (address.version() == 4 ? 32 : 128) - length;
                    BigInteger cleared = address.number().shiftRight(bits).shiftLeft(bits);
                    return new Cidr(new Address(address.version(), cleared), length);
                });
    }

    private static String text(Address address) {
        byte[] bytes = new byte[address.version() == 4 ? 4 : 16];
        byte[] number = address.number().toByteArray();
        int copied = Math.min(number.length, bytes.length);
        System.arraycopy(number, number.length - copied, bytes, bytes.length - copied, copied);
        try {
            return IpText.canonical(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException exception) {
            throw new IllegalStateException("an address of 4 or 16 bytes is always one", exception);
        }
    }
}
