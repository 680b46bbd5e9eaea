/* breaks: sql-or as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "INSERT OR IGNORE INTO x (id) VALUES ($1)")
