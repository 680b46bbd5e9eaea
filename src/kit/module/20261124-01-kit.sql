-- The tables of kit.

CREATE TABLE house (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
) NARROW;

CREATE TABLE op (
    shard BIGINT NOT NULL,
    key TEXT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    role TEXT NOT NULL,
    face BIGINT NOT NULL,
    command TEXT NOT NULL,
    input BYTEA NOT NULL,
    before BYTEA NOT NULL,
    after BYTEA NOT NULL,
    change TEXT NOT NULL,
    result TEXT NOT NULL,
    next TEXT NOT NULL,
    counts TEXT NOT NULL,
    events TEXT NOT NULL,
    seq BIGINT,
    link BYTEA,
    PRIMARY KEY (shard, key)
) WIDE;
CREATE UNIQUE INDEX op_1 ON op (shard, seq) WHERE seq IS NOT NULL;
CREATE INDEX op_2 ON op (id) WHERE seq IS NULL;

CREATE TABLE chain (
    shard BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    link BYTEA NOT NULL,
    PRIMARY KEY (shard)
) NARROW;

CREATE TABLE metric_count (
    estate_id BIGINT NOT NULL,
    metric BIGINT NOT NULL,
    month BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (estate_id, metric, month)
) NARROW;

CREATE TABLE metric_area (
    area_id BIGINT NOT NULL,
    metric BIGINT NOT NULL,
    month BIGINT NOT NULL,
    parent_id BIGINT NOT NULL,
    level BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (area_id, metric, month)
) NARROW;
CREATE INDEX metric_area_1 ON metric_area (metric, month, parent_id);
CREATE INDEX metric_area_2 ON metric_area (metric, month, level, n);

CREATE TABLE metric_feed (
    shard BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (shard)
) NARROW;

CREATE TABLE area (
    id BIGINT NOT NULL,
    code BIGINT NOT NULL,
    level BIGINT NOT NULL,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    stat_code TEXT NOT NULL,
    legal_parent TEXT NOT NULL,
    pinyin TEXT NOT NULL,
    initials TEXT NOT NULL,
    residents BIGINT,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    PRIMARY KEY (id)
) WIDE;
CREATE UNIQUE INDEX area_1 ON area (code);
CREATE INDEX area_2 ON area (level, initials);

CREATE TABLE area_past (
    code BIGINT NOT NULL,
    area_id BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    basis TEXT NOT NULL,
    FOREIGN KEY (area_id) REFERENCES area (id),
    PRIMARY KEY (code)
) NARROW;

CREATE TABLE person (
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    phone BYTEA,
    phone_blind BYTEA,
    id_kind BIGINT NOT NULL,
    id_no BYTEA,
    id_blind BYTEA,
    elder BIGINT NOT NULL CHECK (elder IN (0, 1)),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (id)
) WIDE;
CREATE INDEX person_1 ON person (name_key, id);
CREATE INDEX person_2 ON person (phone_blind) WHERE phone_blind IS NOT NULL;
CREATE INDEX person_3 ON person (id_blind) WHERE id_blind IS NOT NULL;

CREATE TABLE org (
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind BIGINT NOT NULL,
    code TEXT NOT NULL,
    phone TEXT NOT NULL,
    address TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (id)
) WIDE;
CREATE INDEX org_1 ON org (name, id);

CREATE TABLE login (
    person_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    failed BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    FOREIGN KEY (person_id) REFERENCES person (id),
    PRIMARY KEY (person_id)
) NARROW;

CREATE TABLE directory (
    kind BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    ref BIGINT NOT NULL,
    bound BIGINT NOT NULL CHECK (bound IN (0, 1)),
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, hash)
) NARROW;

CREATE TABLE session (
    person_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    secret BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    closed BIGINT NOT NULL CHECK (closed IN (0, 1)),
    FOREIGN KEY (person_id) REFERENCES person (id),
    PRIMARY KEY (person_id, id)
) WIDE;

CREATE TABLE look (
    person_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    viewer_id BIGINT NOT NULL,
    viewer TEXT NOT NULL,
    role TEXT NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (person_id, id)
) WIDE;

CREATE TABLE post (
    person_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    role TEXT NOT NULL,
    area_id BIGINT NOT NULL,
    function TEXT NOT NULL,
    org_id BIGINT,
    title TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    basis TEXT NOT NULL,
    FOREIGN KEY (person_id) REFERENCES person (id),
    PRIMARY KEY (person_id, id)
) WIDE;
CREATE INDEX post_1 ON post (area_id, role);
CREATE INDEX post_2 ON post (org_id) WHERE org_id IS NOT NULL;

CREATE TABLE tie (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    home_id BIGINT NOT NULL,
    person_id BIGINT,
    org_id BIGINT,
    kind BIGINT NOT NULL,
    share_num BIGINT NOT NULL,
    share_den BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    basis TEXT NOT NULL,
    batch_id BIGINT,
    PRIMARY KEY (estate_id, id)
) NARROW;
CREATE INDEX tie_1 ON tie (estate_id, person_id);
CREATE INDEX tie_2 ON tie (estate_id, home_id);
CREATE INDEX tie_3 ON tie (estate_id, batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE person_home (
    person_id BIGINT NOT NULL,
    estate_id BIGINT NOT NULL,
    home_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    estate TEXT NOT NULL,
    home TEXT NOT NULL,
    ended BIGINT NOT NULL CHECK (ended IN (0, 1)),
    PRIMARY KEY (person_id, estate_id, home_id)
) NARROW;

CREATE TABLE desk_item (
    desk_id BIGINT NOT NULL,
    desk BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    estate_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    ref BIGINT NOT NULL,
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    overdue BIGINT NOT NULL CHECK (overdue IN (0, 1)),
    PRIMARY KEY (desk_id, desk, due_at, estate_id, kind, ref)
) NARROW;
CREATE INDEX desk_item_1 ON desk_item (desk_id, estate_id, kind, ref);
