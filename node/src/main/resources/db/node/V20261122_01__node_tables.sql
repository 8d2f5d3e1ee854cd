-- The hypervisor hosts of the cloud. The id follows from the host's key; the label is what people call it, and may change.
CREATE TABLE nodes (
    id TEXT NOT NULL PRIMARY KEY,
    label TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    certificate_fingerprint TEXT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- One-time tokens of nodes that are to come; the token itself is not kept.
CREATE TABLE enrolment_tokens (
    digest TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX enrolment_tokens_by_end ON enrolment_tokens (expires_at);

-- Where controllers take what nodes have to say.
CREATE TABLE gates (
    address TEXT NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
