/* Runs every golden template and compares the bytes. usage: tplc-golden [-w] FOLDER (-w writes what it got)
 */
#include "base/test.h"
#include "golden.h"
#include "tpl_golden.h"

/* What people have put into fields of web pages. */
static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "</textarea></title><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)' autofocus='",
    "javascript:alert(1)",
    " java\tscript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/\\x",
    "&lt;script&gt; &#106;",
    "{{ v->x }} {% raw %}",
    "a&b=c#d?e/../%2e%2e/%zz",
    "`--><!--",
    "小区 1号楼",
    "",
};

void chart_put(struct buf *out, const struct golden *v, int height) {
    buf_lit(out, "<svg aria-hidden=\"true\" height=\"");
    html_int(out, HTML_ATTR, height);
    buf_lit(out, "\"><desc>");
    html_str(out, HTML_TEXT, v->evil);
    buf_lit(out, "</desc></svg>");
}

static void fill(struct arena *a, struct golden *v) {
    static const struct row rows[] = {
        { 1, S_INIT("1-101 <甲>"), { 123456 }, true, false },
        { 2, S_INIT("1-102 \"乙\""), { 100 }, false, true },
        { 3, S_INIT("1-103 '丙' & 丁"), { 5 }, false, false },
    };
    *v = (struct golden){
        .frame = { S("<标题> & \"'"), "dark\"", true },
        .evil = S("<i>&\"'</i>"),
        .address = S("/a/小区.mp4?x=1&y='2'"),
        .script = S("JavaScript:alert(1)"),
        .path = S("/estate/7"),
        .query = S("a b&c=\"d\"/小"),
        .csrf = S("t\"oken"),
        .lines = S("\n一\n<二>\n"),
        .number = 42,
        .small = 7,
        .size = 8,
        .money = { 123456789 },
        .area = { 8905 },
        .day = day_from(2026, 11, 24),
        .at = { day_start(day_from(2026, 11, 24)).us + 21 * HOUR_US + 36 * MINUTE_US },
        .chart = { S("<svg aria-hidden=\"true\"></svg>") },
        .yes = true,
    };
    for (size_t i = 0; i < COUNT(hostile); i++) *VEC_ADD(a, &v->hostile) = str_of(hostile[i]);
    for (size_t i = 0; i < COUNT(rows); i++) *VEC_ADD(a, &v->rows) = rows[i];
}

#define ALL(X)                                                                                               \
    X(text) X(attr) X(url) X(table) X(form) X(blanks) X(branch) X(markup) X(framed) X(svg) X(drawing)

static const struct {
    const char *name;
    void (*run)(struct buf *out, const struct golden *v);
} templates[] = {
#define X(name) { #name, tpl_golden_##name },
    ALL(X)
#undef X
};

static bool same(struct arena *a, const char *path, const buf *got) {
    FILE *f = fopen(path, "rb");
    buf want = buf_in(a, 1 << 20);
    char piece[4096];
    size_t n;
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0) buf_put(&want, piece, n);
    if (!f) return false;
    fclose(f);
    return str_eq(buf_str(&want), buf_str(got));
}

static bool write_out(const char *path, const buf *got) {
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(got->p, 1, got->n, f) == got->n;
    if (f && fclose(f) != 0) ok = false;
    return ok;
}

/* Returns the number of templates that differ from their file in `folder`. */
static int compare(struct arena *a, const char *folder, bool overwrite) {
    if (ARENA_CATCH(a)) return (int)COUNT(templates);
    int failed = 0;
    struct golden v;
    fill(a, &v);
    for (size_t i = 0; i < COUNT(templates); i++) {
        buf out = buf_in(a, 1 << 20);
        str path = str_fmt(a, "%s/%s.out", folder, templates[i].name);
        templates[i].run(&out, &v);
        if (overwrite ? write_out(path.p, &out) : same(a, path.p, &out)) continue;
        printf("%s differs; got:\n%.*s\n", path.p, STR(buf_str(&out)));
        failed++;
    }
    arena_uncatch(a);
    return failed;
}

int main(int argc, char **argv) {
    bool overwrite = argc == 3 && strcmp(argv[1], "-w") == 0;
    if (argc != 2 && !overwrite) return 2;
    struct arena *a = arena_new(16 << 20);
    if (!a) return 1;
    int failed = compare(a, argv[argc - 1], overwrite);
    printf("golden templates: %zu passed, %d failed\n", COUNT(templates) - (size_t)failed, failed);
    arena_free(a);
    return failed != 0;
}
