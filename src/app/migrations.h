/* migrations.h - all migrations of the house, carried inside the program. */
#ifndef WUYE_APP_MIGRATIONS_H
#define WUYE_APP_MIGRATIONS_H

#include "sys/db/migrate.h"

struct migration *migrations_all(size_t *ret_n);

#endif
