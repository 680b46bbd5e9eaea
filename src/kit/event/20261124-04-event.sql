-- The tables of event.

CREATE TABLE clock (
    estate_id BIGINT NOT NULL,
    ref BIGINT NOT NULL,
    id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    armed_no BIGINT NOT NULL,
    running BIGINT NOT NULL CHECK (running IN (0, 1)),
    rule TEXT NOT NULL,
    provisional BIGINT NOT NULL CHECK (provisional IN (0, 1)),
    started_at BIGINT NOT NULL,
    left_us BIGINT,
    shift_us BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    PRIMARY KEY (estate_id, ref, kind)
) NARROW;
CREATE INDEX clock_1 ON clock (due_at, estate_id, id) WHERE running = 1;
CREATE INDEX clock_2 ON clock (estate_id) WHERE provisional = 1;

CREATE TABLE event_feed (
    subscriber TEXT NOT NULL,
    shard BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    PRIMARY KEY (subscriber, shard)
) NARROW;
CREATE INDEX event_feed_1 ON event_feed (shard);

CREATE TABLE event_parked (
    subscriber TEXT NOT NULL,
    shard BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    event TEXT NOT NULL,
    command TEXT NOT NULL,
    error TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subscriber, shard)
) WIDE;
CREATE INDEX event_parked_1 ON event_parked (shard);
