#include "sys/sheet/stream.h"

/* Records: B book, S sheet, R row, T table to write, C column, V values of a row, X refusal, Z the end. */
static const str magic = S_INIT("WYS1");

static void put_u32(buf *b, size_t v) {
    char c[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };
    buf_put(b, c, 4);
}

static void put_str(buf *b, str s) {
    put_u32(b, s.n);
    buf_s(b, s);
}

/* Begins a record; its length is filled in by record_end. */
static size_t record(buf *b, char tag) {
    buf_c(b, tag);
    put_u32(b, 0);
    return b->n;
}

static void record_end(buf *b, size_t from) {
    if (b->over) return;
    size_t n = b->n - from;
    for (size_t i = 0; i < 4; i++) b->p[from - 4 + i] = (char)(n >> (24 - 8 * i));
}

/* A reader that runs dry instead of running over: after the first short read everything is zero and `bad` is set. */
struct in {
    str s;
    size_t at;
    bool bad;
};

static str get(struct in *in, size_t n) {
    if (in->bad || n > in->s.n - in->at) {
        in->bad = true;
        return S("");
    }
    str r = { in->s.p + in->at, n };
    in->at += n;
    return r;
}

static u8 get_u8(struct in *in) {
    str s = get(in, 1);
    return s.n == 1 ? (u8)s.p[0] : 0;
}

static u32 get_u32(struct in *in) {
    str s = get(in, 4);
    u32 v = 0;
    for (size_t i = 0; i < s.n; i++) v = v << 8 | (u8)s.p[i];
    return v;
}

static str get_str(struct in *in) {
    str s = get(in, get_u32(in));
    if (!utf8_valid(s)) in->bad = true;
    return s;
}

/* The next record; its payload must be used up by the reader (see spent). */
static char next_record(struct in *in, struct in *ret) {
    char tag = (char)get_u8(in);
    *ret = (struct in){ .s = get(in, get_u32(in)) };
    return in->bad ? '?' : tag;
}

static bool spent(const struct in *in) { return !in->bad && in->at == in->s.n; }

void stream_put_book(buf *out, const struct sheet_book *book, err e) {
    buf_s(out, magic);
    size_t r;
    if (e != OK) {
        r = record(out, 'X');
        buf_c(out, e == E_TOOBIG ? 2 : 1);
        put_str(out, book->why);
        record_end(out, r);
        return;
    }
    r = record(out, 'B');
    put_u32(out, book->n);
    put_str(out, book->encoding);
    record_end(out, r);
    for (size_t i = 0; i < book->n; i++) {
        const struct sheet *s = &book->sheet[i];
        r = record(out, 'S');
        put_u32(out, s->n);
        buf_c(out, s->hidden);
        put_str(out, s->name);
        record_end(out, r);
        for (size_t k = 0; k < s->n; k++) {
            const struct sheet_row *row = &s->row[k];
            r = record(out, 'R');
            put_u32(out, (size_t)row->no);
            put_u32(out, row->n);
            for (size_t c = 0; c < row->n; c++) {
                buf_c(out, (char)row->cell[c].kind);
                buf_c(out, (char)row->cell[c].flags);
                put_str(out, row->cell[c].text);
                put_str(out, row->cell[c].raw);
            }
            record_end(out, r);
        }
    }
    record_end(out, record(out, 'Z'));
}

static bool get_row(struct arena *a, struct in *rec, struct sheet_row *row, i64 above) {
    row->no = get_u32(rec);
    row->n = get_u32(rec);
    if (rec->bad || row->no <= above || row->n > SHEET_COLS_MAX) return false;
    row->cell = NEW_N(a, struct sheet_cell, row->n);
    for (size_t c = 0; c < row->n; c++) {
        struct sheet_cell *cell = &row->cell[c];
        cell->kind = get_u8(rec);
        cell->flags = get_u8(rec);
        cell->text = get_str(rec);
        cell->raw = get_str(rec);
        if (cell->kind >= SHEET_KINDS || (cell->flags & ~SHEET_FLAGS) || utf8_len(cell->text) > SHEET_TEXT_MAX)
            return false;
    }
    return spent(rec);
}

static bool get_sheet(struct arena *a, struct in *in, struct sheet *s, size_t *cells) {
    struct in rec;
    if (next_record(in, &rec) != 'S') return false;
    s->n = get_u32(&rec);
    s->hidden = get_u8(&rec) != 0;
    s->name = get_str(&rec);
    if (!spent(&rec) || s->n > SHEET_ROWS_MAX) return false;
    s->row = NEW_N(a, struct sheet_row, s->n);
    for (size_t k = 0; k < s->n; k++) {
        if (next_record(in, &rec) != 'R') return false;
        if (!get_row(a, &rec, &s->row[k], k > 0 ? s->row[k - 1].no : 0)) return false;
        *cells += s->row[k].n;
        if (*cells > SHEET_CELLS_MAX) return false;
    }
    return true;
}

