/* breaks: sql-star as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "DELETE FROM x WHERE id = $1 RETURNING *")
