-- The next host's number is one more than the largest.
CREATE INDEX compute_services_by_number ON compute_services (number);
