CREATE TABLE placement_resource_providers (
  uuid TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  generation BIGINT NOT NULL,
  root_uuid TEXT NOT NULL,
  parent_uuid TEXT REFERENCES placement_resource_providers (uuid) DEFERRABLE,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX placement_resource_providers_by_root ON placement_resource_providers (root_uuid, uuid);
CREATE INDEX placement_resource_providers_by_parent ON placement_resource_providers (parent_uuid);

-- used is the sum of the allocations below, kept in the same transaction: a claim costs one row, not the servers of a host.
CREATE TABLE placement_inventories (
  provider_uuid TEXT NOT NULL REFERENCES placement_resource_providers (uuid) DEFERRABLE,
  resource_class TEXT NOT NULL,
  total BIGINT NOT NULL,
  reserved BIGINT NOT NULL,
  min_unit BIGINT NOT NULL,
  max_unit BIGINT NOT NULL,
  step_size BIGINT NOT NULL CHECK (step_size > 0),
  allocation_ratio DOUBLE PRECISION NOT NULL,
  used BIGINT NOT NULL CHECK (used >= 0),
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (provider_uuid, resource_class)
);
CREATE INDEX placement_inventories_by_class ON placement_inventories (resource_class, provider_uuid);

CREATE TABLE placement_consumers (
  uuid TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  consumer_type TEXT,
  generation BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX placement_consumers_by_owner ON placement_consumers (project_id, user_id, uuid);

-- An allocation without a consumer, or of what the provider does not have, cannot be written down.
CREATE TABLE placement_allocations (
  consumer_uuid TEXT NOT NULL REFERENCES placement_consumers (uuid) DEFERRABLE,
  provider_uuid TEXT NOT NULL,
  resource_class TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (consumer_uuid, provider_uuid, resource_class),
  FOREIGN KEY (provider_uuid, resource_class) REFERENCES placement_inventories (provider_uuid, resource_class) DEFERRABLE
);
CREATE INDEX placement_allocations_by_provider ON placement_allocations (provider_uuid, resource_class, consumer_uuid);

-- reported: told by the host's node, which also takes it away again; others are an operator's.
CREATE TABLE placement_provider_traits (
  provider_uuid TEXT NOT NULL REFERENCES placement_resource_providers (uuid) DEFERRABLE,
  trait TEXT NOT NULL,
  reported BOOLEAN NOT NULL,
  PRIMARY KEY (provider_uuid, trait)
);
CREATE INDEX placement_provider_traits_by_trait ON placement_provider_traits (trait, provider_uuid);

CREATE TABLE placement_provider_aggregates (
  provider_uuid TEXT NOT NULL REFERENCES placement_resource_providers (uuid) DEFERRABLE,
  aggregate_uuid TEXT NOT NULL,
  PRIMARY KEY (provider_uuid, aggregate_uuid)
);
CREATE INDEX placement_provider_aggregates_by_aggregate ON placement_provider_aggregates (aggregate_uuid, provider_uuid);

-- Names that operators made; the standard ones are known to the program.
CREATE TABLE placement_resource_classes (
  name TEXT NOT NULL PRIMARY KEY
);
CREATE TABLE placement_traits (
  name TEXT NOT NULL PRIMARY KEY
);
