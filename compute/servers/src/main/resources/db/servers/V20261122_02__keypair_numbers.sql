INSERT INTO sequences (name, next) VALUES ('keypairs', 1);
