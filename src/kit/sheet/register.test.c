#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/test.h"
#include "kit/search/namekey.h"
#include "kit/sheet/read.h"

/* ---- files of the repository: tests run in the build directory or at the top ---- */

static str file_of(struct arena *a, const char *path) {
    static const char *const tops[] = { "", "../", "../../", "../../../" };
    FILE *f = NULL;
    for (size_t i = 0; i < COUNT(tops) && f == NULL; i++) f = fopen(str_fmt(a, "%s%s", tops[i], path).p, "rb");
    CHECK(f != NULL);
    if (f == NULL) return S("");
    buf b = buf_in(a, (size_t)4 << 20);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_put(&b, chunk, n);
    fclose(f);
    return buf_str(&b);
}

static struct register_words *words(struct arena *a) {
    struct register_words *w = NULL;
    CHECK(register_words_load(a, file_of(a, "data/register-columns.tsv"), &w) == OK);
    return w;
}

/* ---- books made by hand ---- */

struct making { struct arena *a; VEC(struct sheet_row) rows; i64 no; };

static str unescaped(struct arena *a, str s) {
    buf b = buf_in(a, s.n + 8);
    for (size_t i = 0; i < s.n; i++) {
        u32 cp = 0;
        bool code = s.n - i >= 6 && s.p[i] == '\\' && s.p[i + 1] == 'u';
        for (size_t k = 2; k < 6 && code; k++) {
            char c = s.p[i + k];
            cp = cp * 16 + (u32)(c <= '9' ? c - '0' : c - 'a' + 10);
        }
        char u[4];
        if (code) buf_put(&b, u, utf8_put(cp, u)), i += 5;
        else buf_c(&b, s.p[i]);
    }
    return buf_str(&b);
}

/* Cells parted by |; <kind> before a text says what the cell is. */
static void add_row(struct making *m, str typed) {
    static const struct { str tag; u8 kind, flags; } tags[] = {
        { S_INIT("<date>"), SHEET_DATE, 0 },         { S_INIT("<number>"), SHEET_NUMBER, 0 },
        { S_INIT("<long>"), SHEET_NUMBER, SHEET_LONG }, { S_INIT("<error>"), SHEET_ERROR, 0 },
        { S_INIT("<up>"), SHEET_TEXT, SHEET_UP },    { S_INIT("<left>"), SHEET_TEXT, SHEET_LEFT },
    };
    VEC(struct sheet_cell) cells = { 0 };
    for (str piece; str_cut(&typed, '|', &piece);) {
        struct sheet_cell c = { .kind = SHEET_TEXT };
        for (size_t i = 0; i < COUNT(tags); i++)
            if (str_starts(piece, tags[i].tag)) {
                c.kind = tags[i].kind, c.flags = tags[i].flags;
                piece = str_from(piece, tags[i].tag.n);
            }
        c.text = unescaped(m->a, piece);
        if (c.text.n == 0) c.kind = SHEET_BLANK;
        *VEC_ADD(m->a, &cells) = c;
    }
    *VEC_ADD(m->a, &m->rows) = (struct sheet_row){ ++m->no, cells.p, cells.n };
}

static struct sheet_book book_of(struct making *m) {
    struct sheet *s = NEW(m->a, struct sheet);
    s->row = m->rows.p;
    s->n = m->rows.n;
    return (struct sheet_book){ .sheet = s, .n = 1 };
}

static struct sheet_book typed_book(struct arena *a, str lines) {
    struct making m = { .a = a };
    for (str line; str_cut(&lines, '\n', &line);) add_row(&m, line);
    return book_of(&m);
}

static const day today = { 20781 };   /* 2026-11-24 */

static struct home_register read_typed(struct arena *a, str lines) {
    struct sheet_book b = typed_book(a, lines);
    struct register_map m;
    struct home_register r = { 0 };
    CHECK(register_recognise(a, words(a), &b, &m) == OK);
    CHECK(register_parse(a, &b, &m, 1, today, &r) == OK);
    return r;
}

/* ---- numbers that are right ---- */

