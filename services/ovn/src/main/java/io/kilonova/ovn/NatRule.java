package io.kilonova.ovn;

import java.util.Optional;

/**
 * An address translation of a router.
 *
 * @param kind what is translated
 * @param external the address outside
 * @param logical the address inside; for {@link Kind#SNAT} also a network
 * @param distributed makes a floating IP answered on the guest's own chassis
 */
public record NatRule(Kind kind, String external, String logical, Optional<Distributed> distributed) {
    /** What is translated. */
    public enum Kind {
        /** Sources that leave. */
        SNAT("snat"),
        /** A floating IP: destinations that enter, and sources that leave. */
        DNAT_AND_SNAT("dnat_and_snat");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** The guest's port by id, and the hardware address that the floating IP has outside. */
    public record Distributed(String portId, String mac) {
        /** Checks both; {@link OvnError#VALUE_INVALID}. */
        public Distributed {
            Notation.identifier("The port's id", portId);
            mac = Notation.hardwareAddress(mac);
        }
    }

    /** Checks the addresses; {@link OvnError#VALUE_INVALID}. */
    public NatRule {
        Notation.address(external);
        Notation.network(logical);
    }

    /** What leaves this network gets that address. */
    public static NatRule source(String external, String network) {
        return new NatRule(Kind.SNAT, external, network, Optional.empty());
    }

    /** That address outside is this one inside. */
    public static NatRule floating(String external, String inner) {
        return new NatRule(Kind.DNAT_AND_SNAT, external, inner, Optional.empty());
    }
}
