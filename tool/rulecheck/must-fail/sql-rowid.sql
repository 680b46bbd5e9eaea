-- breaks: sql-ddl as src/domain/x/20261124-1-x.sql
CREATE TABLE x (id BIGINT NOT NULL PRIMARY KEY) WITHOUT ROWID;
