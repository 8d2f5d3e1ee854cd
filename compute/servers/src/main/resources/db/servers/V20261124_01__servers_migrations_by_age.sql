-- Closed moves leave, oldest first.
CREATE INDEX migrations_by_age ON migrations (updated_at);
