/* breaks: sql-raise as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT RAISE(ROLLBACK, 'no')")
