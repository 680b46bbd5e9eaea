#include <stdlib.h>
#include "kit/search/namekey.h"
#include "kit/sheet/rows.h"

/* A value and the row it stands in, to be sorted by value: equal ones come together, earlier rows first. */
struct entry { str key; size_t row, owner; };
struct entries { struct entry *p; size_t n, cap; };

static int by_key(const void *x, const void *y) {
    const struct entry *a = x, *b = y;
    int c = str_cmp(a->key, b->key);
    if (c != 0) return c;
    return a->row != b->row ? (a->row > b->row) - (a->row < b->row) : (a->owner > b->owner) - (a->owner < b->owner);
}

static void sort(struct entries *e) {
    if (e->n > 1) qsort(e->p, e->n, sizeof *e->p, by_key);
}

static struct at at_row(struct arena *a, struct register_row *r, enum register_field f) {
    return (struct at){ .a = a, .faults = &r->faults, .sheet = r->sheet, .row = r->no, .col = -1, .field = f };
}

static bool bad(const struct register_row *r) {
    for (size_t i = 0; i < r->faults.n; i++)
        if (!r->faults.p[i].warn) return true;
    return false;
}

/* "第 12 行", seen from row r. */
static str place(struct arena *a, const struct register_row *r, const struct register_row *there) {
    return str_fmt(a, "%s第 %lld 行", r->sheet == there->sheet ? "" : "另一张工作表", (long long)there->no);
}

/* Rows of several yards or estates: 1号院3号楼 and 2号院3号楼 are two buildings. One prefix for all says nothing. */
static void use_prefixes(struct arena *a, struct home_register *r) {
    str seen = S("");
    bool differ = false;
    for (size_t i = 0; i < r->rows.n && !differ; i++) {
        str p = r->rows.p[i].prefix;
        if (p.n > 0 && seen.n > 0 && !str_eq(p, seen)) differ = true;
        if (p.n > 0) seen = p;
    }
    for (size_t i = 0; i < r->rows.n && differ; i++) {
        struct register_part *b = &r->rows.p[i].building;
        b->shown = str_cat(a, r->rows.p[i].prefix, b->shown);
        b->key = str_cat(a, name_key(a, r->rows.p[i].prefix), b->key);
    }
}

static void check_entrance(struct arena *a, struct home_register *r, const struct entries *homes) {
    /* Sorted by key, rows of a building stand together; those without an entrance come first. */
    for (size_t i = 0; i < homes->n;) {
        str building = r->rows.p[homes->p[i].row].building.key;
        size_t end = i, with = 0, without = 0;
        for (; end < homes->n; end++) {
            const struct register_row *x = &r->rows.p[homes->p[end].row];
            if (!str_eq(x->building.key, building)) break;
            if (x->entrance.key.n > 0) with++;
            else without++;
        }
        for (; i < end; i++) {
            struct register_row *x = &r->rows.p[homes->p[i].row];
            struct at at = at_row(a, x, RF_ENTRANCE);
            if (with > without * 4 && x->entrance.key.n == 0 && x->use != USE_PARKING && x->use != USE_STORAGE)
                doubt(&at, "entrance.missing", "没有写单元，同一楼的其他房屋写了。请核对。");
        }
    }
}

static void check_shares(struct arena *a, struct register_row *r) {
    size_t said = 0;
    i64 top = 0, low = 1;
    for (size_t i = 0; i < r->owners.n; i++) {
        const struct register_owner *o = &r->owners.p[i];
        i64 x, y;
        if (o->share_of == 0) continue;
        said++;
        /* Denominators stay small: share_read takes nine digits, and a sum that does not fit is not compared. */
        if (!i64_mul(top, o->share_of, &x) || !i64_mul(o->share, low, &y) || !i64_add(x, y, &top) ||
            !i64_mul(low, o->share_of, &low))
            return;
        for (i64 d = 10; d > 1 && low > 1000000; d--)
            while (top % d == 0 && low % d == 0) top /= d, low /= d;
    }
    struct at at = at_row(a, r, RF_SHARE);
    if (said == 0) return;
    if (said < r->owners.n) {
        wrong(&at, "share.some", "有的业主写了份额，有的没有写。请给每位业主都写上，或都不写。");
        return;
    }
    if (top == low) return;
    /* 33.33% three times is what people write for thirds. */
    if (ratio_cmp(top, low, 999, 1000) >= 0 && ratio_cmp(top, low, 1001, 1000) <= 0)
        doubt(&at, "share.round", "各位业主的份额加起来不正好是 100%%，请再核对一次。");
    else wrong(&at, "share.sum", "各位业主的份额加起来不是 100%%。请核对份额。");
}

static bool owner_known(const struct register_row *r, const struct register_owner *o) {
    for (size_t i = 0; i < r->owners.n; i++) {
        const struct register_owner *k = &r->owners.p[i];
        if (str_eq(k->key, o->key) && (str_eq(k->id, o->id) || k->id.n == 0 || o->id.n == 0)) return true;
    }
    return false;
}

