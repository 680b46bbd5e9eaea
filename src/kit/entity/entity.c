/* entity.c - statements and rows from descriptors; see entity.h. */
#include "kit/entity/entity.h"
#include "kit/audit/audit.h"

static struct entity *all[256];
static size_t all_n;

size_t entity_count(void) { return all_n; }
struct entity *entity_at(size_t i) { return all[i]; }

struct entity *entity_by_name(str name) {
    for (size_t i = 0; i < all_n; i++)
        if (str_is(name, all[i]->name)) return all[i];
    return NULL;
}

static const struct key *primary(const struct entity *e) {
    for (size_t i = 0; i < e->nkeys; i++)
        if (e->keys[i].kind == KEY_PRIMARY) return &e->keys[i];
    fprintf(stderr, "wuye: table %s has no primary key\n", e->name);
    abort();
}

/* ---- DDL ---- */

static void ddl_index(buf *out, const struct entity *e, const struct key *k, size_t no) {
    buf_fmt(out, "CREATE %sINDEX %s_%zu ON %s (%s)%s%s;\n", k->kind == KEY_UNIQUE ? "UNIQUE " : "", e->name,
            no, e->name, k->cols, k->where ? " WHERE " : "", k->where ? k->where : "");
}

void entity_ddl(buf *out, const struct entity *e) {
    const char *rows = "WIDE";
    buf_fmt(out, "CREATE TABLE %s (\n", e->name);
    for (const struct field *f = e->fields; f->name; f++) {
        buf_fmt(out, "    %s %s%s", f->name, field_sql(f), field_opt(f) ? "" : " NOT NULL");
        if (f->kind == FK_FLAG) buf_fmt(out, " CHECK (%s IN (0, 1))", f->name);
        buf_lit(out, ",\n");
    }
    for (size_t i = 0; i < e->nkeys; i++) {
        const struct key *k = &e->keys[i];
        if (k->kind == KEY_LINK) buf_fmt(out, "    FOREIGN KEY (%s) REFERENCES %s,\n", k->cols, k->to);
        if (k->kind == KEY_ROWS && !strcmp(k->cols, "narrow")) rows = "NARROW";
    }
    buf_fmt(out, "    PRIMARY KEY (%s)\n) %s;\n", primary(e)->cols, rows);
    for (size_t i = 0; i < e->nkeys; i++)
        if (e->keys[i].kind == KEY_INDEX || e->keys[i].kind == KEY_UNIQUE) ddl_index(out, e, &e->keys[i], i);
}

static int by_name(const void *a, const void *b) {
    return strcmp((*(struct entity *const *)a)->name, (*(struct entity *const *)b)->name);
}

hash entity_fingerprint(struct arena *a) {
    struct entity *list[COUNT(all)];
    memcpy(list, all, sizeof list);
    qsort(list, all_n, sizeof list[0], by_name);
    buf b = buf_in(a, 1 << 20);
    for (size_t i = 0; i < all_n; i++) entity_ddl(&b, list[i]);
    return sm3_of(b.p, b.n);
}

/* ---- statements, made once ---- */

static char *keep(buf *b) {
    buf_c(b, 0);
    if (b->over) abort();
    return b->p;   /* lives as long as the program */
}

static void names(buf *b, const struct entity *e) {
    for (const struct field *f = e->fields; f->name; f++) buf_fmt(b, "%s%s", f == e->fields ? "" : ", ", f->name);
}

static bool is_key(const struct field *f) { return (f->flags & KEY) != 0; }

static void where_key(buf *b, const struct entity *e, int from) {
    bool first = true;
    for (const struct field *f = e->fields; f->name; f++) {
        if (!is_key(f)) continue;
        buf_fmt(b, "%s%s = $%d", first ? " WHERE " : " AND ", f->name, from++);
        first = false;
    }
}

static void wires(buf *b, const struct entity *e, int which) {   /* 0 all, 1 keys, 2 others */
    for (const struct field *f = e->fields; f->name; f++)
        if (which == 0 || is_key(f) == (which == 1)) buf_c(b, field_wire(f));
}

static void make(struct stmt *s, const char *verb, const struct entity *e, buf *in, buf *out, buf *sql) {
    buf name = buf_new(128);
    buf_fmt(&name, "%s.%s", e->name, verb);
    *s = (struct stmt){ keep(&name), keep(in), keep(out), keep(sql), "tables.def", -1 };
    db_register_more(s);
}

static void make_insert(struct entity *e) {
    buf in = buf_new(256), out = buf_new(16), sql = buf_new(8192);
    wires(&in, e, 0);
    buf_fmt(&sql, "INSERT INTO %s (", e->name);
    names(&sql, e);
    buf_lit(&sql, ") VALUES (");
    for (size_t i = 1; i <= in.n; i++) buf_fmt(&sql, "%s$%zu", i == 1 ? "" : ", ", i);
    buf_c(&sql, ')');
    make(&e->insert, "insert", e, &in, &out, &sql);
}

