-- Networks, subnets, ports, security groups and their rules, routers and floating IPs: what relates and finds them stands in
-- columns, all that describes them in the document.
CREATE TABLE network_resources (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX network_resources_by_project ON network_resources (kind, project_id, created_at, id);
CREATE INDEX network_resources_by_parent ON network_resources (kind, parent_id);
CREATE INDEX network_resources_by_device ON network_resources (kind, device_id);
CREATE INDEX network_resources_by_name ON network_resources (kind, name);
CREATE INDEX network_resources_shared ON network_resources (kind, shared);

-- An address is taken once on its network: the key says so.
CREATE TABLE network_addresses (
    network_id TEXT NOT NULL,
    address TEXT NOT NULL,
    subnet_id TEXT NOT NULL,
    port_id TEXT NOT NULL,
    PRIMARY KEY (network_id, address)
);
CREATE INDEX network_addresses_by_port ON network_addresses (port_id);
CREATE INDEX network_addresses_by_subnet ON network_addresses (subnet_id);

CREATE TABLE network_quotas (
    project_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    maximum BIGINT NOT NULL,
    PRIMARY KEY (project_id, resource)
);
