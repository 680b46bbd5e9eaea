/* corpus.c - the proof that the rules bite. The first line of a file in must-fail/ says
 *     breaks: RULE as PATH          (RULE "nothing" for what must be let through)
 * and a later line "beside: PATH" begins another file of the same set. */
#include <stdio.h>
#include "check.h"
#include "rules.h"

struct corpus {
    struct arena *a;
    size_t files, bad;
    VEC(str) proved;
};

/* The word behind `key` in the line; empty if the key is not there. */
static str after(str line, const char *key) {
    for (size_t i = 0; i < line.n; i++) {
        str rest = str_from(line, i), word;
        if (!str_starts(rest, str_of(key))) continue;
        rest = str_trim(str_from(rest, strlen(key)));
        return str_cut(&rest, ' ', &word) ? word : S("");
    }
    return S("");
}

static str first_line(str text) {
    str line = S("");
    (void)str_cut(&text, '\n', &line);
    return line;
}

typedef VEC(struct source) sources;

/* Splits the text at its "beside:" lines. */
static void split(struct arena *a, str path, str text, sources *ret) {
    size_t from = 0;
    for (size_t at = 0; at <= text.n; at++) {
        bool end = at == text.n;
        if (!end && at > 0 && text.p[at - 1] != '\n') continue;
        str beside = end ? S("") : after(first_line(str_from(text, at)), "beside: ");
        if (!end && beside.n == 0) continue;
        *VEC_ADD(a, ret) = (struct source){ .path = path, .text = str_sub(text, from, at - from) };
        from = at;
        path = beside;
    }
}

static void try_file(void *arg, str name, str text) {
    struct corpus *k = arg;
    str head = first_line(text), rule = after(head, "breaks: "), path = after(head, " as ");
    bool harmless = str_is(rule, "nothing"), met = false;
    struct checker c = { .a = k->a };
    sources s = { 0 };
    k->files++;
    if (rule.n == 0 || path.n == 0) {
        printf("%.*s: the first line must say: breaks: RULE as PATH\n", STR(name));
        k->bad++;
        return;
    }
    split(k->a, path, text, &s);
    check_all(&c, s.p, s.n);
    bool ok = true;
    for (size_t i = 0; i < c.findings.n; i++) {
        const struct finding *f = &c.findings.p[i];
        met |= str_is(rule, f->rule);
        *VEC_ADD(k->a, &k->proved) = str_of(f->pattern == NULL ? f->rule : f->pattern);
        if (str_is(rule, f->rule)) continue;
        printf("%.*s:%d: breaks %s besides (%.*s)\n", STR(name), f->line, f->rule, STR(f->text));
        ok = false;
    }
    if (!harmless && !met) {
        printf("%.*s: does not break %.*s\n", STR(name), STR(rule));
        ok = false;
    }
    if (!ok) k->bad++;
}

/* Every rule, and every pattern of SQL, has bitten at least once. */
static bool proved(const struct corpus *k, const char *rule) {
    for (size_t i = 0; i < k->proved.n; i++) {
        if (str_is(k->proved.p[i], rule)) return true;
    }
    printf("no file breaks: %s\n", rule);
    return false;
}

size_t corpus_run(struct arena *a, const char *dir) {
    static const char *const others[] = { "floor", "room", "needs", "needs-cycle", "owner", "file-lines",
                                          "function-lines", "columns", "tab", "word", "wording", "style", "script",
                                          "handler" };
    struct corpus k = { .a = a };
    if (!walk(a, dir, S(""), try_file, &k)) printf("cannot read %s\n", dir);
    for (size_t i = 0; i < COUNT(others); i++) k.bad += !proved(&k, others[i]);
    for (size_t i = 0; i < calls_n; i++) k.bad += !proved(&k, calls[i].rule);
    for (size_t i = 0; i < sql_bans_n; i++) k.bad += !proved(&k, sql_bans[i].pattern);
    printf("%zu files, %zu wrong\n", k.files, k.bad);
    return k.bad + (k.files == 0);
}
