package io.kilonova.networks;

/**
 * A security group as compute names it.
 *
 * @param id UUID
 * @param name as its owner calls it
 * @param description for people
 * @param projectId whose
 */
public record SecurityGroupName(String id, String name, String description, String projectId) {}
