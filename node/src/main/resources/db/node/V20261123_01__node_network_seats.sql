-- Which controller makes networks real for the nodes: one row at most.
CREATE TABLE network_seats (
    id INTEGER NOT NULL PRIMARY KEY,
    gate TEXT NOT NULL,
    southbound TEXT NOT NULL,
    held_until BIGINT NOT NULL
);
