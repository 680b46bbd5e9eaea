/* plans.c - what SQLite's planner is told about the shape of the tables.
 *
 * Without figures it takes every first column of a key for equally good and reads a whole estate where an index names
 * one home. Figures that it measures change with the data, and plans with them. So they are derived from the
 * descriptors: an estate has many rows, a person few, a state or kind tells little, an id nearly everything.
 * PostgreSQL measures by itself. */
#include "kit/entity/entity.h"

enum {
    ROWS_ALL = 1000000,
    ROWS_AREAS = 10000,
    ROWS_ESTATE = 1000,
    ROWS_GROUP = 100,
    ROWS_FEW = 10,
    PARTIAL = 10,
    SPREAD = 20
};

static i64 rows_of(const struct entity *e) {
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & AREACODE) return ROWS_AREAS;
    return ROWS_ALL;
}

/* Among how many values a column spreads the rows that are left. */
static i64 spread(const struct field *f) {
    switch (f->kind) {
    case FK_FLAG: return 2;
    case FK_ENUM: case FK_OPT_ENUM: return 3;
    case FK_TEXT: return f->max > 0 && f->max <= 40 ? 3 : SPREAD;
    default: return SPREAD;
    }
}

static i64 rows_of_first(const struct field *f, i64 all, bool last) {
    if (f->flags & SHARD) return strcmp(f->name, "person_id") == 0 ? ROWS_FEW : ROWS_ESTATE;
    if (spread(f) < SPREAD || f->kind == FK_INT || f->kind == FK_OPT_INT) return all / spread(f);
    return last ? ROWS_FEW : ROWS_GROUP;
}

/* "1000000 1000 50 1": all rows, then how many share the first column, the first two ... */
static void put_figures(buf *out, const struct entity *e, const struct key *k, i64 all) {
    str cols = str_of(k->cols), col;
    i64 left = 0;
    buf_i64(out, all);
    for (bool first = true; str_cut(&cols, ',', &col); first = false) {
        const struct field *f = field_find(e->fields, str_trim(col));
        if (!f) abort();   /* the key names a column that is not there */
        left = first ? rows_of_first(f, all, cols.n == 0) : left / spread(f);
        if (left < 2) left = 2;
        if (cols.n == 0 && k->kind != KEY_INDEX) left = 1;
        buf_fmt(out, " %lld", (long long)left);
    }
    buf_lit(out, " noskipscan");
}

static bool is_rowid(const struct entity *e, const struct key *k) {
    const struct field *f = field_find(e->fields, str_of(k->cols));
    return k->kind == KEY_PRIMARY && f && field_wire(f) == 'i';
}

static void put_key(buf *out, const struct entity *e, size_t no, bool narrow) {
    const struct key *k = &e->keys[no];
    i64 all = rows_of(e);
    if (k->kind == KEY_LINK || k->kind == KEY_ROWS) return;
    buf_fmt(out, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('%s', ", e->name);
    if (k->kind != KEY_PRIMARY) buf_fmt(out, "'%s_%zu', '", e->name, no);
    else if (narrow) buf_fmt(out, "'%s', '", e->name);
    else if (is_rowid(e, k)) buf_lit(out, "NULL, '");
    else buf_fmt(out, "'sqlite_autoindex_%s_1', '", e->name);
    if (k->kind == KEY_PRIMARY && !narrow && is_rowid(e, k)) buf_i64(out, all);
    else put_figures(out, e, k, k->where ? all / PARTIAL : all);
    buf_lit(out, "');\n");
}

void entity_plans(buf *out) {
    buf_lit(out, "ANALYZE house;\nDELETE FROM sqlite_stat1;\n");   /* the first makes the table of figures */
    for (size_t i = 0; i < entity_count(); i++) {
        const struct entity *e = entity_at(i);
        bool narrow = false;
        for (size_t k = 0; k < e->nkeys; k++)
            narrow |= e->keys[k].kind == KEY_ROWS && !strcmp(e->keys[k].cols, "narrow");
        for (size_t k = 0; k < e->nkeys; k++) put_key(out, e, k, narrow);
    }
    buf_lit(out, "ANALYZE sqlite_schema;\n");
}
