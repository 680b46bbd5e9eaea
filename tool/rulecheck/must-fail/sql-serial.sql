-- breaks: sql-ddl as src/domain/x/20261124-1-x.sql
CREATE TABLE x (id BIGSERIAL PRIMARY KEY) WIDE;