err stream_get_book(struct arena *a, str stream, struct sheet_book *ret) {
    struct in in = { .s = stream }, rec;
    *ret = (struct sheet_book){ 0 };
    if (!str_eq(get(&in, magic.n), magic)) return E_IO;
    char tag = next_record(&in, &rec);
    if (tag == 'X') {
        u8 code = get_u8(&rec);
        ret->why = get_str(&rec);
        if (!spent(&rec) || !spent(&in)) return E_IO;
        return code == 2 ? E_TOOBIG : E_INPUT;
    }
    if (tag != 'B') return E_IO;
    ret->n = get_u32(&rec);
    ret->encoding = get_str(&rec);
    if (!spent(&rec) || ret->n > 1000) return E_IO;
    ret->sheet = NEW_N(a, struct sheet, ret->n);
    size_t cells = 0;
    for (size_t i = 0; i < ret->n; i++)
        if (!get_sheet(a, &in, &ret->sheet[i], &cells)) return E_IO;
    if (next_record(&in, &rec) != 'Z' || !spent(&rec) || !spent(&in)) return E_IO;
    return OK;
}

void stream_put_tables(buf *out, const struct sheet_table *t, size_t n) {
    buf_s(out, magic);
    for (size_t i = 0; i < n; i++) {
        size_t r = record(out, 'T');
        put_u32(out, t[i].cols);
        put_u32(out, t[i].rows);
        put_str(out, t[i].name);
        record_end(out, r);
        for (size_t c = 0; c < t[i].cols; c++) {
            const struct sheet_col *col = &t[i].col[c];
            r = record(out, 'C');
            buf_c(out, (char)col->kind);
            buf_c(out, (char)(col->decimals < 0 ? 0 : col->decimals > 6 ? 6 : col->decimals));
            buf_c(out, col->grouped);
            buf_c(out, (char)(col->width < 0 ? 0 : col->width > 100 ? 100 : col->width));
            put_str(out, col->label);
            put_str(out, col->name);
            record_end(out, r);
        }
        for (size_t k = 0; k < t[i].rows; k++) {
            r = record(out, 'V');
            for (size_t c = 0; c < t[i].cols; c++) put_str(out, t[i].cell[k * t[i].cols + c]);
            record_end(out, r);
        }
    }
    record_end(out, record(out, 'Z'));
}

static bool get_table(struct arena *a, struct in *in, struct in *head, struct sheet_table *t) {
    struct in rec;
    t->cols = get_u32(head);
    t->rows = get_u32(head);
    t->name = get_str(head);
    if (!spent(head) || t->cols > SHEET_COLS_MAX || t->rows > SHEET_ROWS_MAX || t->cols * t->rows > SHEET_CELLS_MAX)
        return false;
    struct sheet_col *col = NEW_N(a, struct sheet_col, t->cols);
    str *cell = NEW_N(a, str, t->cols * t->rows);
    for (size_t c = 0; c < t->cols; c++) {
        if (next_record(in, &rec) != 'C') return false;
        col[c].kind = get_u8(&rec);
        col[c].decimals = get_u8(&rec);
        col[c].grouped = get_u8(&rec) != 0;
        col[c].width = get_u8(&rec);
        col[c].label = get_str(&rec);
        col[c].name = get_str(&rec);
        if (!spent(&rec) || col[c].kind >= SHEET_KINDS || col[c].decimals > 6) return false;
    }
    for (size_t k = 0; k < t->rows; k++) {
        if (next_record(in, &rec) != 'V') return false;
        for (size_t c = 0; c < t->cols; c++) cell[k * t->cols + c] = get_str(&rec);
        if (!spent(&rec)) return false;
    }
    t->col = col;
    t->cell = cell;
    return true;
}

err stream_get_tables(struct arena *a, str stream, struct sheet_table **ret, size_t *ret_n) {
    struct in in = { .s = stream }, rec;
    VEC(struct sheet_table) all = { 0 };
    if (!str_eq(get(&in, magic.n), magic)) return E_IO;
    for (;;) {
        char tag = next_record(&in, &rec);
        if (tag == 'Z') break;
        if (tag != 'T' || all.n >= 100 || !get_table(a, &in, &rec, VEC_ADD(a, &all))) return E_IO;
    }
    if (!spent(&rec) || !spent(&in)) return E_IO;
    *ret = all.p;
    *ret_n = all.n;
    return OK;
}
