/* breaks: sql-replace as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "REPLACE INTO x (id) VALUES ($1)")