static bool idcard_digit_ok(str id) {
    static const int weight[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (size_t i = 0; i < 17; i++) sum += (id.p[i] - '0') * weight[i];
    return id.p[17] == "10X98765432"[sum % 11];
}

static str id_with_check(struct arena *a, int y, int m, int d, int serial) {
    char id[19];
    snprintf(id, sizeof id, "110105%04d%02d%02d%03d", y, m, d, serial);
    for (const char *c = "0123456789X"; *c; c++) {
        id[17] = *c;
        if (idcard_digit_ok((str){ id, 18 })) break;
    }
    return str_dup(a, (str){ id, 18 });
}

static str resident(struct arena *a, u64 n) {
    return id_with_check(a, (int)(1940 + n / 336000 % 60), (int)(1 + n / 28000 % 12), (int)(1 + n / 1000 % 28),
                         (int)(n % 1000));
}

/* ---- the list of dirt ---- */

struct dirt { str kind, row, field, text, degree; };
struct dirts { struct dirt *p; size_t n, cap; };

static struct dirts dirts(struct arena *a) {
    struct dirts d = { 0 };
    str all = file_of(a, "test/fixtures/dirt.tsv");
    for (str line; str_cut(&all, '\n', &line);) {
        struct dirt x = { 0 };
        if (line.n == 0 || line.p[0] == '#') continue;
        CHECK(str_cut(&line, '\t', &x.kind) && str_cut(&line, '\t', &x.row) && str_cut(&line, '\t', &x.field) &&
              str_cut(&line, '\t', &x.text) && str_cut(&line, '\t', &x.degree));
        *VEC_ADD(a, &d) = x;
    }
    return d;
}

static void put_filled(struct arena *a, buf *b, str name, u64 n, u64 *fresh) {
    str id = resident(a, str_is(name, "id1") ? n : ++*fresh + 1000000);
    if (str_is(name, "r")) buf_i64(b, (i64)(n % 9000000) + 101);
    else if (str_is(name, "r2")) buf_i64(b, (i64)(n % 9000000) + 101), buf_c(b, 'B');
    else if (str_is(name, "id") || str_is(name, "id1")) buf_s(b, id);
    else if (str_is(name, "badid")) buf_s(b, (str){ id.p, 17 }), buf_c(b, id.p[17] == '1' ? '2' : '1');
    else if (str_is(name, "bornid")) buf_s(b, id_with_check(a, 1990, 2, 30, (int)(n % 1000)));
    else if (str_is(name, "phone")) buf_fmt(b, "139%08d", (int)(++*fresh % 100000000));
    else if (str_is(name, "cert")) buf_fmt(b, "京(2015)朝不动产权第%07d号", (int)++*fresh);
    else if (str_is(name, "cert1")) buf_fmt(b, "京(2015)朝不动产权第9%06d号", (int)n);
    else CHECK_STR(name, S("a known name"));
}

static str filled(struct arena *a, str row, u64 n, u64 *fresh) {
    buf b = buf_in(a, 4096);
    for (size_t i = 0; i < row.n; i++) {
        i64 end = row.p[i] == '{' ? str_find(str_from(row, i), '}') : -1;
        if (end < 0) buf_c(&b, row.p[i]);
        else put_filled(a, &b, str_sub(row, i + 1, (size_t)end - 1), n, fresh), i += (size_t)end;
    }
    return buf_str(&b);
}

static const str heading = S_INIT("楼号|单元|房号|建筑面积|用途|业主姓名|证件号码|联系电话|交付日期|不动产权证号|备注");

/* The rows of one kind of dirt; how many there are. */
static size_t add_dirt(struct making *m, const struct dirt *d, u64 n, u64 *fresh) {
    str rows = filled(m->a, d->row, n, fresh), sep = S("¶");
    size_t count = 0;
    while (true) {
        size_t at = 0;
        while (at + sep.n <= rows.n && !str_starts(str_from(rows, at), sep)) at++;
        bool last = at + sep.n > rows.n;
        add_row(m, last ? rows : str_sub(rows, 0, at));
        count++;
        if (last) return count;
        rows = str_from(rows, at + sep.n);
    }
}

/* Is the dirt in rows first..last named as its line says? */
static bool named(const struct home_register *r, const struct dirt *d, i64 first, i64 last) {
    if (str_is(d->degree, "skip")) {
        for (size_t i = 0; i < r->skips.n; i++)
            if (r->skips.p[i].row >= first && r->skips.p[i].row <= last && str_has(r->skips.p[i].text, d->text))
                return true;
        return false;
    }
    for (size_t i = 0; i < r->rows.n; i++)
        for (size_t k = 0; k < r->rows.p[i].faults.n; k++) {
            const struct register_fault *f = &r->rows.p[i].faults.p[k];
            if (f->row >= first && f->row <= last && f->warn == str_is(d->degree, "warn") &&
                str_has(f->text, d->text) && str_is(d->field, register_field_name(f->field)))
                return true;
        }
    return false;
}

static void show(const struct home_register *r, const struct dirt *d) {
    fprintf(stderr, "dirt: %.*s\n", STR(d->kind));
    for (size_t i = 0; i < r->rows.n; i++)
        for (size_t k = 0; k < r->rows.p[i].faults.n; k++) {
            const struct register_fault *f = &r->rows.p[i].faults.p[k];
            fprintf(stderr, "  %lld %s %s %s %.*s\n", (long long)f->row, register_field_name(f->field), f->code,
                    f->warn ? "warn" : "fault", STR(f->text));
        }
    for (size_t i = 0; i < r->skips.n; i++)
        fprintf(stderr, "  %lld skip %.*s\n", (long long)r->skips.p[i].row, STR(r->skips.p[i].text));
}

TEST(register_names_every_kind_of_dirt) {
    struct dirts d = dirts(a);
    struct register_words *w = words(a);
    CHECK(d.n >= 50);
    u64 fresh = 0;
    for (size_t i = 0; i < d.n; i++) {
        struct making m = { .a = a };
        add_row(&m, heading);
        for (int k = 1; k <= 4; k++) add_row(&m, str_fmt(a, "9号楼|1单元|990%d|50|住宅|王某|||||", k));
        size_t n = add_dirt(&m, &d.p[i], i, &fresh);
        struct sheet_book b = book_of(&m);
        struct register_map map;
        struct home_register r;
        CHECK(register_recognise(a, w, &b, &map) == OK);
        CHECK(register_parse(a, &b, &map, 1, today, &r) == OK);
        bool ok = named(&r, &d.p[i], 6, (i64)n + 5);
        CHECK(ok);
        if (!ok) show(&r, &d.p[i]);
        /* A warning or a skip keeps nobody out, a fault keeps its row out. */
        CHECK(str_is(d.p[i].degree, "fault") ? r.bad > 0 : r.bad == 0);
        if (!str_is(d.p[i].degree, "fault") && r.bad > 0) show(&r, &d.p[i]);
    }
}

/* The rows below the heading as a workbook of texts, written and read by the helper. */
static struct sheet_book through_helper(struct arena *a, const struct making *m) {
    struct sheet_col col[11] = { { .label = { 0 } } };
    struct sheet_table t = { .name = S("台账"), .col = col, .cols = COUNT(col), .rows = m->rows.n - 1 };
    str *cell = NEW_N(a, str, t.rows * t.cols);
    struct sheet_book b = { 0 };
    for (size_t k = 0; k < m->rows.n; k++)
        for (size_t c = 0; c < m->rows.p[k].n; c++) {
            str s = m->rows.p[k].cell[c].text;
            if (k == 0) col[c] = (struct sheet_col){ .label = s, .kind = SHEET_TEXT };
            else cell[(k - 1) * t.cols + c] = s;
        }
    t.cell = cell;
    int fd = memfd_create("register", MFD_CLOEXEC);
    CHECK(sheet_write(&t, 1, fd) == OK);
    CHECK(sheet_read(a, fd, &b) == OK);
    close(fd);
    return b;
}

struct placed { i64 first, last; const struct dirt *d; };

/* 5,000 homes, one in seven of them a known kind of dirt: all dirt is named, all good rows come in whole. */
static void check_5000(bool helper) {
    struct arena *big = arena_new((size_t)512 << 20);
    struct dirts all = dirts(big), d = { 0 };
    struct making m = { .a = big };
    struct placed placed[1000];
    size_t n = 0, clean = 0;
    u64 fresh = 5000000;
    bool *good = NEW_N(big, bool, 20000);
    /* Cells of other kinds than text do not pass through a workbook of texts, nor does a bidi control. */
    for (size_t i = 0; i < all.n; i++)
        if (!helper || str_find(all.p[i].row, '<') < 0) *VEC_ADD(big, &d) = all.p[i];
    if (!helper) add_row(&m, S("某某小区房屋台账"));
    add_row(&m, heading);
    for (u64 home = 0; home < 5000; home++) {
        if (home % 7 == 3 && n < COUNT(placed)) {
            placed[n].first = m.no + 1;
            placed[n].d = &d.p[n % d.n];
            add_dirt(&m, placed[n].d, home, &fresh);
            placed[n++].last = m.no;
            continue;
        }
        str id = resident(big, home);
        add_row(&m, str_fmt(big,
                            "%d号楼|%d单元|%02d%02d|%d.%02d|住宅|业主%c|%.*s|138%08d|2015/6/"
                            "%d|京(2014)朝不动产权第%07d号|",
                            (int)(home / 400 + 10), (int)(home / 100 % 4 + 1), (int)(home / 4 % 25 + 1),
                            (int)(home % 4 + 1), (int)(40 + home % 120), (int)(home % 100),
                            (char)('A' + home % 26), STR(id), (int)home, (int)(home % 30 + 1), (int)home));
        good[m.no] = true;
        clean++;
    }
    struct sheet_book b = helper ? through_helper(big, &m) : book_of(&m);
    struct register_map map;
    struct home_register r;
    CHECK(register_recognise(big, words(big), &b, &map) == OK);
    CHECK(register_parse(big, &b, &map, 1, today, &r) == OK);
    size_t missed = 0, in = 0, wrongly = 0;
    for (size_t i = 0; i < n; i++) {
        if (named(&r, placed[i].d, placed[i].first, placed[i].last)) continue;
        missed++;
        fprintf(stderr, "not named: %.*s in row %lld\n", STR(placed[i].d->kind), (long long)placed[i].first);
    }
    for (size_t i = 0; i < r.rows.n; i++) {
        const struct register_row *x = &r.rows.p[i];
        if (!good[x->no]) continue;
        bool right = !x->bad && x->has_area && x->has_date && x->owners.n == 1 &&
                     x->owners.p[0].id_kind == RID_RESIDENT && x->phones.n == 1 && x->use == USE_HOME;
        if (right) in++;
        else wrongly++;
    }
    CHECK_I64((i64)missed, 0);
    CHECK_I64((i64)wrongly, 0);
    CHECK_I64((i64)in, (i64)clean);
    CHECK(n > 500);
    arena_free(big);
}

TEST(register_of_5000_homes_loses_none) { check_5000(false); }

TEST(workbook_of_5000_homes_loses_none) { check_5000(true); }

/* ---- headings ---- */

static enum register_field field_at(const struct register_map *m, size_t c) { return m->col[c].field; }

TEST(heading_below_titles) {
    struct sheet_book b = typed_book(a, S("阳光小区房屋台账|<left>阳光小区房屋台账|<left>阳光小区房屋台账\n"
                                          "填报单位：某某物业|||2026年11月\n"
                                          "序号|楼 栋 号|房间号|产权面积（㎡）|产权人|身份证号|手机号码|备 注\n"
                                          "1|3号楼|501|89.05|张三|||"));
    struct register_map m;
    CHECK(register_recognise(a, words(a), &b, &m) == OK);
    CHECK_I64(m.head_first, 3);
    CHECK_I64(m.head_last, 3);
    CHECK(field_at(&m, 0) == RF_NONE && field_at(&m, 1) == RF_BUILDING && field_at(&m, 2) == RF_ROOM);
    CHECK(field_at(&m, 3) == RF_AREA && field_at(&m, 4) == RF_OWNER && field_at(&m, 5) == RF_ID);
    CHECK(field_at(&m, 6) == RF_PHONE && field_at(&m, 7) == RF_NOTE);
}

TEST(heading_of_two_rows) {
    struct sheet_book b = typed_book(a, S("楼号|单元|房号|业主信息|<left>业主信息|<left>业主信息|租户信息|<left>租户信息|面积\n"
                                          "<up>楼号|<up>单元|<up>房号|姓名|证件号码|电话|姓名|电话|<up>面积\n"
                                          "3|2|501|张三|||李四|13800138000|89.05"));
    struct register_map m;
    CHECK(register_recognise(a, words(a), &b, &m) == OK);
    CHECK_I64(m.head_first, 1);
    CHECK_I64(m.head_last, 2);
    CHECK(field_at(&m, 2) == RF_ROOM && field_at(&m, 3) == RF_OWNER && field_at(&m, 4) == RF_ID);
    CHECK(field_at(&m, 5) == RF_PHONE && field_at(&m, 6) == RF_NONE && field_at(&m, 7) == RF_NONE);
    CHECK(field_at(&m, 8) == RF_AREA);
    CHECK_STR(m.col[3].title, S("业主信息 姓名"));
}

TEST(heading_of_two_rows_without_merging) {
    struct sheet_book b = typed_book(a, S("楼号|单元|房号|业主||面积\n|||姓名|电话|\n3|2|501|张三|13800138000|89.05"));
    struct register_map m;
    CHECK(register_recognise(a, words(a), &b, &m) == OK);
    CHECK_I64(m.head_last, 2);
    CHECK(field_at(&m, 3) == RF_OWNER && field_at(&m, 4) == RF_PHONE && field_at(&m, 5) == RF_AREA);
}

TEST(heading_with_hidden_names) {
    struct sheet_book b = typed_book(a, S("楼号|房号|建筑面积|谁家\nbuilding|room|area|owner\n3|501|89.05|张三"));
    struct register_map m;
    struct home_register r;
    CHECK(register_recognise(a, words(a), &b, &m) == OK);
    CHECK_I64(m.head_last, 2);
    CHECK(field_at(&m, 3) == RF_OWNER);
    CHECK(register_parse(a, &b, &m, 1, today, &r) == OK);
    CHECK_I64((i64)r.good, 1);
}

TEST(heading_by_hand) {
    struct sheet_book b = typed_book(a, S("甲|乙|丙|丁\n3号楼|501|89.05|张三"));
    struct register_map m;
    struct home_register r;
    CHECK(register_recognise(a, words(a), &b, &m) == E_INPUT);
    CHECK(m.why.n > 0 && m.cols == 4);
    CHECK(register_recognise_at(a, words(a), &b, 0, 1, 1, &m) == E_INPUT);
    CHECK(register_map_set(&m, 0, RF_BUILDING) && register_map_set(&m, 1, RF_ROOM));
    CHECK(register_map_set(&m, 2, RF_AREA) && register_map_set(&m, 3, RF_OWNER));
    CHECK(!register_map_set(&m, 4, RF_NOTE));
    CHECK(register_map_check(&m) == OK);
    CHECK(register_parse(a, &b, &m, 1, today, &r) == OK);
    CHECK_I64((i64)r.good, 1);
    CHECK(register_map_set(&m, 0, RF_AREA) && field_at(&m, 2) == RF_NONE);
}

TEST(heading_chosen_again_is_the_same) {
    static const str all[] = { S_INIT("楼号|房号|建筑面积|业主\nbuilding|room|area|owner\n3|501|89.05|张三"),
                               S_INIT("楼号|房号|业主|\n||姓名|电话\nbuilding|room|owner|phone\n3|501|张三|13800138000"),
                               S_INIT("台账\n楼号|房号|业主姓名\n3|501|张三") };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct sheet_book b = typed_book(a, all[i]);
        struct register_map m, again;
        struct home_register r;
        CHECK(register_recognise(a, words(a), &b, &m) == OK);
        CHECK(register_recognise_at(a, words(a), &b, 0, m.head_first, m.head_last, &again) == OK);
        CHECK_I64(again.head_first, m.head_first);
        CHECK_I64(again.head_last, m.head_last);
        CHECK_I64((i64)again.cols, (i64)m.cols);
        for (size_t c = 0; c < m.cols; c++) {
            CHECK(field_at(&again, c) == field_at(&m, c));
            CHECK_STR(again.col[c].title, m.col[c].title);
        }
        CHECK(register_parse(a, &b, &again, 1, today, &r) == OK);
        CHECK_I64((i64)r.good, 1);
    }
}

