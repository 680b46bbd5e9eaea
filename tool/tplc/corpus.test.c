/* Every must-fail template named on the command line must be refused, with the words its first line
 * announces. usage: tplc-corpus FILE... */
#include "tplc.h"

static str read_file(struct arena *a, const char *path) {
    buf b = buf_in(a, 1 << 20);
    char piece[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0) buf_put(&b, piece, n);
    if (f) fclose(f);
    return buf_str(&b);
}

/* The text between "{# expect: " and " #}" of the first line; empty if there is none. */
static str expected(str source) {
    str line;
    if (!str_cut(&source, '\n', &line) || !str_starts(line, S("{# expect: ")) || !str_ends(line, S(" #}")))
        return (str){ 0 };
    return str_sub(line, 11, line.n - 11 - 3);
}

static bool refused(struct arena *a, const char *path) {
    str source = read_file(a, path), want = expected(source);
    struct tplc_options o = { .file = str_of(path), .name = S("x"), .icons = S("wrench\ncheck\n") };
    const struct tplc_error *e;
    size_t n = tplc_errors(tplc_parse(a, source, &o), &e);
    if (want.n == 0) {
        printf("%s: the first line must be {# expect: some words #}\n", path);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        str got = str_fmt(a, "%d:%d: %.*s", e[i].line, e[i].col, STR(e[i].text));
        if (i == 0 && str_has(got, want)) return true;
        printf("%s:%.*s\n", path, STR(got));
    }
    printf("%s: %zu errors; one with \"%.*s\" is expected\n", path, n, STR(want));
    return false;
}

/* A half of each template must be refused or accepted like any other input, never read past its end. */
static void cut_short(struct arena *a, const char *path) {
    str source = read_file(a, path);
    struct tplc_options o = { .file = str_of(path), .name = S("x") };
    for (size_t n = 0; n <= source.n && n < 2000; n++) {
        buf out = buf_in(a, 1 << 20);
        const struct tplc_error *e;
        char *exact = malloc(n ? n : 1);
        if (!exact) return;
        if (n) memcpy(exact, source.p, n);
        struct tpl *t = tplc_parse(a, (str){ exact, n }, &o);
        if (tplc_errors(t, &e) == 0) tplc_emit(t, &out);
        free(exact);
    }
}

static bool run(struct arena *a, const char *path) {
    arena_reset(a);
    if (ARENA_CATCH(a)) {
        printf("%s: memory is exhausted\n", path);
        return false;
    }
    bool ok = refused(a, path);
    cut_short(a, path);
    arena_uncatch(a);
    return ok;
}

int main(int argc, char **argv) {
    int passed = 0;
    struct arena *a = arena_new((size_t)256 << 20);
    if (!a) return 1;
    for (int i = 1; i < argc; i++) passed += run(a, argv[i]);
    printf("must-fail templates: %d passed, %d failed\n", passed, argc - 1 - passed);
    arena_free(a);
    return passed == argc - 1 && passed > 0 ? 0 : 1;
}
