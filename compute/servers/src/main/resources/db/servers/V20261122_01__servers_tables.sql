CREATE TABLE servers (
    id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    description TEXT,
    vm_state TEXT NOT NULL,
    task_state TEXT,
    power_state TEXT NOT NULL,
    progress_percent BIGINT NOT NULL,
    locked_by TEXT,
    locked_reason TEXT,
    fault TEXT,
    host TEXT,
    zone TEXT NOT NULL,
    flavor_id TEXT NOT NULL,
    flavor TEXT NOT NULL,
    image_id TEXT,
    image TEXT NOT NULL,
    key_name TEXT,
    config_drive BOOLEAN NOT NULL,
    launch_index BIGINT NOT NULL,
    reservation_id TEXT NOT NULL,
    access_ip_v4 TEXT,
    access_ip_v6 TEXT,
    disk_config TEXT NOT NULL,
    settings TEXT NOT NULL,
    user_data TEXT,
    metadata TEXT NOT NULL,
    tags TEXT NOT NULL,
    cards TEXT NOT NULL,
    addresses TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    launched_at BIGINT
);

-- A tenant's list in its default order, newest first, and the same for administrators.
CREATE INDEX servers_by_project ON servers (project_id, created_at DESC, id DESC);
CREATE INDEX servers_by_age ON servers (created_at DESC, id DESC);
CREATE INDEX servers_by_host ON servers (host);
CREATE INDEX servers_by_change ON servers (updated_at);

-- Servers that are gone, with the columns of those that are there: updated_at is when they went.
CREATE TABLE deleted_servers AS SELECT * FROM servers WHERE 1 = 0;
CREATE UNIQUE INDEX deleted_servers_by_id ON deleted_servers (id);
CREATE INDEX deleted_servers_by_project ON deleted_servers (project_id, updated_at);
CREATE INDEX deleted_servers_by_age ON deleted_servers (updated_at);

CREATE TABLE instance_actions (
    id BIGINT NOT NULL PRIMARY KEY,
    server_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    action TEXT NOT NULL,
    message TEXT,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    event TEXT NOT NULL,
    event_finished_at BIGINT,
    event_result TEXT,
    event_host TEXT,
    event_details TEXT
);
CREATE INDEX instance_actions_by_server ON instance_actions (server_id, id);
CREATE INDEX instance_actions_by_request ON instance_actions (server_id, request_id);
CREATE INDEX instance_actions_by_age ON instance_actions (started_at);

CREATE TABLE placement_decisions (
    server_id TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    host TEXT,
    tenant_sentence TEXT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (server_id, decided_at)
);
CREATE INDEX placement_decisions_by_age ON placement_decisions (decided_at);

CREATE TABLE sequences (
    name TEXT NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);
INSERT INTO sequences (name, next) VALUES ('servers', 1);
INSERT INTO sequences (name, next) VALUES ('instance_actions', 1);

CREATE TABLE quota_limits (
    project_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    maximum BIGINT NOT NULL,
    PRIMARY KEY (project_id, resource)
);

-- What servers use, counted in the transaction that makes or removes them.
CREATE TABLE quota_usages (
    project_id TEXT NOT NULL PRIMARY KEY,
    instances BIGINT NOT NULL,
    cores BIGINT NOT NULL,
    ram_mebibytes BIGINT NOT NULL
);

CREATE TABLE flavors (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    vcpus BIGINT NOT NULL,
    ram_mebibytes BIGINT NOT NULL,
    root_disk_gibibytes BIGINT NOT NULL,
    ephemeral_disk_gibibytes BIGINT NOT NULL,
    swap_mebibytes BIGINT NOT NULL,
    rxtx_factor DOUBLE PRECISION NOT NULL,
    is_public BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    extra_specs TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);

CREATE TABLE flavor_access (
    flavor_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    PRIMARY KEY (flavor_id, project_id)
);

CREATE TABLE keypairs (
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    public_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, name)
);

CREATE TABLE compute_services (
    host TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    disabled BOOLEAN NOT NULL,
    disabled_reason TEXT,
    forced_down BOOLEAN NOT NULL,
    zone TEXT NOT NULL,
    number BIGINT NOT NULL,
    inventory TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Requests that came with an Idempotency-Key: its hash, and the answer sealed with it.
CREATE TABLE idempotency_keys (
    id TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    answer TEXT
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- The moves of servers; one that is open is the consumer of what its server took at the source.
CREATE TABLE migrations (
    id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    server_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    vm_state_before TEXT NOT NULL,
    source_host TEXT NOT NULL,
    destination_host TEXT,
    old_flavor TEXT NOT NULL,
    new_flavor TEXT NOT NULL,
    held_cores BIGINT NOT NULL,
    held_ram_mebibytes BIGINT NOT NULL,
    progress TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX migrations_by_server ON migrations (server_id, number);
CREATE INDEX migrations_by_status ON migrations (status, updated_at);
INSERT INTO sequences (name, next) VALUES ('migrations', 1);
