/* breaks: sql-date as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT datetime(at) FROM x")
