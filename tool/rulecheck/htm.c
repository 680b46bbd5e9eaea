#include "check.h"

#define INLINE "inline: the policy of the page forbids it"

/* Markup with the template's own {{ }} and {% %} blanked out, so that a `>` or a quote inside cannot mislead. */
static str blanked(struct arena *a, str text) {
    char *p = str_c(a, text);
    for (size_t i = 0; i + 1 < text.n; i++) {
        if (p[i] != '{' || (p[i + 1] != '{' && p[i + 1] != '%')) continue;
        char close = p[i + 1] == '{' ? '}' : '%';
        size_t end = i + 2;
        while (end + 1 < text.n && !(p[end] == close && p[end + 1] == '}')) end++;
        for (end = end + 2 < text.n ? end + 2 : text.n; i < end; i++) {
            if (p[i] != '\n') p[i] = ' ';
        }
        i--;
    }
    return (str){ p, text.n };
}

struct reader { str s; size_t at; int line; };

static char now(const struct reader *r) { return r->at < r->s.n ? r->s.p[r->at] : 0; }

static void step(struct reader *r) {
    if (r->s.p[r->at++] == '\n') r->line++;
}

static bool blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

static str name(struct reader *r) {
    size_t from = r->at;
    while (r->at < r->s.n && !blank(now(r)) && strchr("=>/\"'<", now(r)) == NULL) r->at++;
    return str_sub(r->s, from, r->at - from);
}

static bool is(str s, const char *word) {
    if (s.n != strlen(word)) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
        if (c != word[i]) return false;
    }
    return true;
}

static void value(struct reader *r) {
    step(r);
    char quote = now(r);
    if (quote == '"' || quote == '\'') {
        step(r);
        while (r->at < r->s.n && now(r) != quote) step(r);
        if (r->at < r->s.n) step(r);
    } else {
        while (r->at < r->s.n && !blank(now(r)) && now(r) != '>') step(r);
    }
}

/* Inside a tag, behind its name. True if it has a src. */
static bool attributes(struct checker *c, str path, struct reader *r) {
    bool src = false;
    while (r->at < r->s.n && now(r) != '>') {
        int line = r->line;
        str n = name(r);
        if (n.n == 0 && now(r) != '=') {
            step(r);
            continue;
        }
        if (is(n, "style")) report(c, path, line, "style", INLINE);
        if (n.n > 2 && is(str_sub(n, 0, 2), "on")) {
            report(c, path, line, "handler", "%.*s: scripts attach themselves", STR(n));
        }
        src = src || is(n, "src");
        if (now(r) == '=') value(r);
    }
    return src;
}

void check_htm(struct checker *c, const struct source *s) {
    struct reader r = { blanked(c->a, s->text), 0, 1 };
    while (r.at < r.s.n) {
        int line = r.line;
        if (str_starts(str_from(r.s, r.at), S("<!--"))) {
            while (r.at < r.s.n && !str_starts(str_from(r.s, r.at), S("-->"))) step(&r);
        } else if (now(&r) != '<') {
            step(&r);
        } else {
            step(&r);
            str tag = name(&r);
            bool src = tag.n > 0 && attributes(c, s->path, &r);
            if (is(tag, "script") && !src) report(c, s->path, line, "script", INLINE);
            if (is(tag, "style")) report(c, s->path, line, "style", INLINE);
        }
    }
}
