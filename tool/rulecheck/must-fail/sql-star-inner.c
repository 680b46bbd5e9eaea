/* breaks: sql-star as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT id FROM (SELECT DISTINCT * FROM x) AS y")
