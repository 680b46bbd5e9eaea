-- The tables of appeal.

CREATE TABLE appeal_draft (
    estate_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    home_id BIGINT,
    place BIGINT,
    category BIGINT,
    told BIGINT NOT NULL CHECK (told IN (0, 1)),
    spot TEXT NOT NULL,
    words TEXT NOT NULL,
    photos TEXT NOT NULL,
    contact BIGINT,
    phone BYTEA,
    PRIMARY KEY (estate_id, person_id)
) WIDE;

CREATE TABLE appeal_follow (
    estate_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    FOREIGN KEY (estate_id, case_id) REFERENCES case_head (estate_id, id),
    PRIMARY KEY (estate_id, person_id, case_id)
) NARROW;
CREATE INDEX appeal_follow_1 ON appeal_follow (estate_id, case_id);
