/* breaks: sql-avg as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT avg(fen) FROM x")
