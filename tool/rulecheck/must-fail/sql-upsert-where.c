/* breaks: sql-upsert-where as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_row, "", "i",
    "INSERT INTO x (id) SELECT id FROM y ON CONFLICT (id) DO NOTHING")
