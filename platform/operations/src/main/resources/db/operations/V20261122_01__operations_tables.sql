-- Operations that go on. A row leaves for operations_ended in the transaction that ends it, so this table stays small.
CREATE TABLE operations (
    id TEXT NOT NULL PRIMARY KEY,
    operation TEXT NOT NULL,
    project_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_order BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    trace_parent TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    deadline_at BIGINT NOT NULL,
    phase TEXT NOT NULL,
    step BIGINT NOT NULL,
    state TEXT NOT NULL,
    step_since BIGINT NOT NULL,
    slot TEXT NOT NULL,
    failure TEXT NOT NULL,
    compensation_failure TEXT NOT NULL,
    owner TEXT NOT NULL,
    fence BIGINT NOT NULL,
    cancel_reason TEXT NOT NULL,
    progress TEXT NOT NULL,
    percent BIGINT NOT NULL,
    resume_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX operations_by_subject ON operations (subject, subject_order);
CREATE INDEX operations_by_owner ON operations (owner);
CREATE INDEX operations_by_slot ON operations (slot) WHERE slot <> '';
CREATE INDEX operations_by_acceptance ON operations (accepted_at, id);

CREATE TABLE operations_ended (
    id TEXT NOT NULL PRIMARY KEY,
    operation TEXT NOT NULL,
    project_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    request_id TEXT NOT NULL,
    phase TEXT NOT NULL,
    step_name TEXT NOT NULL,
    step_number BIGINT NOT NULL,
    steps BIGINT NOT NULL,
    controller TEXT NOT NULL,
    fence BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,
    step_since BIGINT NOT NULL,
    deadline_at BIGINT NOT NULL,
    cancel_reason TEXT NOT NULL,
    failure TEXT NOT NULL,
    compensation_failure TEXT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX operations_ended_by_acceptance ON operations_ended (accepted_at, id);
CREATE INDEX operations_ended_by_subject ON operations_ended (subject, accepted_at, id);
CREATE INDEX operations_ended_by_end ON operations_ended (ended_at);

-- Controllers that live. Each counts its beat up; whoever sees one stand still for a lease takes its controller for dead.
CREATE TABLE controllers (
    id TEXT NOT NULL PRIMARY KEY,
    shown_name TEXT NOT NULL,
    beat BIGINT NOT NULL
);

CREATE TABLE periodic_jobs (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    next_at BIGINT NOT NULL
);