TEST(template_is_known_again) {
    struct sheet_table t = register_template(a);
    struct sheet_book b;
    struct register_map m;
    int fd = memfd_create("template", MFD_CLOEXEC);
    CHECK(sheet_write(&t, 1, fd) == OK);
    CHECK(sheet_read(a, fd, &b) == OK);
    CHECK(register_recognise(a, words(a), &b, &m) == OK);
    CHECK_I64(m.head_last, 2);
    for (size_t c = 0; c < t.cols; c++) {
        CHECK_STR(t.col[c].name, str_of(register_field_name(field_at(&m, c))));
        CHECK_STR(t.col[c].label, m.col[c].title);
    }
    close(fd);
}

TEST(one_sheet_per_building) {
    struct sheet_book one = typed_book(a, S("房号|面积|业主姓名\n501|89.05|张三")),
                      two = typed_book(a, S("房号|面积|业主姓名\n501|90|李四"));
    struct sheet s[3] = { one.sheet[0], two.sheet[0], one.sheet[0] };
    s[0].name = S("3号楼"), s[1].name = S("5号楼"), s[2].name = S("旧"), s[2].hidden = true;
    struct sheet_book b = { .sheet = s, .n = 3 };
    struct register_maps maps = { 0 };
    struct home_register r;
    register_recognise_all(a, words(a), &b, &maps);
    CHECK_I64((i64)maps.n, 2);
    CHECK(register_parse(a, &b, maps.p, maps.n, today, &r) == OK);
    CHECK_I64((i64)r.good, 2);
    CHECK_STR(r.rows.p[0].key, S("3--501"));
    CHECK_STR(r.rows.p[1].key, S("5--501"));
}