/* A later row of a home that stands above already. Says what it is; true when the row goes. */
static bool repeats(struct arena *a, struct home_register *reg, struct register_row *first, struct register_row *r) {
    struct at at = at_row(a, r, RF_AREA), above = at_row(a, first, RF_AREA);
    if (bad(r)) return false;
    if (r->has_area && first->has_area && r->area.dm2 != first->area.dm2) {
        buf x = buf_in(a, 64), y = buf_in(a, 64);
        sqm_put(&x, first->area);
        sqm_put(&y, r->area);
        wrong(&at, "home.area", "和%.*s是同一户，建筑面积却不同（%.*s 和 %.*s）。请核对后只留一个。", STR(place(a, r, first)),
              STR(buf_str(&x)), STR(buf_str(&y)));
        if (!bad(first))
            wrong(&above, "home.area", "和%.*s是同一户，建筑面积却不同（%.*s 和 %.*s）。请核对后只留一个。",
                  STR(place(a, first, r)), STR(buf_str(&x)), STR(buf_str(&y)));
        return false;
    }
    size_t further = 0;
    for (size_t i = 0; i < r->owners.n; i++) further += !owner_known(first, &r->owners.p[i]);
    if (bad(first) || first->owners.n + further > REGISTER_OWNERS_MAX) {
        wrong(&at, "home.again", "和%.*s是同一户。请先改好那一行，或只留一行。", STR(place(a, r, first)));
        return false;
    }
    if (further == 0) {
        *VEC_ADD(a, &reg->skips) = (struct register_skip){
            r->sheet, r->no, "again", str_fmt(a, "和%.*s是同一户，内容相同，已跳过。", STR(place(a, r, first))) };
        return true;
    }
    for (size_t i = 0; i < r->owners.n; i++)
        if (!owner_known(first, &r->owners.p[i])) *VEC_ADD(a, &first->owners) = r->owners.p[i];
    for (size_t i = 0; i < r->phones.n; i++) *VEC_ADD(a, &first->phones) = r->phones.p[i];
    for (size_t i = 0; i < r->faults.n; i++) *VEC_ADD(a, &first->faults) = r->faults.p[i];
    above.field = RF_OWNER;
    doubt(&above, "home.joint", "和%.*s是同一户，业主不同，按共有人收下。如果是换了业主，请只留现在的一行。",
          STR(place(a, first, r)));
    *VEC_ADD(a, &reg->skips) = (struct register_skip){
        r->sheet, r->no, "joint", str_fmt(a, "和%.*s是同一户，业主并入那一户。", STR(place(a, r, first))) };
    return true;
}

static void check_homes(struct arena *a, struct home_register *r, bool *gone) {
    struct entries homes = { 0 };
    for (size_t i = 0; i < r->rows.n; i++) {
        struct register_row *x = &r->rows.p[i];
        if (x->room.key.n == 0 || x->building.key.n == 0) continue;
        x->key = str_fmt(a, "%.*s-%.*s-%.*s", STR(x->building.key), STR(x->entrance.key), STR(x->room.key));
        *VEC_ADD(a, &homes) = (struct entry){ x->key, i, 0 };
    }
    sort(&homes);
    check_entrance(a, r, &homes);
    for (size_t i = 0; i < homes.n;) {
        struct register_row *first = &r->rows.p[homes.p[i].row];
        size_t k = i + 1;
        for (; k < homes.n && str_eq(homes.p[k].key, homes.p[i].key); k++)
            gone[homes.p[k].row] = repeats(a, r, first, &r->rows.p[homes.p[k].row]);
        i = k;
    }
}

/* One identity number, two names. */
static void check_ids(struct arena *a, struct home_register *r, const bool *gone) {
    struct entries ids = { 0 };
    for (size_t i = 0; i < r->rows.n; i++)
        for (size_t k = 0; k < r->rows.p[i].owners.n && !gone[i]; k++)
            if (r->rows.p[i].owners.p[k].id.n > 0)
                *VEC_ADD(a, &ids) = (struct entry){ r->rows.p[i].owners.p[k].id, i, k };
    sort(&ids);
    for (size_t i = 0; i < ids.n;) {
        struct register_row *first = &r->rows.p[ids.p[i].row];
        const struct register_owner *x = &first->owners.p[ids.p[i].owner];
        size_t k = i + 1;
        for (; k < ids.n && str_eq(ids.p[k].key, ids.p[i].key); k++) {
            struct register_row *row = &r->rows.p[ids.p[k].row];
            const struct register_owner *y = &row->owners.p[ids.p[k].owner];
            if (str_eq(x->key, y->key)) continue;
            struct at at = at_row(a, row, RF_ID);
            doubt(&at, "id.names", "证件号码“%.*s”在%.*s是“%.*s”，这里是“%.*s”。请核对是不是同一个人。", STR(masked(a, y->id)),
                  STR(place(a, row, first)), STR(utf8_head(x->name, 20)), STR(utf8_head(y->name, 20)));
        }
        i = k;
    }
}

