/* breaks: sql-concat as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT group_concat(name) FROM x")
