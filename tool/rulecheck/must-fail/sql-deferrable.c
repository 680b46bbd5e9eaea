/* breaks: sql-deferrable as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "ALTER TABLE x ADD COLUMN y BIGINT REFERENCES z (id) DEFERRABLE")
