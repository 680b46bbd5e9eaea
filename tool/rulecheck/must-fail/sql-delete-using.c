/* breaks: sql-delete-using as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "DELETE FROM x AS a USING y WHERE y.id = a.id")
