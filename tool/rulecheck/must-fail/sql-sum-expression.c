/* breaks: sql-sum as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT CAST(1 + sum(fen) AS BIGINT) FROM x")
