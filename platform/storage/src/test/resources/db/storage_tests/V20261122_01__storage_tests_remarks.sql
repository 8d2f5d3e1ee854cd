CREATE TABLE remarks (
    id TEXT NOT NULL PRIMARY KEY,
    answers TEXT REFERENCES remarks (id) DEFERRABLE,
    share DOUBLE PRECISION NOT NULL
);
CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, next BIGINT NOT NULL);
INSERT INTO counters (name, next) VALUES ('remarks', 1);
