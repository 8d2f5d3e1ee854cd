package io.kilonova.networks;

import java.util.List;

/** What a caller says about the networks of a new server. */
public sealed interface NetworkChoice {
    /** No network at all ({@code "none"}). */
    record None() implements NetworkChoice {}

    /** The one network that the project has, or one made for it ({@code "auto"}). */
    record Automatic() implements NetworkChoice {}

    /** Nothing said: the one network that the project has; none if it has none (Compute API before 2.37). */
    record Unspecified() implements NetworkChoice {}

    /** These cards. */
    record Cards(List<CardRequest> requests) implements NetworkChoice {}
}
