CREATE TABLE server_groups (
    id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    policy TEXT NOT NULL,
    maximum_per_host BIGINT
);
CREATE INDEX server_groups_by_project ON server_groups (project_id, number);
INSERT INTO sequences (name, next) VALUES ('server_groups', 1);

-- A server is in one group at most, from its making to its end.
CREATE TABLE server_group_members (
    server_id TEXT NOT NULL PRIMARY KEY REFERENCES servers (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL REFERENCES server_groups (id) ON DELETE CASCADE
);
CREATE INDEX server_group_members_by_group ON server_group_members (group_id, server_id);

CREATE TABLE host_aggregates (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
INSERT INTO sequences (name, next) VALUES ('host_aggregates', 1);

CREATE TABLE host_aggregate_hosts (
    host TEXT NOT NULL REFERENCES compute_services (host) ON DELETE CASCADE,
    aggregate_id BIGINT NOT NULL REFERENCES host_aggregates (id),
    PRIMARY KEY (host, aggregate_id)
);
CREATE INDEX host_aggregate_hosts_by_aggregate ON host_aggregate_hosts (aggregate_id, host);

-- Which host was changed by which transaction, for other controllers' views (PostgreSQL only); kept for minutes.
CREATE TABLE host_changes (
    host TEXT NOT NULL,
    transaction_id BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX host_changes_by_transaction ON host_changes (transaction_id, host);
CREATE INDEX host_changes_by_age ON host_changes (changed_at);
