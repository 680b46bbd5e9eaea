/* field.h - a field described once: kind, label, limits. The list of a table or of a command's input is an X-macro
 * that yields the C struct and the descriptor; everything else reads the descriptor.
 *
 *     #define REPORT_IN(F)                                                       \
 *         F(what, TEXT, "哪里有问题", .flags = REQ, .max = 500, .hint = "..")     \
 *         F(kind, ENUM, "类别", .flags = REQ, .items = appeal_kind_items)
 *     struct report_in { FIELD_STRUCT(REPORT_IN) };
 *     #define ENT struct report_in
 *     static const struct field report_fields[] = { FIELD_LIST(REPORT_IN) };
 *     #undef ENT
 */
#ifndef WUYE_FIELD_H
#define WUYE_FIELD_H

#include "base/base.h"

typedef struct opt_i64 { bool has; i64 v; } opt_i64;
typedef struct opt_day { bool has; day v; } opt_day;
typedef struct opt_instant { bool has; instant v; } opt_instant;
typedef struct opt_money { bool has; money v; } opt_money;
typedef struct opt_sqm { bool has; sqm v; } opt_sqm;
typedef struct opt_str { bool has; str v; } opt_str;

/* K(kind, C type, wire type, SQL type, nullable) */
#define FIELD_KINDS(K)                                                                                           \
    K(ID, i64, 'i', "BIGINT", false)        /* made by the program */                                            \
    K(REF, i64, 'i', "BIGINT", false)       /* id of another row */                                              \
    K(INT, i64, 'i', "BIGINT", false)                                                                            \
    K(ENUM, i64, 'i', "BIGINT", false)                                                                           \
    K(FLAG, i64, 'i', "BIGINT", false)      /* 0 or 1 */                                                         \
    K(MONEY, money, 'i', "BIGINT", false)   /* fen */                                                            \
    K(SQM, sqm, 'i', "BIGINT", false)       /* 0.01 m2 */                                                        \
    K(DAY, day, 'i', "BIGINT", false)                                                                            \
    K(INSTANT, instant, 'i', "BIGINT", false)                                                                    \
    K(TEXT, str, 't', "TEXT", false)                                                                             \
    K(LINES, str, 't', "TEXT", false)       /* text of several lines */                                          \
    K(PHOTOS, str, 't', "TEXT", false)      /* hashes of cleaned photos, space separated; uploads in a form */   \
    K(UPLOAD, str, 't', "TEXT", false)      /* "hash/name" of a stored file; an upload in a form */              \
    K(BYTES, str, 'b', "BYTEA", false)                                                                           \
    K(SEALED, str, 'b', "BYTEA", false)     /* personal data, encrypted; only reveal() opens it */               \
    K(BLIND, str, 'b', "BYTEA", false)      /* its blind index */                                                \
    K(PLAIN, str, 't', "TEXT", false)       /* personal data on its way in: commands only, never a column */     \
    K(OPT_REF, opt_i64, 'i', "BIGINT", true)                                                                     \
    K(OPT_INT, opt_i64, 'i', "BIGINT", true)                                                                     \
    K(OPT_ENUM, opt_i64, 'i', "BIGINT", true)                                                                    \
    K(OPT_MONEY, opt_money, 'i', "BIGINT", true)                                                                 \
    K(OPT_SQM, opt_sqm, 'i', "BIGINT", true)                                                                     \
    K(OPT_DAY, opt_day, 'i', "BIGINT", true)                                                                     \
    K(OPT_INSTANT, opt_instant, 'i', "BIGINT", true)                                                             \
    K(OPT_TEXT, opt_str, 't', "TEXT", true)                                                                      \
    K(OPT_SEALED, opt_str, 'b', "BYTEA", true)                                                                   \
    K(OPT_BLIND, opt_str, 'b', "BYTEA", true)                                                                    \
    K(OPT_BYTES, opt_str, 'b', "BYTEA", true)

enum field_kind {
#define K(name, ctype, wire, sql, opt) FK_##name,
    FIELD_KINDS(K)
#undef K
};
#define K(name, ctype, wire, sql, opt) typedef ctype ft_##name;
FIELD_KINDS(K)
#undef K

