/* house.h - the house's own rows and its clock. */
#ifndef WUYE_HOUSE_H
#define WUYE_HOUSE_H

#include "kit/entity/entity.h"
#include "kit/house/tables.def"

struct house { FIELD_STRUCT(HOUSE_FIELDS) };
extern struct entity house_entity;

/* An empty str when there is no such row. */
err house_get(struct tx *tx, const char *name, str *ret) MUST;
err house_put(struct tx *tx, const char *name, str value) MUST;

/* Reads demonstration flag and clock. At start-up and by demo.clock.advance. */
err house_load(struct tx *tx) MUST;
bool house_demo(void);
/* The time rules see: the real clock, moved forward in a demonstration or a story. */
instant house_now(void);
/* Moves the clock of a demonstration forward for all readers; the command stores it too. */
void house_advance(i64 us);
i64 house_offset(void);

#endif