static void make_get(struct entity *e) {
    buf in = buf_new(256), out = buf_new(256), sql = buf_new(8192);
    wires(&in, e, 1);
    wires(&out, e, 0);
    buf_lit(&sql, "SELECT ");
    names(&sql, e);
    buf_fmt(&sql, " FROM %s", e->name);
    where_key(&sql, e, 1);
    make(&e->get, "get", e, &in, &out, &sql);
}

static void make_update(struct entity *e) {
    buf in = buf_new(256), out = buf_new(16), sql = buf_new(8192);
    int n = 0;
    wires(&in, e, 2);
    wires(&in, e, 1);
    buf_fmt(&sql, "UPDATE %s SET ", e->name);
    for (const struct field *f = e->fields; f->name; f++)
        if (!is_key(f)) {
            n++;
            buf_fmt(&sql, "%s%s = $%d", n == 1 ? "" : ", ", f->name, n);
        }
    where_key(&sql, e, n + 1);
    if (n > 0) {
        make(&e->update, "update", e, &in, &out, &sql);
    } else {
        buf_free(&in);
        buf_free(&out);
        buf_free(&sql);
    }
}

static bool has_area(const struct entity *e) {
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & AREACODE) return true;
    return false;
}

/* SELECT all WHERE shard = $ AND code BETWEEN $ AND $ AND ($ IS NULL OR find = $) ... AND (keys) > ($..) ORDER
 * BY keys. */
static void make_list(struct entity *e) {
    buf in = buf_new(256), out = buf_new(256), sql = buf_new(8192), keys = buf_new(256), marks = buf_new(256);
    int n = 0;
    wires(&out, e, 0);
    buf_lit(&sql, "SELECT ");
    names(&sql, e);
    buf_fmt(&sql, " FROM %s WHERE 1 = 1", e->name);
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & SHARD) {
            buf_fmt(&sql, " AND %s = $%d", f->name, ++n);
            buf_c(&in, 'i');
        }
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & AREACODE) {
            /* The sign keeps the list in the order of its key: no index on the code, no sorting of a city. */
            buf_fmt(&sql, " AND +%s >= $%d AND +%s < $%d", f->name, n + 1, f->name, n + 2);
            n += 2;
            buf_lit(&in, "ii");
        }
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & FIND) {
            n++;
            buf_fmt(&sql,
                    field_wire(f) == 't' ? " AND ($%d IS NULL OR %s LIKE $%d)"
                                         : " AND ($%d IS NULL OR %s = $%d)",
                    n, f->name, n);
            buf_c(&in, field_wire(f));
        }
    for (const struct field *f = e->fields; f->name; f++)
        if (is_key(f) && !(f->flags & SHARD)) {
            buf_fmt(&keys, "%s%s", keys.n ? ", " : "", f->name);
            buf_fmt(&marks, "%s$%d", marks.n ? ", " : "", ++n);
            buf_c(&in, field_wire(f));
        }
    buf_fmt(&sql, " AND (%.*s) > (%.*s) ORDER BY %.*s LIMIT $%d", (int)keys.n, keys.p, (int)marks.n, marks.p,
            (int)keys.n, keys.p, n + 1);
    buf_c(&in, 'i');
    buf_free(&marks);
    if (keys.n) {
        make(&e->list, "list", e, &in, &out, &sql);
    } else {   /* one row a shard: nothing to list */
        buf_free(&in);
        buf_free(&out);
        buf_free(&sql);
    }
    buf_free(&keys);
}

void entity_register(struct entity *e) {
    if (all_n == COUNT(all)) abort();
    all[all_n++] = e;
    make_insert(e);
    make_get(e);
    make_update(e);
    make_list(e);
}

/* ---- rows ---- */

static val field_val(const struct field *f, const void *row) {
    void *r = (void *)(uintptr_t)row;
    if (!field_has(f, row)) return vnull();
    if (field_wire(f) == 'i') return vi(*field_int(f, r));
    return (val){ .t = field_wire(f), .s = *field_str(f, r) };
}

static int collect(val *out, const struct entity *e, const void *row, int which) {
    int n = 0;
    for (const struct field *f = e->fields; f->name; f++)
        if (which == 0 || is_key(f) == (which == 1)) out[n++] = field_val(f, row);
    return n;
}

/* A hand-written statement that did not follow its table: better no answer than the neighbour's memory. */
static void misfit(const struct entity *e) {
    fprintf(stderr, "wuye: a statement gives fewer columns than the table %s has; see its tables.def\n", e->name);
    abort();
}

void entity_load(struct arena *a, const struct entity *e, void *ret, const val *v) {
    (void)a;
    for (const struct field *f = e->fields; f->name; f++, v++) {
        if (v->t == VAL_END) misfit(e);
        field_set_has(f, ret, v->t != 0);
        if (field_wire(f) == 'i') *field_int(f, ret) = v->i;
        else *field_str(f, ret) = v->s;
    }
}

err entity_insert(struct tx *tx, struct entity *e, const void *row) {
    val v[64];
    int n = collect(v, e, row, 0);
    TRY(db_run_n(tx, &e->insert, v, n));
    audit_change(tx, e, NULL, row);
    return OK;
}

