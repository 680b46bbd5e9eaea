/* breaks: sql-ifnull as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT ifnull(a, 0) FROM x")