/* ---- rows ---- */

TEST(continuation_rows_add_owners) {
    struct home_register r = read_typed(a, S("楼号|单元|房号|建筑面积|业主姓名|证件号码|联系电话\n"
                                             "3号楼|2单元|501|89.05|张三||13800138000\n"
                                             "||||李四||13900139000\n"
                                             "3号楼|2单元|502|90|王五||\n"
                                             "<up>3号楼|<up>2单元|<up>502|<up>90|赵六||\n"
                                             "3号楼|2单元|503|90|钱七||"));
    CHECK_I64((i64)r.rows.n, 3);
    CHECK_I64((i64)r.good, 3);
    CHECK_I64((i64)r.rows.p[0].owners.n, 2);
    CHECK_STR(r.rows.p[0].owners.p[1].name, S("李四"));
    CHECK_STR(r.rows.p[0].owners.p[1].phone, S("13900139000"));
    CHECK_I64((i64)r.rows.p[1].owners.n, 2);
    CHECK_I64(r.rows.p[1].last, 5);
    CHECK_I64((i64)r.rows.p[2].owners.n, 1);
}

TEST(groups_carry_the_building) {
    struct home_register r = read_typed(a, S("楼号|单元|房号|建筑面积|业主姓名\n"
                                             "3号楼|1|101|50|甲某\n||102|50|乙某\n|2|201|50|丙某\n||202|50|丁某\n"
                                             "4号楼||101|50|戊某\n||102|50|己某\n"));
    CHECK_I64((i64)r.good, 6);
    CHECK_STR(r.rows.p[1].key, S("3-1-102"));
    CHECK_STR(r.rows.p[3].key, S("3-2-202"));
    CHECK_STR(r.rows.p[5].key, S("4--102"));
}

