/* breaks: sql-json as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT a->>'k' FROM x")
