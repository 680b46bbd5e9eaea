/* breaks: sql-now as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT id FROM x WHERE at < now()")
