/* breaks: sql-collate as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT id FROM x ORDER BY name COLLATE NOCASE")
