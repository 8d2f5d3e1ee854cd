-- How often anything below changed: what other controllers cached holds as long as this stands still.
CREATE TABLE identity_generation (
  id TEXT NOT NULL PRIMARY KEY,
  generation BIGINT NOT NULL
);
INSERT INTO identity_generation (id, generation) VALUES ('all', 0);

-- No column is null: a text that is not there is empty.

-- A domain is a project that acts as one; its own domain_id is empty, so that domain names are unique among themselves.
CREATE TABLE identity_projects (
  id TEXT NOT NULL PRIMARY KEY,
  domain_id TEXT NOT NULL,
  name TEXT NOT NULL,
  parent_id TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  enabled BOOLEAN NOT NULL,
  is_domain BOOLEAN NOT NULL,
  tags TEXT NOT NULL,
  extra TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_projects_by_name ON identity_projects (domain_id, name);
CREATE INDEX identity_projects_by_parent ON identity_projects (parent_id, id);

-- credential_epoch stands in every token of the user: a step forward ends them all.
CREATE TABLE identity_users (
  id TEXT NOT NULL PRIMARY KEY,
  domain_id TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  default_project_id TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL DEFAULT '',
  credential_epoch BIGINT NOT NULL DEFAULT 0,
  failures BIGINT NOT NULL DEFAULT 0,
  failed_at_millis BIGINT NOT NULL DEFAULT 0,
  extra TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_users_by_name ON identity_users (domain_id, name);

CREATE TABLE identity_groups (
  id TEXT NOT NULL PRIMARY KEY,
  domain_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  extra TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_groups_by_name ON identity_groups (domain_id, name);

CREATE TABLE identity_members (
  group_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX identity_members_by_user ON identity_members (user_id, group_id);

-- domain_id is empty for a role of the whole cloud.
CREATE TABLE identity_roles (
  id TEXT NOT NULL PRIMARY KEY,
  domain_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  extra TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_roles_by_name ON identity_roles (domain_id, name);

CREATE TABLE identity_implied_roles (
  prior_role_id TEXT NOT NULL,
  implied_role_id TEXT NOT NULL,
  PRIMARY KEY (prior_role_id, implied_role_id)
);

-- actor_kind: user, group. target_kind: project, domain, system. An inherited one holds for the projects below its target.
CREATE TABLE identity_assignments (
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  role_id TEXT NOT NULL,
  inherited BOOLEAN NOT NULL,
  PRIMARY KEY (actor_id, target_id, role_id, inherited, actor_kind, target_kind)
);
CREATE INDEX identity_assignments_by_target ON identity_assignments (target_id, actor_id);
CREATE INDEX identity_assignments_by_role ON identity_assignments (role_id);

CREATE TABLE identity_regions (
  id TEXT NOT NULL PRIMARY KEY,
  parent_region_id TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL,
  extra TEXT NOT NULL
);

CREATE TABLE identity_services (
  id TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  enabled BOOLEAN NOT NULL,
  extra TEXT NOT NULL
);

CREATE TABLE identity_endpoints (
  id TEXT NOT NULL PRIMARY KEY,
  service_id TEXT NOT NULL,
  region_id TEXT NOT NULL DEFAULT '',
  interface TEXT NOT NULL,
  url TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  extra TEXT NOT NULL
);
CREATE INDEX identity_endpoints_by_service ON identity_endpoints (service_id);

-- sealed is encrypted. The id of an EC2 credential is the SHA-256 of its access key, by which it is found.
CREATE TABLE identity_credentials (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  project_id TEXT NOT NULL DEFAULT '',
  type TEXT NOT NULL,
  sealed TEXT NOT NULL,
  extra TEXT NOT NULL
);
CREATE INDEX identity_credentials_by_user ON identity_credentials (user_id, id);

CREATE TABLE identity_application_credentials (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  secret_hash TEXT NOT NULL,
  unrestricted BOOLEAN NOT NULL,
  expires_at_millis BIGINT,
  role_ids TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_application_credentials_by_name ON identity_application_credentials (user_id, name);

-- A revoked token is known by a hash of its audit id until it would have ended by itself.
CREATE TABLE identity_revocations (
  audit_hash TEXT NOT NULL PRIMARY KEY,
  expires_at_millis BIGINT NOT NULL
);
CREATE INDEX identity_revocations_by_end ON identity_revocations (expires_at_millis);
