package io.kilonova.servers;

import io.kilonova.networks.CardRequest;
import java.util.Optional;

/**
 * A card that is attached or detached.
 *
 * @param request what is attached
 * @param portId the port; one that is still to be made has its id already, so that it is made once and can be found
 */
public record CardWork(Optional<CardRequest> request, String portId) {}
