-- The open moves of a host are asked for with each of its reports.
CREATE INDEX migrations_by_source ON migrations (source_host, status);
CREATE INDEX migrations_by_destination ON migrations (destination_host, status);