TEST(sections_carry_the_building) {
    struct home_register r = read_typed(a, S("房号|建筑面积|业主姓名\n3号楼1单元||\n101|50|甲某\n102|50|乙某\n4号楼||\n101|50|丙某"));
    CHECK_I64((i64)r.good, 3);
    CHECK_STR(r.rows.p[0].key, S("3-1-101"));
    CHECK_STR(r.rows.p[2].key, S("4--101"));
    CHECK_I64((i64)r.skips.n, 2);
}

TEST(addresses_in_one_column) {
    static const struct { str typed, key; } all[] = {
        { S_INIT("3号楼2单元501"), S_INIT("3-2-501") }, { S_INIT("3-2-501"), S_INIT("3-2-501") },
        { S_INIT("３－２－５０１"), S_INIT("3-2-501") }, { S_INIT("3#2-501"), S_INIT("3-2-501") },
        { S_INIT("3栋2单元5层501室"), S_INIT("3-2-501") }, { S_INIT("3号楼501号"), S_INIT("3--501") },
        { S_INIT("A座1203"), S_INIT("A--1203") }, { S_INIT("三号楼二单元0501"), S_INIT("3-2-501") },
        { S_INIT("甲3号楼 2单元 501"), S_INIT("甲3-2-501") }, { S_INIT("3-2-5-501"), S_INIT("3-2-501") },
        { S_INIT("朝阳区望京西园四区412楼2单元1203室"), S_INIT("412-2-1203") },
        { S_INIT("某某路1号院3号楼2单元501"), S_INIT("3-2-501") }, { S_INIT("3号楼-2单元-501"), S_INIT("3-2-501") },
        { S_INIT("3—501"), S_INIT("3--501") }, { S_INIT("12号楼3单元-102"), S_INIT("12-3-102") },
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct home_register r = read_typed(a, str_fmt(a, "房屋地址|建筑面积|业主姓名\n%.*s|89.05|张三", STR(all[i].typed)));
        CHECK_I64((i64)r.good, 1);
        if (r.good == 1) CHECK_STR(r.rows.p[0].key, all[i].key);
    }
    struct home_register r = read_typed(a, S("房屋地址|建筑面积|业主姓名\n1号院3号楼501|89.05|张三\n2号院3号楼501|89.05|李四"));
    CHECK_I64((i64)r.good, 2);
    CHECK_STR(r.rows.p[0].building.shown, S("1号院3号楼"));
}

