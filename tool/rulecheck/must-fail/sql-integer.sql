-- breaks: sql-type as src/domain/x/20261124-1-x.sql
CREATE TABLE x (id INTEGER NOT NULL PRIMARY KEY) NARROW;
