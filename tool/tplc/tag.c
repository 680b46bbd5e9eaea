/* Tags and their attributes. */
#include "parser.h"

enum { DEPTH_MAX = 120 };

/* Element and attribute names: letters, digits, - : _ . and for attributes nothing else either. */
static str name_at(struct parser *p) {
    size_t from = p->i;
    while (p->i < p->s.n) {
        char c = p->s.p[p->i];
        if (!is_name(c) && c != '-' && c != ':' && c != '.') break;
        p->i++;
    }
    return str_sub(p->s, from, p->i - from);
}

static str lower(struct arena *a, str s) {
    char *c = str_c(a, s);
    for (size_t i = 0; i < s.n; i++)
        if (c[i] >= 'A' && c[i] <= 'Z') c[i] = (char)(c[i] + 32);
    return (str){ c, s.n };
}

const struct attr *attr_of(const struct parser *p, const char *name) {
    for (size_t i = 0; i < p->attrs.n; i++)
        if (str_is(p->attrs.p[i].name, name)) return &p->attrs.p[i];
    return NULL;
}

static void value_expression(struct parser *p) {
    p->attr->dynamic = true;
    expression(p, IN_VALUE);
}

/* From after the opening quote to the closing one. */
static void value(struct parser *p, size_t at) {
    bool address = attr_kind(p->attr->name) == A_URL;
    size_t from = p->i;
    if (address) url_begin(p);
    while (!p->stop) {
        if (p->i >= p->s.n) {
            fail(p, at, "this value is not closed");
            return;
        }
        char c = p->s.p[p->i];
        if (c == '"') break;
        if (at_text(p, "{#"))
            comment(p);
        else if (at_text(p, "{{"))
            value_expression(p);
        else if (at_text(p, "{%")) {
            p->attr->dynamic = true;
            directive(p, IN_VALUE);
        } else if (c == '<') {
            fail(p, p->i, "a < inside a value must be written &lt; (or is a closing quote missing?)");
        } else {
            size_t n = c == '&' ? check_reference(p, address) : 1;
            if (address) url_char(p);
            put_text(p, str_sub(p->s, p->i, n));
            p->i += n;
        }
    }
    if (p->stop) return;
    blocks_done(p, IN_VALUE);
    p->attr->value = str_sub(p->s, from, p->i - from);
    check_words(p, from, p->i);
    put_text(p, S("\""));
    p->i++;
}

static void check_attr_name(struct parser *p, str name, bool svg, size_t at) {
    if (attr_kind(lower(p->a, name)) == A_BANNED)
        complain(p, at, "%.*s= is not allowed: style and script live in files", STR(name));
    if (!str_eq(lower(p->a, name), name) && !(svg && attr_is_camel(name)))
        complain(p, at, "write the attribute %.*s in lower case", STR(name));
    for (size_t i = 0; i < p->attrs.n; i++)
        if (str_eq(p->attrs.p[i].name, name) && !exclusive(p->attrs.p[i].branch, p->branch)) {
            complain(p, at, "the attribute %.*s stands here twice", STR(name));
            break;
        }
}

static void attribute(struct parser *p, bool svg) {
    size_t at = p->i;
    str name = name_at(p);
    if (name.n == 0) {
        fail(p, at, "an attribute name is expected here");
        return;
    }
    check_attr_name(p, name, svg, at);
    p->attr = VEC_ADD(p->a, &p->attrs);
    *p->attr = (struct attr){ .name = name, .at = at, .branch = p->branch };
    put_text(p, S(" "));
    put_text(p, name);
    if (at_text(p, "{{")) {
        fail(p, p->i, "an expression may not stand in an attribute name");
        return;
    }
    size_t after = p->i;
    while (after < p->s.n && is_blank(p->s.p[after])) after++;
    if (after >= p->s.n || p->s.p[after] != '=') return;
    if (after != p->i || after + 1 >= p->s.n || p->s.p[after + 1] != '"') {
        fail(p, after, "a value must follow its = in double quotes, without blanks");
        return;
    }
    p->attr->has_value = true;
    p->i += 2;
    put_text(p, S("=\""));
    value(p, at);
}

/* Reads to the end of the tag; *self is set for "/>". */
static void attributes(struct parser *p, size_t at, bool svg, bool *self) {
    p->attrs.n = 0;
    bool gap = false;
    while (!p->stop) {
        while (p->i < p->s.n && is_blank(p->s.p[p->i])) {
            gap = true;
            p->i++;
        }
        *self = at_text(p, "/>");
        if (p->i >= p->s.n)
            fail(p, at, "this tag is not closed");
        else if (*self || p->s.p[p->i] == '>') {
            p->i += *self ? 2 : 1;
            break;
        } else if (at_text(p, "{{"))
            fail(p, p->i, "an expression may stand only between tags or inside a double-quoted value");
        else if (at_text(p, "{#") || at_text(p, "{%")) {
            if (at_text(p, "{#"))
                comment(p);
            else
                directive(p, IN_TAG);
            gap = true;
        } else if (!gap)
            fail(p, p->i, "a blank is missing before this attribute");
        else {
            attribute(p, svg);
            gap = false;
        }
    }
    if (!p->stop) blocks_done(p, IN_TAG);
}

