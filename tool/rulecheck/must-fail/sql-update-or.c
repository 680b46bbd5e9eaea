/* breaks: sql-or as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "UPDATE OR FAIL x SET y = $1")
