-- An EC2 key is found by the SHA-256 of its access key, which was its credential's id until access keys could be changed.
ALTER TABLE identity_credentials ADD COLUMN access_hash TEXT NOT NULL DEFAULT '';
UPDATE identity_credentials SET access_hash = id WHERE type = 'ec2';
CREATE UNIQUE INDEX identity_credentials_by_access ON identity_credentials (access_hash) WHERE access_hash <> '';
