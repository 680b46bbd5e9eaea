-- breaks: sql-ddl as src/domain/x/20261124-1-x.sql
ALTER TABLE x ADD CONSTRAINT y CHECK (a > 0);
