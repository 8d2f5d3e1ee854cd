-- How often an operation was taken over where it is: each time its owner was silent for a lease.
ALTER TABLE operations ADD COLUMN takeovers BIGINT NOT NULL DEFAULT 0;
