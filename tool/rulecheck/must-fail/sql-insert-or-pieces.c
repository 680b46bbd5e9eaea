/* breaks: sql-or as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "INSERT OR "
    "Replace INTO x (id) VALUES ($1)")
