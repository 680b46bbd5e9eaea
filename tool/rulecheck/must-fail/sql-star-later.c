/* breaks: sql-star as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT 1, * FROM x")
