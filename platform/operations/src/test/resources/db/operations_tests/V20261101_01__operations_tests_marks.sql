CREATE TABLE marks (
    subject TEXT NOT NULL,
    place BIGINT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (subject, place)
);
