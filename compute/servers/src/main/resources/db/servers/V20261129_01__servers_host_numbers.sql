-- Hosts that came at the same moment got one number: all but one of them get others, above all that are there.
UPDATE compute_services SET number = (SELECT MAX(number) FROM compute_services)
    + (SELECT COUNT(*) FROM compute_services o WHERE o.host <= compute_services.host)
WHERE EXISTS (SELECT 1 FROM compute_services o WHERE o.number = compute_services.number AND o.host < compute_services.host);
DROP INDEX compute_services_by_number;
CREATE UNIQUE INDEX compute_services_by_number ON compute_services (number);
INSERT INTO sequences (name, next) SELECT 'compute_services', COALESCE(MAX(number), 0) + 1 FROM compute_services;
