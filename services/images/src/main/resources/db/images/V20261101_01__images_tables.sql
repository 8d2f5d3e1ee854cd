-- Images are found by id across projects (public, community and shared ones), so the id alone is the key; each look-up
-- carries the caller's project in its condition, and lists go by the indexes that begin with owner or visibility.
CREATE TABLE images (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    image_name TEXT,
    status TEXT NOT NULL,
    visibility TEXT NOT NULL,
    disk_format TEXT,
    container_format TEXT,
    minimum_disk_gibibytes BIGINT NOT NULL,
    minimum_memory_mebibytes BIGINT NOT NULL,
    is_guarded BOOLEAN NOT NULL,
    is_hidden BOOLEAN NOT NULL,
    upload_id TEXT,
    file_name TEXT,
    size_bytes BIGINT,
    virtual_size_bytes BIGINT,
    md5 TEXT,
    sha512 TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX images_owner ON images (owner_id, created_at, id);
CREATE INDEX images_visibility ON images (visibility, created_at, id);
CREATE INDEX images_created ON images (created_at, id);
CREATE INDEX images_named ON images (image_name, id);
CREATE INDEX images_status ON images (status, owner_id);

CREATE TABLE image_properties (
    image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE DEFERRABLE,
    property_name TEXT NOT NULL,
    property_value TEXT NOT NULL,
    PRIMARY KEY (image_id, property_name)
);

CREATE TABLE image_tags (
    image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE DEFERRABLE,
    tag TEXT NOT NULL,
    PRIMARY KEY (image_id, tag)
);
CREATE INDEX image_tags_tag ON image_tags (tag, image_id);

CREATE TABLE image_members (
    image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE DEFERRABLE,
    member_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (image_id, member_id)
);
CREATE INDEX image_members_member ON image_members (member_id, image_id);

-- What each project has, changed in the transaction that changes an image: a quota is one condition of one update.
CREATE TABLE image_usage (
    project_id TEXT PRIMARY KEY,
    image_count BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL
);
