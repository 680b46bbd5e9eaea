/* main.c - proves the rules of the house over a source tree.
 * usage: rulecheck ROOT                     all files below ROOT; exit 1 if a rule is broken
 *        rulecheck --as PATH FILE           one file, as if it stood at PATH
 *        rulecheck --must-fail DIR          the corpus: each file must break exactly the rule it names */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "check.h"

#define MEMORY ((size_t)1 << 30)

void report(struct checker *c, str path, int line, const char *rule, const char *fmt, ...) {
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    *VEC_ADD(c->a, &c->findings) = (struct finding){ path, line, rule, NULL, str_dup(c->a, str_of(text)) };
}

bool read_whole(struct arena *a, const char *path, str *ret) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) return false;
    buf b = buf_in(a, 64 << 20);
    char part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_put(&b, part, n);
    bool ok = !ferror(f) && !b.over;
    fclose(f);
    *ret = buf_str(&b);
    return ok;
}

static bool skipped(str name) {
    return str_starts(name, S(".")) || str_starts(name, S("build")) || str_is(name, "node_modules") ||
           str_is(name, "must-fail") || str_is(name, "vendor") || str_is(name, "var");
}

bool walk(struct arena *a, const char *dir, str sub, void (*each)(void *arg, str path, str text), void *arg) {
    DIR *d = opendir(str_fmt(a, "%s/%.*s", dir, STR(sub)).p);
    if (d == NULL) return false;
    bool ok = true;
    for (struct dirent *e; ok && (e = readdir(d)) != NULL;) {
        if (skipped(str_of(e->d_name))) continue;
        str path = str_fmt(a, "%.*s%s%s", STR(sub), sub.n > 0 ? "/" : "", e->d_name), text;
        const char *full = str_fmt(a, "%s/%.*s", dir, STR(path)).p;
        struct stat st;
        if (lstat(full, &st) != 0) continue;         /* went away meanwhile */
        if (S_ISDIR(st.st_mode)) {
            ok = walk(a, dir, path, each, arg);
        } else if (S_ISREG(st.st_mode) && checkable(path)) {
            if (read_whole(a, full, &text)) each(arg, path, text);
        }
    }
    closedir(d);
    return ok;
}

bool checkable(str path) {
    static const char *const ends[] = { ".c", ".h", ".def", ".sql", ".htm", ".js", ".mjs", ".css" };
    for (size_t i = 0; i < COUNT(ends); i++) {
        if (str_ends(path, str_of(ends[i]))) return true;
    }
    return false;
}

void check_all(struct checker *c, struct source *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        str path = s[i].path;
        bool is_c = str_ends(path, S(".c")) || str_ends(path, S(".h")) || str_ends(path, S(".def"));
        if (is_c) lex_c(c->a, s[i].text, &s[i].t);
        rooms_read(c, &s[i]);
    }
    rooms_check(c);
    for (size_t i = 0; i < n; i++) {
        check_layout(c, &s[i]);
        check_functions(c, &s[i]);
        check_calls(c, &s[i]);
        check_includes(c, &s[i]);
        check_sql_macros(c, &s[i]);
        if (str_ends(s[i].path, S(".sql")) && str_starts(s[i].path, S("src/"))) check_sql_file(c, &s[i]);
        if (str_ends(s[i].path, S(".htm"))) check_htm(c, &s[i]);
    }
}

static int by_place(const void *x, const void *y) {
    const struct finding *a = x, *b = y;
    int order = str_cmp(a->path, b->path);
    if (order == 0) order = (a->line > b->line) - (a->line < b->line);
    return order != 0 ? order : strcmp(a->rule, b->rule);
}

static int tell(const struct checker *c, size_t files) {
    if (c->findings.n > 0) qsort(c->findings.p, c->findings.n, sizeof *c->findings.p, by_place);
    for (size_t i = 0; i < c->findings.n; i++) {
        const struct finding *f = &c->findings.p[i];
        printf("%.*s:%d: %s: %.*s\n", STR(f->path), f->line, f->rule, STR(f->text));
    }
    printf("rulecheck: %zu files, %zu findings\n", files, c->findings.n);
    return c->findings.n > 0 ? 1 : 0;
}

struct tree { struct arena *a; VEC(struct source) files; };

static void add(void *arg, str path, str text) {
    struct tree *t = arg;
    *VEC_ADD(t->a, &t->files) = (struct source){ .path = path, .text = text };
}

static int check_tree(struct arena *a, const char *root) {
    static const char *const parts[] = { "src", "tool", "test", "web", "script" };
    struct checker c = { .a = a };
    struct tree t = { .a = a };
    bool any = false;
    for (size_t i = 0; i < COUNT(parts); i++) any |= walk(a, root, str_of(parts[i]), add, &t);
    if (!any || t.files.n == 0) {
        fprintf(stderr, "rulecheck: nothing to check below %s\n", root);
        return 2;
    }
    check_all(&c, t.files.p, t.files.n);
    return tell(&c, t.files.n);
}

static int check_one(struct arena *a, const char *path, const char *file) {
    struct checker c = { .a = a };
    struct source s = { .path = str_of(path) };
    if (!read_whole(a, file, &s.text)) {
        fprintf(stderr, "rulecheck: cannot read %s\n", file);
        return 2;
    }
    check_all(&c, &s, 1);
    return tell(&c, 1);
}

int main(int argc, char **argv) {
    struct arena *a = arena_new(MEMORY);
    if (a == NULL || ARENA_CATCH(a)) {
        fputs("rulecheck: no memory\n", stderr);
        return 2;
    }
    int ret = 2;
    if (argc == 4 && str_is(str_of(argv[1]), "--as")) ret = check_one(a, argv[2], argv[3]);
    else if (argc == 3 && str_is(str_of(argv[1]), "--must-fail")) ret = corpus_run(a, argv[2]) > 0 ? 1 : 0;
    else if (argc == 2 && argv[1][0] != '-') ret = check_tree(a, argv[1]);
    else fputs("usage: rulecheck ROOT | --as PATH FILE | --must-fail DIR\n", stderr);
    arena_free(a);
    return ret;
}