/* The text of <title> and <textarea>: references work there, tags do not. */
static void rcdata(struct parser *p, const struct tag *tag) {
    size_t at = p->i, from = p->i;
    bool trim = !(tag->flags & T_EXACT);
    while (trim && p->i < p->s.n && is_blank(p->s.p[p->i])) p->i++;
    for (from = p->i; !p->stop;) {
        if (p->i >= p->s.n) {
            fail(p, at, "<%s> is not closed", tag->name);
            return;
        }
        char c = p->s.p[p->i];
        if (at_text(p, "{#"))
            comment(p);
        else if (at_text(p, "{{"))
            expression(p, IN_RCDATA);
        else if (at_text(p, "{%"))
            directive(p, IN_RCDATA);
        else if (at_text(p, "</"))
            break;
        else if (c == '<')
            fail(p, p->i, "a tag cannot stand inside <%s>", tag->name);
        else {
            size_t n = c == '&' ? check_reference(p, false) : 1;
            if (!is_blank(c)) mark_text(p);
            put_text(p, str_sub(p->s, p->i, n));
            p->i += n;
        }
    }
    if (p->stop) return;
    blocks_done(p, IN_RCDATA);
    check_words(p, from, p->i);
    while (trim && p->text.n && is_blank(p->text.p[p->text.n - 1])) p->text.n--;
}

static void nothing_inside(struct parser *p, const struct tag *tag) {
    while (p->i < p->s.n && is_blank(p->s.p[p->i])) p->i++;
    if (!at_text(p, "</"))
        fail(p, p->i,
             tag_is(tag, "script") ? "inline script is not allowed: only <script src=\"...\"></script>"
                                   : "nothing may stand inside <iframe>");
}

static const struct tag *find_tag(struct parser *p, str name, size_t at, bool *svg) {
    const struct elem *e = top(p);
    *svg = e && e->svg;
    const struct tag *tag = tag_find(name, *svg);
    /* A part may hold a piece of a drawing. */
    if (!tag && !e) *svg = (tag = tag_find(name, true)) != NULL;
    if (tag) return tag;
    if (str_is(name, "style"))
        fail(p, at, "<style> is not allowed: style lives in files");
    else if (name.n == 0)
        fail(p, at, "a bare < must be written &lt;");
    else if (tag_find(lower(p->a, name), *svg))
        fail(p, at, "write <%.*s> in lower case", STR(name));
    else
        fail(p, at, "<%.*s> is not a known %s element", STR(name), *svg ? "SVG" : "HTML");
    return NULL;
}

void tag_open(struct parser *p) {
    size_t at = p->i++;
    bool svg, self;
    str name = name_at(p);
    if (at_text(p, "{{")) {
        fail(p, p->i, "an expression may not stand in a tag name");
        return;
    }
    const struct tag *tag = find_tag(p, name, at, &svg);
    if (!tag) return;
    check_place(p, tag, at);
    put_text(p, S("<"));
    put_text(p, name);
    attributes(p, at, svg || tag_is(tag, "svg"), &self);
    if (p->stop) return;
    bool is_void = tag->flags & T_VOID;
    if (self && !svg && !is_void) {
        fail(p, at, "<%s> needs an end tag; /> does not close it", tag->name);
        return;
    }
    self = self && svg && !tag_is(tag, "svg");
    put_text(p, self ? S("/>") : S(">"));
    p->edge = tag->flags & T_BLOCK ? EDGE_BLOCK : EDGE_INLINE;
    const struct elem *up = top(p);
    struct elem e = { .tag = tag, .at = at, .branch = p->branch, .svg = svg || tag_is(tag, "svg") };
    e.exact = (up && up->exact) || (tag->flags & T_EXACT);
    check_open(p, &e);
    if (self || is_void) return;
    if (p->stack.n >= DEPTH_MAX) {
        fail(p, at, "elements are nested too deep");
        return;
    }
    *VEC_ADD(p->a, &p->stack) = e;
    /* A browser drops one line break here; without ours it would be the first one of the user's text. */
    if ((tag->flags & T_EXACT) && at_text(p, "{")) put_text(p, S("\n"));
    if (tag->flags & T_EMPTY) nothing_inside(p, tag);
    if (!svg && (tag->flags & T_RCDATA)) rcdata(p, tag);
}

void tag_close(struct parser *p) {
    size_t at = p->i;
    p->i += 2;
    str name = name_at(p);
    if (p->i >= p->s.n || p->s.p[p->i] != '>') {
        fail(p, at, "this end tag is not closed");
        return;
    }
    p->i++;
    const struct elem *e = top(p);
    if (!e) {
        fail(p, at, "</%.*s> closes nothing", STR(name));
        return;
    }
    if (!str_is(name, e->tag->name)) {
        fail(p, at, "</%.*s> where </%s> is expected, opened in line %d", STR(name), e->tag->name,
             line_of(p, e->at));
        return;
    }
    if (e->branch != p->branch) {
        fail(p, at, "</%s> closes an element opened outside of this {%% if %%} or {%% for %%}", e->tag->name);
        return;
    }
    check_close(p, e);
    put_text(p, str_sub(p->s, at, p->i - at));
    p->edge = e->tag->flags & T_BLOCK ? EDGE_BLOCK : EDGE_INLINE;
    p->stack.n--;
}