static void check_certificates(struct arena *a, struct home_register *r, const bool *gone) {
    struct entries certs = { 0 };
    for (size_t i = 0; i < r->rows.n; i++)
        if (!gone[i] && r->rows.p[i].cert.n > 0)
            *VEC_ADD(a, &certs) = (struct entry){ name_key(a, r->rows.p[i].cert), i, 0 };
    sort(&certs);
    for (size_t i = 1; i < certs.n; i++) {
        struct register_row *x = &r->rows.p[certs.p[i - 1].row], *y = &r->rows.p[certs.p[i].row];
        if (!str_eq(certs.p[i].key, certs.p[i - 1].key)) continue;
        struct at at = at_row(a, y, RF_CERT);
        doubt(&at, "cert.twice", "这个不动产权证号在%.*s也写了。请核对是不是抄错了行。", STR(place(a, y, x)));
    }
}

void register_compare(struct arena *a, struct home_register *r) {
    use_prefixes(a, r);
    bool *gone = NEW_N(a, bool, r->rows.n + 1);
    check_homes(a, r, gone);
    check_ids(a, r, gone);
    check_certificates(a, r, gone);
    size_t n = 0;
    for (size_t i = 0; i < r->rows.n; i++) {
        if (gone[i]) continue;
        struct register_row *x = &r->rows.p[i];
        check_shares(a, x);
        x->bad = bad(x);
        if (x->bad) r->bad++;
        else r->good++;
        if (!x->bad && x->faults.n > 0) r->warned++;
        r->rows.p[n++] = *x;
    }
    r->rows.n = n;
}

/* ---- the report ---- */

static const struct sheet_col report_cols[] = {
    { .label = S_INIT("工作表"), .name = S_INIT("sheet"), .kind = SHEET_TEXT, .width = 12 },
    { .label = S_INIT("行号"), .name = S_INIT("row"), .kind = SHEET_NUMBER, .width = 8 },
    { .label = S_INIT("列"), .name = S_INIT("column"), .kind = SHEET_TEXT, .width = 6 },
    { .label = S_INIT("栏目"), .name = S_INIT("field"), .kind = SHEET_TEXT, .width = 14 },
    { .label = S_INIT("结果"), .name = S_INIT("result"), .kind = SHEET_TEXT, .width = 12 },
    { .label = S_INIT("说明"), .name = S_INIT("text"), .kind = SHEET_TEXT, .width = 80 },
};

/* 0 -> A, 26 -> AA */
static str column_letters(struct arena *a, i64 col) {
    if (col < 0) return S("");
    if (col < 26) return str_fmt(a, "%c", (char)('A' + col));
    return str_fmt(a, "%c%c", (char)('A' + col / 26 - 1), (char)('A' + col % 26));
}

struct line { size_t sheet; i64 row, order; const struct register_fault *f; const struct register_skip *s; };

static int by_row(const void *x, const void *y) {
    const struct line *a = x, *b = y;
    if (a->sheet != b->sheet) return a->sheet < b->sheet ? -1 : 1;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

struct sheet_table register_report(struct arena *a, const struct sheet_book *b, const struct home_register *r) {
    struct { struct line *p; size_t n, cap; } lines = { 0 };
    i64 order = 0;
    for (size_t i = 0; i < r->rows.n; i++)
        for (size_t k = 0; k < r->rows.p[i].faults.n; k++) {
            const struct register_fault *f = &r->rows.p[i].faults.p[k];
            *VEC_ADD(a, &lines) = (struct line){ f->sheet, f->row, order++, f, NULL };
        }
    for (size_t i = 0; i < r->skips.n; i++) {
        const struct register_skip *s = &r->skips.p[i];
        *VEC_ADD(a, &lines) = (struct line){ s->sheet, s->row, order++, NULL, s };
    }
    if (lines.n > 1) qsort(lines.p, lines.n, sizeof *lines.p, by_row);
    str *cell = NEW_N(a, str, lines.n * COUNT(report_cols));
    for (size_t i = 0; i < lines.n; i++) {
        str *c = cell + i * COUNT(report_cols);
        const struct register_fault *f = lines.p[i].f;
        c[0] = lines.p[i].sheet < b->n ? b->sheet[lines.p[i].sheet].name : S("");
        c[1] = str_fmt(a, "%lld", (long long)lines.p[i].row);
        c[2] = f == NULL ? S("") : column_letters(a, f->col);
        c[3] = f == NULL ? S("") : str_of(register_field_label(f->field));
        c[4] = f == NULL ? S("已跳过") : f->warn ? S("收下，请核对") : S("没有收下");
        c[5] = f == NULL ? lines.p[i].s->text : f->text;
    }
    return (struct sheet_table){ .name = S("核对结果"), .col = report_cols, .cols = COUNT(report_cols), .cell = cell,
                                 .rows = lines.n };
}
