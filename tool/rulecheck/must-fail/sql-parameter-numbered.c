/* breaks: sql-parameter as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT id FROM x WHERE a = ?1")