/* Flags. KEY part of the primary key; REQ must be given; LIST shown in lists; FIND a filter; FORM editable;
 * FIXED set once; HIDE not printed or exported. */
enum { KEY = 1, SHARD = 2, REQ = 4, LIST = 8, FIND = 16, FORM = 32, FIXED = 64, HIDE = 128, AREACODE = 256,
       NAMING = 512 /* an INT that is a name, not a quantity */ };

struct item { i64 value; const char *name, *label; };   /* NULL-ended lists */

struct field {
    const char *name, *label;
    enum field_kind kind;
    size_t off;
    unsigned flags;
    i64 min, max;               /* value of a number, code points of a text; 0, 0 = no limit but the house's */
    const struct item *items;   /* of an ENUM */
    const char *refs;           /* "home": the table an id points to */
    const char *hint, *example;
    const char *(*check)(str value);   /* returns a Chinese sentence when wrong, else NULL */
    str (*tidy)(struct arena *a, str value);   /* before the check, such as full-width digits to ASCII */
};

#define FIELD_MEMBER(fname, fkind, flabel, ...) ft_##fkind fname;
#define FIELD_ROW(fname, fkind, flabel, ...)                                                                     \
    { .name = #fname, .label = flabel, .kind = FK_##fkind, .off = offsetof(ENT, fname), __VA_ARGS__ },
#define FIELD_STRUCT(LIST) LIST(FIELD_MEMBER)
#define FIELD_LIST(LIST) LIST(FIELD_ROW)
#define FIELD_END { .name = NULL }

#define ITEM_ENUM(iname, ivalue, ilabel) iname = ivalue,
#define ITEM_ROW(iname, ivalue, ilabel) { ivalue, #iname, ilabel },
/* enum constants and the item list from one list E(NAME, value, label). Names are sent in lower case. */
#define ITEMS(var, LIST) static const struct item var[] = { LIST(ITEM_ROW) { 0, NULL, NULL } };

char field_wire(const struct field *f);          /* 'i' 't' 'b' */
bool field_opt(const struct field *f);
bool field_secret(const struct field *f);        /* SEALED, BLIND, PLAIN */
const char *field_sql(const struct field *f);
const struct field *field_find(const struct field *f, str name);
const struct item *item_by_value(const struct item *it, i64 v);
const struct item *item_by_name(const struct item *it, str name);
const char *item_label(const struct item *it, i64 v);   /* "" when unknown */

/* ---- values in and out: one text form for forms, JSON, the command line, CSV ---- */

struct fault { const struct field *f; str name; const char *code; str text; };
struct faults { struct fault *p; size_t n, cap; };
struct pair { str name, value; };
struct pairs { const struct pair *p; size_t n; };

void fault_add(struct arena *a, struct faults *ff, const struct field *f, const char *code, str text);
/* The text at a field, or an empty str. */
str fault_at(const struct faults *ff, const char *name);
str pair_get(const struct pairs *p, const char *name);

/* Reads one value; on a fault the place is left zero and a fault is added. `given` tells whether the name was there. */
void field_read(struct arena *a, const struct field *f, void *row, bool given, str text, struct faults *ff);
/* Reads all fields of a list from pairs and collects every fault at once. Unknown names are faults too, except those
 * of the transport (csrf, key, do, back). E_INPUT when there is any. */
err fields_read(struct arena *a, const struct field *list, void *row, const struct pairs *in, struct faults *ff) MUST;
/* The text form of a value (what field_read takes); false when it is absent. Secrets print as "". */
bool field_text(struct arena *a, const struct field *f, const void *row, str *ret);
/* For people: labels of enums, 2026年11月24日, 1,245.60 元, 89.05 ㎡. */
str field_show(struct arena *a, const struct field *f, const void *row);
/* One JSON value. */
void field_json(buf *out, struct arena *a, const struct field *f, const void *row);
/* A JSON object of all fields; secrets left out. Canonical: order of the list. */
void fields_json(buf *out, struct arena *a, const struct field *list, const void *row);
/* JSON Schema of a list (OpenAPI 3.1). */
void fields_schema(buf *out, const struct field *list, bool input);

i64 *field_int(const struct field *f, void *row);
str *field_str(const struct field *f, void *row);
bool field_has(const struct field *f, const void *row);
void field_set_has(const struct field *f, void *row, bool has);

#endif
