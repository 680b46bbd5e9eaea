-- breaks: sql-trigger as src/domain/x/20261124-1-x.sql
CREATE OR REPLACE TRIGGER x_after AFTER INSERT ON x EXECUTE FUNCTION f();
