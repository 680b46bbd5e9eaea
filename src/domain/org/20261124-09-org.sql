-- The tables of org.

CREATE TABLE org_doubt (
    org_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    fault TEXT NOT NULL,
    note TEXT NOT NULL,
    by_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    FOREIGN KEY (org_id) REFERENCES org (id),
    PRIMARY KEY (org_id)
) WIDE;
