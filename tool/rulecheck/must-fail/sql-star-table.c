/* breaks: sql-star as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "SELECT a.id, b.* FROM a JOIN b ON b.id = a.id")
