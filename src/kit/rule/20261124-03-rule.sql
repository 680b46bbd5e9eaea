-- The tables of rule.

CREATE TABLE rule (
    name TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    title TEXT NOT NULL,
    value BIGINT NOT NULL,
    unit BIGINT NOT NULL,
    basis TEXT NOT NULL,
    note TEXT NOT NULL,
    to_day BIGINT,
    PRIMARY KEY (name, from_day)
) NARROW;
