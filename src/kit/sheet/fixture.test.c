#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/test.h"
#include "kit/sheet/register.h"

/* Files that LibreOffice and others really saved, read by the real helper, compared with what they are known to hold.
 * An expectation that is missing is written, and the test fails; look at it before it is committed. */

static const day today = { 20781 };   /* 2026-11-24 */

static str top(struct arena *a) {
    static const char *const tops[] = { "", "../", "../../", "../../../" };
    for (size_t i = 0; i < COUNT(tops); i++) {
        str s = str_fmt(a, "%sdata/register-columns.tsv", tops[i]);
        if (access(s.p, R_OK) == 0) return str_of(tops[i]);
    }
    return S("");
}

static str whole(struct arena *a, const char *path) {
    buf b = buf_in(a, (size_t)64 << 20);
    char chunk[4096];
    FILE *f = fopen(path, "rb");
    for (size_t n; f != NULL && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_put(&b, chunk, n);
    if (f != NULL) fclose(f);
    return buf_str(&b);
}

static struct register_words *words(struct arena *a) {
    struct register_words *w = NULL;
    CHECK(register_words_load(a, whole(a, str_fmt(a, "%.*sdata/register-columns.tsv", STR(top(a))).p), &w) == OK);
    return w;
}

static void put_row(buf *b, const struct register_row *r) {
    buf_fmt(b, "%lld-%lld %s %.*s area=", (long long)r->no, (long long)r->last, r->bad ? "bad " : "good", STR(r->key));
    if (r->has_area) sqm_put(b, r->area);
    buf_fmt(b, " use=%d date=", (int)r->use);
    if (r->has_date) day_put(b, r->date);
    buf_fmt(b, " cert=%.*s note=%.*s\n", STR(r->cert), STR(r->note));
    for (size_t i = 0; i < r->owners.n; i++) {
        const struct register_owner *o = &r->owners.p[i];
        buf_fmt(b, "    owner %.*s id=%d:%.*s phone=%.*s share=%lld/%lld%s\n", STR(o->name), (int)o->id_kind,
                STR(o->id), STR(o->phone), (long long)o->share, (long long)o->share_of, o->org ? " org" : "");
    }
    for (size_t i = 0; i < r->faults.n; i++) {
        const struct register_fault *f = &r->faults.p[i];
        buf_fmt(b, "    %s row %lld %s %s %.*s\n", f->warn ? "doubt" : "wrong", (long long)f->row,
                register_field_name(f->field), f->code, STR(f->text));
    }
}

static str told(struct arena *a, const struct register_words *w, const char *path) {
    buf b = buf_in(a, (size_t)4 << 20);
    struct sheet_book book;
    struct register_maps maps = { 0 };
    struct home_register r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    err e = sheet_read(a, fd, &book);
    close(fd);
    if (e != OK) {
        buf_fmt(&b, "%s %.*s\n", err_name(e), STR(book.why));
        return buf_str(&b);
    }
    register_recognise_all(a, w, &book, &maps);
    buf_fmt(&b, "%.*s, %zu sheets, %zu read\n", STR(book.encoding), book.n, maps.n);
    for (size_t i = 0; i < maps.n; i++) {
        const struct register_map *m = &maps.p[i];
        buf_fmt(&b, "sheet %.*s heading %lld-%lld:", STR(book.sheet[m->sheet].name), (long long)m->head_first,
                (long long)m->head_last);
        for (size_t c = 0; c < m->cols; c++)
            buf_fmt(&b, " %.*s=%s", STR(m->col[c].title), register_field_name(m->col[c].field));
        buf_c(&b, '\n');
    }
    CHECK(register_parse(a, &book, maps.p, maps.n, today, &r) == OK);
    buf_fmt(&b, "%zu good (%zu with doubts), %zu bad, %zu skipped\n", r.good, r.warned, r.bad, r.skips.n);
    for (size_t i = 0; i < r.rows.n; i++) put_row(&b, &r.rows.p[i]);
    for (size_t i = 0; i < r.skips.n; i++)
        buf_fmt(&b, "skip row %lld %s %.*s\n", (long long)r.skips.p[i].row, r.skips.p[i].code, STR(r.skips.p[i].text));
    return buf_str(&b);
}

static int by_name(const void *x, const void *y) { return str_cmp(*(const str *)x, *(const str *)y); }

TEST(registers_saved_by_table_programs) {
    str dir = str_fmt(a, "%.*stest/fixtures/register/", STR(top(a)));
    VEC(str) names = { 0 };
    size_t workbooks = 0, gb18030 = 0;
    DIR *d = opendir(dir.p);
    CHECK(d != NULL);
    if (d == NULL) return;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.' && !str_ends(str_of(e->d_name), S(".expect")))
            *VEC_ADD(a, &names) = str_dup(a, str_of(e->d_name));
    closedir(d);
    qsort(names.p, names.n, sizeof *names.p, by_name);
    const struct register_words *w = words(a);
    for (size_t i = 0; i < names.n; i++) {
        struct arena *t = arena_new((size_t)64 << 20);
        str got = told(t, w, str_cat(t, dir, names.p[i]).p);
        str expect = str_fmt(t, "%.*s%.*s.expect", STR(dir), STR(names.p[i]));
        workbooks += str_starts(got, S("xlsx,"));
        gb18030 += str_starts(got, S("GB18030,"));
        if (access(expect.p, R_OK) == 0) {
            CHECK_STR(got, whole(t, expect.p));
        } else {
            FILE *f = fopen(expect.p, "wb");
            CHECK(f == NULL);
            if (f != NULL) fwrite(got.p, 1, got.n, f), fclose(f);
        }
        arena_free(t);
    }
    CHECK(workbooks >= 5);
    CHECK(gb18030 >= 2);
}
