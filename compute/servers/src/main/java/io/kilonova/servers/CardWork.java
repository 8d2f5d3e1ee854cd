package io.kilonova.servers;

import io.kilonova.networks.CardRequest;
import java.util.Optional;

/**
 * A card that is attached or detached.
 *
 * @param request what is attached
 * @param portId the port, once it is known
 */
public record CardWork(Optional<CardRequest> request, Optional<String> portId) {}
