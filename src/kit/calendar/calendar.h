/* calendar.h - which days are worked, and where a period ends. Read once into memory.
 *
 * Beyond the years loaded every answer comes from weekends and the statutory days known already, and says so: it is
 * provisional (暂定), and is computed anew when the year is loaded. Nothing stops working on 1 January. */
#ifndef WUYE_CALENDAR_H
#define WUYE_CALENDAR_H

#include "kit/entity/entity.h"
#include "kit/module/module.h"
#include "kit/calendar/tables.def"

enum calendar_kind { CALENDAR_KIND(ITEM_ENUM) };
extern const struct item calendar_kinds[];
struct calendar_day { FIELD_STRUCT(CALENDAR_DAY_FIELDS) };
extern struct entity calendar_day_entity;

enum calendar_unit { UNIT_DAY, UNIT_WORKDAY };

/* Reads the table; readers keep the block they hold. At start-up and when a year was loaded. */
err calendar_load(struct tx *tx) MUST;
/* Reads it again only if another process has changed it. */
err calendar_refresh(struct tx *tx) MUST;
/* The last day up to which every year is loaded; {0} when none is. */
day calendar_loaded_until(void);

/* `provisional` (may be NULL) is set to true, never to false, when the answer rests on a year that is not loaded. */
bool workday(day d, bool *provisional);
/* The n-th working day after `start`, which itself is not counted (CC-201). n >= 0; n = 0 gives `start`. */
day workdays_after(day start, i64 n, bool *provisional);
/* The last day of a period of n units that begins the day after `start`. A period in natural days whose last day is a
 * statutory holiday ends on the first day after it (CC-203); an ordinary weekend does not move it. */
day calendar_deadline(day start, i64 n, enum calendar_unit unit, bool *provisional);

/* Fills the empty table from data/holidays.tsv (day, kind, name) and data/statutory.tsv (day, name). E_INPUT with a
 * line on stderr when a line is damaged. */
err calendar_seed(struct tx *tx, str holidays_tsv, str statutory_tsv) MUST;

/* calendar.year.load; emits calendar.year.loaded {year}. */
extern const struct module calendar_module;

#endif
