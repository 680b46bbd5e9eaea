-- The tables of calendar.

CREATE TABLE calendar_day (
    day BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (day)
) NARROW;
