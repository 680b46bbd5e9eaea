-- breaks: sql-trigger as src/domain/x/20261124-1-x.sql
create temp trigger x_after after insert on x begin delete from y; end;
