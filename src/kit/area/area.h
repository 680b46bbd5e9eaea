/* area.h - the managing tree, read once into memory and read again when its version row changes. A subtree is the
 * half-open range [code, code + span) of 16-digit codes. */
#ifndef WUYE_AREA_H
#define WUYE_AREA_H

#include "kit/entity/entity.h"
#include "kit/area/tables.def"

enum { AREA_LEVELS = 5 };
enum area_level { AREA_LEVEL(ITEM_ENUM) };
struct area { FIELD_STRUCT(AREA_FIELDS) };
struct area_past { FIELD_STRUCT(AREA_PAST_FIELDS) };
extern struct entity area_entity, area_past_entity;
extern const struct item area_levels[];

#define AREA_CITY_CODE 1100000000000000LL

/* 10^14, 10^10, 10^7, 10^4, 1 for levels 1 to 5. */
i64 area_span(i64 level);
/* The level that a code with its trailing zeros belongs to. */
i64 area_code_level(i64 code);
i64 area_parent_code(i64 code);
/* "11", "110105", "110105001", "110105001001" or all 16 digits: the code in addresses. */
void area_code_put(buf *out, i64 code);
str area_code_text(struct arena *a, i64 code);
bool area_code_parse(str s, i64 *ret_code) MUST;

/* Reads the tree: id, code, level, names, kind and residents; the rest of a row is read from the table by who needs it.
 * At start-up, and by the command that changes an area. Readers keep what they hold: old trees live on
 * until the program ends (a change of areas is rare). */
err area_load(struct tx *tx) MUST;
/* Says that area_load is under way on another thread: until it ends, readers wait for it. */
void area_expect(void);
const struct area *area_by_id(i64 id);       /* NULL if there is none */
const struct area *area_by_code(i64 code);
const struct area *area_parent(const struct area *a);
/* From the city down to the area itself; returns how many (0 for an unknown id). */
size_t area_path(i64 id, const struct area *path[AREA_LEVELS]);
/* The children: areas of the next level whose code lies in the range; a contiguous array in order of code. */
size_t area_children(const struct area *a, const struct area *const **ret);
size_t area_all(const struct area *const **ret);   /* in order of code */
/* The event area.changed: the kit reads the tree again. */
#define AREA_CHANGED(F) F(area_id, REF, "区域", .flags = REQ)
struct area_changed { FIELD_STRUCT(AREA_CHANGED) };
extern const struct field area_changed_fields[];
/* 朝阳区 · 劲松街道, cut to what helps below `top`. */
str area_label(struct arena *a, const struct area *x);

#endif
