-- breaks: nothing as src/domain/x/20261124-1-x.sql
CREATE TABLE x (
    estate_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    updated_at BIGINT NOT NULL CHECK (updated_at >= 0),   -- not "now()"
    name TEXT NOT NULL DEFAULT 'it''s "x" -> true',
    sealed BYTEA,
    PRIMARY KEY (estate_id, id),
    FOREIGN KEY (estate_id) REFERENCES area (id)
) NARROW;
CREATE UNIQUE INDEX x_name ON x (estate_id, name) WHERE updated_at > 0;