TEST(rooms_in_all_forms) {
    static const struct { str typed, key; } all[] = {
        { S_INIT("3|2|501"), S_INIT("3-2-501") },       { S_INIT("3#|2|501室"), S_INIT("3-2-501") },
        { S_INIT("３号楼|２单元|５０１号"), S_INIT("3-2-501") }, { S_INIT("03|02|0501"), S_INIT("3-2-501") },
        { S_INIT("3||2-501"), S_INIT("3-2-501") },      { S_INIT("3|2|2-501"), S_INIT("3-2-501") },
        { S_INIT("3|2|3-2-501"), S_INIT("3-2-501") },   { S_INIT("B座||b1203"), S_INIT("B--B1203") },
        { S_INIT("3幢|一单元|501"), S_INIT("3-1-501") }, { S_INIT("3|2|501.0"), S_INIT("3-2-501") },
        { S_INIT("3|2|地下101"), S_INIT("3-2-地下101") }, { S_INIT("十二号楼|无|501"), S_INIT("12--501") },
        { S_INIT("3||2单元501"), S_INIT("3-2-501") },
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct home_register r = read_typed(a, str_fmt(a, "楼号|单元|房号|建筑面积|业主姓名\n%.*s|89.05|张三", STR(all[i].typed)));
        CHECK_I64((i64)r.good, 1);
        if (r.good == 1) CHECK_STR(r.rows.p[0].key, all[i].key);
        if (r.good != 1) show(&r, &(struct dirt){ .kind = all[i].typed });
    }
    struct home_register r = read_typed(a, S("楼号|单元|房号|建筑面积|业主姓名\n3|2|0501|89.05|张三"));
    CHECK_STR(r.rows.p[0].room.shown, S("0501"));
}

