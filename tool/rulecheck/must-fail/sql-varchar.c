/* breaks: sql-type as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT CAST(a AS varchar) FROM x")
