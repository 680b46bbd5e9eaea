/* migrate.h - schema changes, one sequence for the whole house, each file in its room.
 *
 * The text is one for both engines: BIGINT, TEXT, BYTEA; a CREATE TABLE ends in `) NARROW;` (rows under about 200
 * bytes: WITHOUT ROWID on SQLite, so that the estate clusters them) or `) WIDE;` (a rowid table). */
#ifndef WUYE_DB_MIGRATE_H
#define WUYE_DB_MIGRATE_H

#include "sys/db/db.h"

struct migration { const char *name; str sql; };   /* "20261124-1-fee-bills.sql" */

/* The text of a migration as the engine wants it. malloc'd, NUL-terminated. */
char *db_dialect(enum db_engine e, str sql);
/* Applies what is new, in order of name, each in its own transaction; `list` is sorted here. Refuses a changed applied
 * file and a file older than the newest applied one. Returns E_STATE with a line on stderr for those. */
err db_migrate(struct conn *c, struct migration *list, size_t n, instant now, size_t *ret_applied) MUST;

#endif
