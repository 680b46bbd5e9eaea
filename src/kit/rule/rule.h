/* rule.h - dated rules: what a number was on a day, and where it comes from. Read once into memory. */
#ifndef WUYE_RULE_H
#define WUYE_RULE_H

#include "kit/calendar/calendar.h"
#include "kit/entity/entity.h"
#include "kit/module/module.h"
#include "kit/rule/tables.def"

enum rule_unit { RULE_UNIT(ITEM_ENUM) };
extern const struct item rule_units[];
struct rule { FIELD_STRUCT(RULE_FIELDS) };
extern struct entity rule_entity;

/* The strings live as long as the program. */
struct rule_value {
    str name, title, basis;
    day from;
    i64 value;
    enum rule_unit unit;
};

/* Reads the table; readers keep the block they hold. At start-up and after a change. */
err rule_load(struct tx *tx) MUST;
/* Reads it again only if another process has changed it. */
err rule_refresh(struct tx *tx) MUST;
/* The rule of that name on that day; E_MISSING if there is none. */
err rule_at(str name, day d, struct rule_value *ret) MUST;
/* The value on that day, or `otherwise` where the product works without such a rule. */
i64 rule_number(const char *name, day d, i64 otherwise);
/* "appeal.urgent.accept@2025-01-01": what a decision keeps. rule_by_version finds it again; E_MISSING. */
str rule_version(struct arena *a, const struct rule_value *v);
err rule_by_version(str version, struct rule_value *ret) MUST;

/* When a period that begins at `start` ends. Minutes and hours are exact; days and working days end at 24:00 of the
 * last day (CC-201 to 203, see calendar.h); months on the matching day (CC-202). `provisional` (may be NULL) as in
 * calendar.h. The unit must be one of time. */
instant rule_deadline(const struct rule_value *v, instant start, bool *provisional);

/* "11月24日 18:00"; the end of a day is "11月24日 24:00", not the start of the next. */
void deadline_show(buf *b, instant t);

/* Fills the table from data/rules.tsv: id, name, value, unit, basis, note, from, to. E_INPUT with a line on stderr. */
err rule_seed(struct tx *tx, str rules_tsv) MUST;

extern const struct module rule_module;

#endif
