/* Addresses in attributes. Static text may only spell schemes that are allowed, and no scheme may be put
 * together from pieces: what an expression gives is checked at run time only if it is the very first thing in
 * the value. */
#include "parser.h"

void url_begin(struct parser *p) {
    p->url = (struct url){ .forming = true };
}

static bool scheme_allowed(const struct parser *p) {
    str s = { p->url.scheme, p->url.n };
    if (str_is(s, "data")) return at_text(p, ":image/");
    return str_is(s, "http") || str_is(s, "https") || str_is(s, "tel") || str_is(s, "mailto");
}

void url_char(struct parser *p) {
    struct url *u = &p->url;
    char c = p->s.p[p->i];
    if (is_blank(c) || c == '\\') {
        complain(p, p->i, "an address holds no blanks and no \\");
        u->forming = false;
        return;
    }
    if (!u->forming) return;
    if (c == '/' || c == '?' || c == '#') {
        u->forming = false;
        return;
    }
    if (c == ':') {
        if (u->tainted)
            complain(p, p->i, "the scheme of an address may not be put together from pieces");
        else if (!scheme_allowed(p))
            complain(p, p->i, "%.*s: is not an allowed scheme (http, https, tel, mailto, data:image/)", u->n,
                     u->scheme);
        u->forming = false;
        return;
    }
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    if (u->n < sizeof u->scheme)
        u->scheme[u->n++] = c;
    else
        u->tainted = true;
}

const char *url_expression(struct parser *p, size_t at) {
    struct url *u = &p->url;
    if (u->forming && u->maybe)
        complain(p, at,
                 "whether this expression begins the address depends on a condition: begin it the same way "
                 "always");
    bool first = u->forming && u->n == 0 && !u->tainted;
    if (u->forming) u->tainted = true;
    return first ? "HTML_URL" : "HTML_URL_PART";
}

static bool is_empty(const struct url *u) {
    return u->forming && u->n == 0 && !u->tainted;
}

/* What is known after two branches that ended as x and y. */
struct url url_merge(struct url x, struct url y) {
    if (!x.forming && !y.forming) return x;
    if (x.forming == y.forming && x.tainted == y.tainted && x.maybe == y.maybe && x.n == y.n &&
        memcmp(x.scheme, y.scheme, x.n) == 0)
        return x;
    return (struct url){ .forming = true,
                         .tainted = true,
                         .maybe = x.maybe || y.maybe || is_empty(&x) || is_empty(&y) };
}
