-- breaks: sql-trigger as src/domain/x/20261124-1-x.sql
CREATE TRIGGER x_after AFTER INSERT ON x BEGIN DELETE FROM y; END;
