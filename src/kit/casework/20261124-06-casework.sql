-- The tables of casework.

CREATE TABLE case_head (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    no TEXT NOT NULL,
    serial BIGINT NOT NULL,
    day BIGINT NOT NULL,
    state BIGINT NOT NULL,
    category BIGINT NOT NULL,
    urgency BIGINT NOT NULL,
    place BIGINT NOT NULL,
    reporter_id BIGINT,
    home_id BIGINT,
    opened_at BIGINT NOT NULL,
    accepted_at BIGINT,
    arrived_at BIGINT,
    done_at BIGINT,
    closed_at BIGINT,
    outcome BIGINT,
    side BIGINT NOT NULL,
    level BIGINT NOT NULL,
    due_at BIGINT,
    provisional BIGINT NOT NULL CHECK (provisional IN (0, 1)),
    overdue BIGINT NOT NULL CHECK (overdue IN (0, 1)),
    late BIGINT NOT NULL,
    late_at BIGINT,
    paused_at BIGINT,
    reopened BIGINT NOT NULL,
    rating BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (estate_id, id)
) NARROW;
CREATE UNIQUE INDEX case_head_1 ON case_head (estate_id, day, serial);
CREATE INDEX case_head_2 ON case_head (estate_id, kind, id) WHERE state < 9;
CREATE INDEX case_head_3 ON case_head (estate_id, reporter_id, id) WHERE reporter_id IS NOT NULL;

CREATE TABLE case_text (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    spot TEXT NOT NULL,
    contact BIGINT NOT NULL,
    phone BYTEA,
    FOREIGN KEY (estate_id, id) REFERENCES case_head (estate_id, id),
    PRIMARY KEY (estate_id, id)
) NARROW;

CREATE TABLE case_entry (
    estate_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_id BIGINT,
    actor_name TEXT NOT NULL,
    side BIGINT NOT NULL,
    action TEXT NOT NULL,
    words TEXT NOT NULL,
    photos TEXT NOT NULL,
    open BIGINT NOT NULL CHECK (open IN (0, 1)),
    FOREIGN KEY (estate_id, case_id) REFERENCES case_head (estate_id, id),
    PRIMARY KEY (estate_id, case_id, id)
) NARROW;

CREATE TABLE case_serial (
    estate_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (estate_id, day)
) NARROW;

CREATE TABLE case_part (
    estate_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    side BIGINT NOT NULL,
    area_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    since BIGINT NOT NULL,
    due_at BIGINT,
    FOREIGN KEY (estate_id, case_id) REFERENCES case_head (estate_id, id),
    PRIMARY KEY (estate_id, case_id, side, area_id)
) NARROW;