TEST(names_stay_byte_for_byte) {
    static const str names[] = { S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽•买买提"), S_INIT("阿依古丽・买买提"),
                                 S_INIT("⼈民"), S_INIT("隆某"), S_INIT("𠮷田"), S_INIT("㐀某"), S_INIT("John Smith"),
                                 S_INIT("张　三"), S_INIT("𰀀某"), S_INIT("北京某某（集团）有限公司") };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct home_register r = read_typed(a, str_fmt(a, "楼号|房号|业主姓名\n3|501|  %.*s　", STR(names[i])));
        CHECK_I64((i64)r.good, 1);
        if (r.good == 1) CHECK_STR(r.rows.p[0].owners.p[0].name, names[i]);
    }
}

TEST(owners_with_numbers_and_shares) {
    str x = resident(a, 1), y = resident(a, 2);
    struct home_register r = read_typed(a, str_fmt(a, "楼号|房号|业主姓名|证件号码|联系电话\n"
                                                      "3|501|张三（60％），李四(40%%)|%.*s；%.*s|13800138000/010-62345678\n"
                                                      "3|502|张三1/2、李四1/2|%.*s\v%.*s|\n"
                                                      "3|503|北京某某(集团)有限公司|91110000100000249W|01062345678转801",
                                                   STR(x), STR(y), STR(x), STR(y)));
    CHECK_I64((i64)r.rows.n, 3);
    const struct register_row *h = r.rows.p;
    CHECK_I64(h[0].owners.p[0].share * 100 / h[0].owners.p[0].share_of, 60);
    CHECK_STR(h[0].owners.p[1].name, S("李四"));
    CHECK_STR(h[0].owners.p[1].id, y);
    CHECK_STR(h[0].phones.p[1], S("010-62345678"));
    CHECK_STR(h[0].owners.p[0].phone, S("13800138000"));
    CHECK_I64(h[1].owners.p[1].share_of, 2);
    CHECK(h[2].owners.p[0].org);
    CHECK_STR(h[2].phones.p[0], S("010-62345678-801"));
}

