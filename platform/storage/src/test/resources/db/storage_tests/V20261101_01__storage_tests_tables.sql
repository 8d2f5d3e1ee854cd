CREATE TABLE notes (
    id TEXT NOT NULL PRIMARY KEY,
    writer TEXT NOT NULL,
    body TEXT,
    weight BIGINT NOT NULL DEFAULT 0,
    pinned BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX notes_by_body ON notes (body, weight, id);
CREATE INDEX notes_by_weight ON notes (weight, id);
CREATE TABLE replies (
    id TEXT NOT NULL PRIMARY KEY,
    note_id TEXT NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED
);
