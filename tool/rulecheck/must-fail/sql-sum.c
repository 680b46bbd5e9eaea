/* breaks: sql-sum as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT sum(fen) FROM x")
