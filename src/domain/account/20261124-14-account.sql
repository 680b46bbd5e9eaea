-- The tables of account.

CREATE TABLE demo_person (
    person_id BIGINT NOT NULL,
    no BIGINT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    about TEXT NOT NULL,
    login TEXT NOT NULL,
    PRIMARY KEY (person_id)
) NARROW;
