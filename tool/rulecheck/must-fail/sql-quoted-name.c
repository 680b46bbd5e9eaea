/* breaks: sql-quoted-name as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT \"order\" FROM x")
