-- The tables of search.

CREATE TABLE search_doc (
    kind TEXT NOT NULL,
    ref BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    label TEXT NOT NULL,
    note TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (kind, ref)
) WIDE;

CREATE TABLE search_key (
    key TEXT NOT NULL,
    rank BIGINT NOT NULL,
    kind TEXT NOT NULL,
    ref BIGINT NOT NULL,
    PRIMARY KEY (key, rank, kind, ref)
) NARROW;
CREATE INDEX search_key_1 ON search_key (kind, ref);
