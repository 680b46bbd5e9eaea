/* breaks: sql-greatest as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT greatest(a, b) FROM x")
