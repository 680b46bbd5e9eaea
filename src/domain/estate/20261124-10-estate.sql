-- The tables of estate.

CREATE TABLE estate (
    id BIGINT NOT NULL,
    code BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    sign TEXT NOT NULL,
    built_year BIGINT,
    households BIGINT NOT NULL,
    residents_tenths BIGINT NOT NULL,
    org_id BIGINT,
    manager_id BIGINT,
    duty_phone TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (id)
) WIDE;
CREATE INDEX estate_1 ON estate (code);
CREATE UNIQUE INDEX estate_2 ON estate (sign);
CREATE INDEX estate_3 ON estate (org_id) WHERE org_id IS NOT NULL;

CREATE TABLE building (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    no TEXT NOT NULL,
    no_key TEXT NOT NULL,
    name TEXT NOT NULL,
    floors BIGINT NOT NULL,
    lifts BIGINT NOT NULL,
    batch_id BIGINT,
    FOREIGN KEY (estate_id) REFERENCES estate (id),
    PRIMARY KEY (estate_id, id)
) NARROW;
CREATE UNIQUE INDEX building_1 ON building (estate_id, no_key);

CREATE TABLE entrance (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    building_id BIGINT NOT NULL,
    no TEXT NOT NULL,
    no_key TEXT NOT NULL,
    batch_id BIGINT,
    FOREIGN KEY (estate_id, building_id) REFERENCES building (estate_id, id),
    PRIMARY KEY (estate_id, id)
) NARROW;
CREATE UNIQUE INDEX entrance_1 ON entrance (estate_id, building_id, no_key);

CREATE TABLE home (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    building_id BIGINT NOT NULL,
    entrance_id BIGINT,
    no TEXT NOT NULL,
    no_key TEXT NOT NULL,
    place BIGINT NOT NULL,
    floor BIGINT,
    area BIGINT,
    area_source BIGINT NOT NULL,
    use BIGINT NOT NULL,
    cert TEXT NOT NULL,
    handed_day BIGINT,
    batch_id BIGINT,
    FOREIGN KEY (estate_id, building_id) REFERENCES building (estate_id, id),
    PRIMARY KEY (estate_id, id)
) NARROW;
CREATE UNIQUE INDEX home_1 ON home (estate_id, no_key);
CREATE INDEX home_2 ON home (estate_id, place, id);
CREATE INDEX home_3 ON home (estate_id, batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE project (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    manager_id BIGINT,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    basis TEXT NOT NULL,
    FOREIGN KEY (estate_id) REFERENCES estate (id),
    PRIMARY KEY (estate_id, id)
) NARROW;

CREATE TABLE import_batch (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    file TEXT NOT NULL,
    name TEXT NOT NULL,
    state BIGINT NOT NULL,
    source BIGINT NOT NULL,
    map TEXT NOT NULL,
    rows BIGINT NOT NULL,
    good BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    done_parts BIGINT NOT NULL,
    homes BIGINT NOT NULL,
    persons BIGINT NOT NULL,
    ties BIGINT NOT NULL,
    existing BIGINT NOT NULL,
    households BIGINT NOT NULL,
    raised BIGINT NOT NULL,
    cursor BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    done_at BIGINT,
    note TEXT NOT NULL,
    FOREIGN KEY (estate_id) REFERENCES estate (id),
    PRIMARY KEY (estate_id, id)
) WIDE;

CREATE TABLE import_part (
    estate_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    no BIGINT NOT NULL,
    id BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    data BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    FOREIGN KEY (estate_id, batch_id) REFERENCES import_batch (estate_id, id),
    PRIMARY KEY (estate_id, batch_id, no)
) WIDE;

CREATE TABLE import_person (
    estate_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    FOREIGN KEY (estate_id, batch_id) REFERENCES import_batch (estate_id, id),
    PRIMARY KEY (estate_id, batch_id, person_id)
) NARROW;
