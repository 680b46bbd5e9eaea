-- The tables of notice.

CREATE TABLE notice (
    person_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    url TEXT NOT NULL,
    seen BIGINT NOT NULL CHECK (seen IN (0, 1)),
    PRIMARY KEY (person_id, id)
) WIDE;
CREATE INDEX notice_1 ON notice (person_id) WHERE seen = 0;
