/* import_pack.c - rows of a register as bytes (to be sealed), columns as lines of text; and back. */
#include "domain/estate/inner.h"
#include "sys/crypt/crypt.h"

/* ---- bytes ---- */

static void put_i(buf *b, i64 v) { buf_be64(b, (u64)v); }

static void put_s(buf *b, str s) {
    put_i(b, (i64)s.n);
    buf_s(b, s);
}

struct reader { str s; bool bad; };

static i64 get_i(struct reader *r) {
    u64 v = 0;
    if (r->s.n < 8) {
        r->bad = true;
        return 0;
    }
    for (int i = 0; i < 8; i++) v = v << 8 | (u8)r->s.p[i];
    r->s = str_from(r->s, 8);
    return (i64)v;
}

static str get_s(struct reader *r) {
    i64 n = get_i(r);
    if (n < 0 || (u64)n > r->s.n) {
        r->bad = true;
        return (str){ 0 };
    }
    str s = str_sub(r->s, 0, (size_t)n);
    r->s = str_from(r->s, (size_t)n);
    return s;
}

static void put_opt(buf *b, bool has, i64 v) {
    put_i(b, has);
    put_i(b, has ? v : 0);
}

static opt_i64 get_opt(struct reader *r) {
    bool has = get_i(r) != 0;
    i64 v = get_i(r);
    return (opt_i64){ has, v };
}

/* ---- rows ---- */

static void put_home(buf *b, const struct home_new *h) {
    put_s(b, h->building);
    put_s(b, h->building_key);
    put_s(b, h->entrance);
    put_s(b, h->entrance_key);
    put_s(b, h->room);
    put_s(b, h->room_key);
    put_opt(b, h->floor.has, h->floor.v);
    put_opt(b, h->area.has, h->area.v.dm2);
    put_i(b, h->area_source);
    put_i(b, h->use);
    put_s(b, h->cert);
    put_opt(b, h->handed.has, h->handed.v.n);
}

static struct home_new get_home(struct reader *r) {
    struct home_new h = { 0 };
    h.building = get_s(r);
    h.building_key = get_s(r);
    h.entrance = get_s(r);
    h.entrance_key = get_s(r);
    h.room = get_s(r);
    h.room_key = get_s(r);
    h.floor = get_opt(r);
    opt_i64 area = get_opt(r);
    h.area = (opt_sqm){ area.has, { area.v } };
    h.area_source = get_i(r);
    h.use = get_i(r);
    h.cert = get_s(r);
    opt_i64 handed = get_opt(r);
    h.handed = (opt_day){ handed.has, { handed.v } };
    return h;
}

void rows_pack(buf *out, const struct import_row *p, size_t n) {
    put_i(out, (i64)n);
    for (size_t i = 0; i < n; i++) {
        put_i(out, p[i].no);
        put_i(out, p[i].state);
        put_home(out, &p[i].home);
        put_s(out, p[i].why);
        put_i(out, (i64)p[i].owners.n);
        for (size_t k = 0; k < p[i].owners.n; k++) {
            const struct import_owner *o = &p[i].owners.p[k];
            put_s(out, o->name);
            put_s(out, o->id);
            put_s(out, o->phone);
            put_i(out, o->id_kind);
            put_i(out, o->share);
            put_i(out, o->of);
            put_i(out, o->org);
        }
    }
}

err rows_unpack(struct arena *a, str s, struct import_rows *ret) {
    struct reader r = { .s = s };
    i64 n = get_i(&r);
    for (i64 i = 0; i < n && !r.bad; i++) {
        struct import_row *row = VEC_ADD(a, ret);
        row->no = get_i(&r);
        row->state = get_i(&r);
        row->home = get_home(&r);
        row->why = get_s(&r);
        for (i64 k = get_i(&r); k > 0 && !r.bad; k--) {
            struct import_owner o = { 0 };
            o.name = get_s(&r);
            o.id = get_s(&r);
            o.phone = get_s(&r);
            o.id_kind = get_i(&r);
            o.share = get_i(&r);
            o.of = get_i(&r);
            o.org = get_i(&r);
            *VEC_ADD(a, &row->owners) = o;
        }
    }
    return r.bad || r.s.n ? E_BROKEN : OK;
}

err part_open(struct tx *tx, const struct import_part *p, struct import_rows *ret) {
    str plain;
    TRY(reveal(tx->a, "import_part", "data", p->id, p->data, &plain));
    return rows_unpack(tx->a, plain, ret);
}

/* ---- columns: a line "sheet first last name", then a line "field TAB title TAB example" for each column ---- */

static void put_cell(buf *b, str s, char end) {
    for (size_t i = 0; i < s.n; i++) buf_c(b, s.p[i] == '\t' || s.p[i] == '\n' ? ' ' : s.p[i]);
    buf_c(b, end);
}

str map_pack(struct arena *a, const struct map_sheets *m) {
    buf b = buf_in(a, 1 << 18);
    for (size_t i = 0; i < m->n; i++) {
        const struct map_sheet *s = &m->p[i];
        buf_fmt(&b, "\t%lld\t%lld\t%lld\t", (long long)s->sheet, (long long)s->head_first,
                (long long)s->head_last);
        put_cell(&b, s->name, '\n');
        for (size_t k = 0; k < s->cols.n; k++) {
            put_cell(&b, s->cols.p[k].field, '\t');
            put_cell(&b, s->cols.p[k].title, '\t');
            put_cell(&b, s->cols.p[k].example, '\n');
        }
    }
    return buf_str(&b);
}

static i64 cut_i(str *line) {
    str piece;
    i64 v = 0;
    return str_cut(line, '\t', &piece) && str_i64(piece, &v) ? v : 0;
}

void map_unpack(struct arena *a, str text, struct map_sheets *ret) {
    str line;
    while (str_cut(&text, '\n', &line)) {
        if (!line.n) continue;
        if (line.p[0] == '\t') {
            struct map_sheet *s = VEC_ADD(a, ret);
            line = str_from(line, 1);
            s->sheet = cut_i(&line);
            s->head_first = cut_i(&line);
            s->head_last = cut_i(&line);
            s->name = line;
        } else if (ret->n) {
            struct map_col *c = VEC_ADD(a, &ret->p[ret->n - 1].cols);
            if (!str_cut(&line, '\t', &c->field) || !str_cut(&line, '\t', &c->title)) continue;
            c->example = line;
        }
    }
}
