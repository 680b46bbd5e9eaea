-- breaks: sql-quoted-name as src/domain/x/20261124-1-x.sql
CREATE TABLE x (id BIGINT NOT NULL PRIMARY KEY, "order" BIGINT) NARROW;
