/* breaks: sql-date as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT extract(year FROM at) FROM x")