TEST(report_is_in_the_order_of_the_file) {
    struct home_register r = read_typed(a, S("楼号|房号|建筑面积|业主姓名\n3||89.05|张三\n合计|||\n3|502|0|张?\n3|503|50|李四"));
    struct sheet s = { .name = S("台账") };
    struct sheet_table t = register_report(a, &(struct sheet_book){ .sheet = &s, .n = 1 }, &r);
    CHECK_I64((i64)t.rows, 4);
    CHECK_STR(t.cell[0], S("台账"));
    CHECK_STR(t.cell[1], S("2"));
    CHECK_STR(t.cell[2], S("B"));
    CHECK_STR(t.cell[6 + 4], S("已跳过"));
    CHECK_STR(t.cell[12 + 3], S("建筑面积"));
    CHECK_STR(t.cell[18 + 4], S("没有收下"));
    CHECK_I64((i64)r.good, 1);
    CHECK_I64((i64)r.bad, 2);
}

TEST(register_survives_any_text) {
    static const str bits[] = { S_INIT("3号楼"), S_INIT("2单元"), S_INIT("-"), S_INIT("501"), S_INIT("("), S_INIT("）"),
                                S_INIT("/"), S_INIT("%"), S_INIT("张三"), S_INIT("、"), S_INIT("1E+"), S_INIT("年"),
                                S_INIT(" "), S_INIT("11010519491231002X"), S_INIT("月日"), S_INIT("#"), S_INIT("十"),
                                S_INIT("."), S_INIT("<up>"), S_INIT("合计"), S_INIT("\t"), S_INIT("转"), S_INIT("*") };
    struct register_words *w = words(a);
    for (int round = 0; round < 300; round++) {
        struct arena *t = arena_new((size_t)64 << 20);
        struct making m = { .a = t };
        add_row(&m, heading);
        for (int k = 0; k < 10; k++) {
            buf b = buf_in(t, 4096);
            for (int i = 0; i < 40; i++) {
                buf_s(&b, bits[test_random() % COUNT(bits)]);
                if (test_random() % 3 == 0) buf_c(&b, '|');
            }
            add_row(&m, buf_str(&b));
        }
        struct sheet_book b = book_of(&m);
        struct register_map map;
        struct home_register r;
        CHECK(register_recognise(t, w, &b, &map) == OK);
        CHECK(register_parse(t, &b, &map, 1, today, &r) == OK);
        /* No row gets lost: each is a home, part of one, or skipped with its reason. */
        for (i64 no = 2; no <= 11; no++) {
            bool seen = false;
            for (size_t i = 0; i < r.rows.n; i++) seen = seen || (r.rows.p[i].no <= no && no <= r.rows.p[i].last);
            for (size_t i = 0; i < r.skips.n; i++) seen = seen || r.skips.p[i].row == no;
            CHECK(seen);
        }
        arena_free(t);
    }
}