err entity_get_n(struct tx *tx, struct entity *e, void *ret, const val *keys, int n) {
    struct row r;
    memset(ret, 0, e->size);
    TRY(db_one_n(tx, &r, &e->get, keys, n));
    entity_load(tx->a, e, ret, r.v);
    return OK;
}

err entity_update(struct tx *tx, struct entity *e, const void *old, const void *row) {
    val v[64];
    int n = collect(v, e, row, 2);
    n += collect(v + n, e, row, 1);
    TRY(db_run_n(tx, &e->update, v, n));
    if (tx->changed != 1) return tx->sticky = E_CONFLICT;
    audit_change(tx, e, old, row);
    return OK;
}

/* ---- lists ---- */

/* A cursor is the last key, its values joined by "-": ids in base32, numbers in decimal, texts in hex. */
static str cursor_of(struct arena *a, const struct entity *e, const void *row) {
    buf b = buf_in(a, 512);
    for (const struct field *f = e->fields; f->name; f++) {
        if (!is_key(f) || (f->flags & SHARD)) continue;
        val v = field_val(f, row);
        if (b.n) buf_c(&b, '-');
        if (v.t == 'i') buf_i64(&b, v.i);
        else buf_hex(&b, (const u8 *)v.s.p, v.s.n);
    }
    return buf_str(&b);
}

static str unhex(struct arena *a, str s) {
    buf b = buf_in(a, s.n + 1);
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        int v = 0;
        for (size_t k = 0; k < 2; k++) {
            char c = s.p[i + k];
            v = v * 16 + (c >= 'a' ? c - 'a' + 10 : c - '0');
        }
        buf_c(&b, (char)v);
    }
    return buf_str(&b);
}

static int cursor_vals(struct arena *a, const struct entity *e, str after, val *out) {
    int n = 0;
    for (const struct field *f = e->fields; f->name; f++) {
        str piece = { 0 };
        i64 v = INT64_MIN;
        if (!is_key(f) || (f->flags & SHARD)) continue;
        bool more = after.n > 0 && str_cut(&after, '-', &piece);
        if (field_wire(f) == 'i') {
            if (more && !str_i64(piece, &v)) v = INT64_MIN;
            out[n++] = vi(v);
        } else {
            str s = more ? unhex(a, piece) : S("");
            out[n++] = (val){ .t = field_wire(f), .s = utf8_valid(s) ? s : S("") };
        }
    }
    return n;
}

static val filter_val(struct arena *a, const struct entity *e, const struct field *f, const struct entity_query *q,
                      void *scratch, struct faults *ff) {
    str text = pair_get(&q->filters, f->name);
    if (str_trim(text).n == 0) return vnull();
    size_t before = ff->n;
    struct field soft = *f;
    soft.flags &= ~(unsigned)REQ;
    soft.min = 0;
    field_read(a, &soft, scratch, true, text, ff);
    if (ff->n > before) {
        ff->p[ff->n - 1].f = field_find(e->fields, str_of(f->name));
        return vnull();
    }
    val v = field_val(f, scratch);
    if (v.t != 't') return v;
    buf b = buf_in(a, v.s.n * 2 + 2);   /* LIKE: the wildcards of the user are letters */
    for (size_t i = 0; i < v.s.n; i++)
        if (v.s.p[i] != '%' && v.s.p[i] != '_') buf_c(&b, v.s.p[i]);
    buf_c(&b, '%');
    return vt(buf_str(&b));
}

/* Straight from the cursor: a list of thousands must not hold every row twice. */
static void keep_row(struct arena *a, const struct entity *e, void *ret, const val *v) {
    entity_load(a, e, ret, v);
    for (const struct field *f = e->fields; f->name; f++)
        if (field_wire(f) != 'i' && field_has(f, ret)) *field_str(f, ret) = str_dup(a, *field_str(f, ret));
}

err entity_list(struct tx *tx, struct entity *e, const struct entity_query *q, struct entity_page *ret) {
    val v[64];
    int n = 0, limit = q->limit < 1 ? 50 : q->limit > 200 ? 200 : q->limit;
    struct cur c;
    struct row r;
    bool more = false;
    void *scratch = arena_alloc(tx->a, e->size);
    *ret = (struct entity_page){ 0 };
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & SHARD) v[n++] = vi(q->shard);
    if (has_area(e)) {
        v[n++] = vi(q->lo);
        v[n++] = vi(q->hi);
    }
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & FIND) v[n++] = filter_val(tx->a, e, f, q, scratch, &ret->faults);
    n += cursor_vals(tx->a, e, q->after, v + n);
    v[n++] = vi(limit + 1);
    TRY(db_each_n(tx, &c, &e->list, v, n));
    ret->rows = arena_alloc_n(tx->a, (size_t)limit + 1, e->size);
    while (db_next(&c, &r)) {
        if (ret->n < (size_t)limit) keep_row(tx->a, e, (char *)ret->rows + ret->n++ * e->size, r.v);
        else more = true;
    }
    TRY(db_end(&c));
    if (more) ret->next = cursor_of(tx->a, e, (char *)ret->rows + (ret->n - 1) * e->size);
    return OK;
}
