/* breaks: sql-concat as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT string_agg(name, ',') FROM x")
