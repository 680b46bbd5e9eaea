/* breaks: sql-position as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT id FROM x WHERE instr(name, $1) > 0")
