/* breaks: sql-json as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT json_extract(a, $1) FROM x")
