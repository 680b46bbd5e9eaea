/* bed.h - a small house for the tests of the kit: a database with the tables of some modules, on SQLite in a temporary
 * file and, when WUYE_TEST_PG is set to a postgres:// address, on PostgreSQL in a schema of its own. Tests only. */
#ifndef WUYE_KIT_BED_H
#define WUYE_KIT_BED_H

#include "kit/event/event.h"
#include "sys/db/lane.h"

struct bed {
    const struct module *const *modules;
    bool postgres;
    struct db *d;
    struct lanes *l;
    struct arena *a, *jobs;      /* of the test; of what runs in lanes, kept until the house is gone */
    char where[300], schema[40];
};

/* Runs `fn` once on each engine there is. `list` is NULL-ended; the tables of the kit itself are always there. */
void bed_each(struct arena *a, const struct module *const *list, void (*fn)(struct bed *b));
/* Ends the lanes and opens the same database again, as after a crash. */
void bed_reopen(struct bed *b);
/* Runs fn in a transaction of its own; the failure of a write rolls back. */
err bed_tx(struct bed *b, instant now, bool write, err (*fn)(struct tx *tx, void *arg), void *arg);
/* Runs a command by name for `who` through the lanes; fields as name, value, ..., NULL. Faults go to *ff if given. */
err bed_do(struct bed *b, instant now, const struct actor *who, i64 estate, const char *command, const char *key,
           const char *const *fields, struct faults *ff, str *ret_result);
/* One integer of a query without parameters; the text is run as it stands. */
i64 bed_count(struct bed *b, struct stmt *s);
/* "2026-11-24T09:00:00+08:00" */
instant bed_time(const char *text);

/* Two estates under one community (ids below), loaded into the tree. */
enum { BED_CITY = 1, BED_DISTRICT = 2, BED_STREET = 3, BED_COMMUNITY = 4, BED_ESTATE = 5, BED_ESTATE_2 = 6 };
extern const struct actor bed_system;

#endif
