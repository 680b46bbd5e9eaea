/* The outer reader: text, comments, references, and the merging of static text into few large pieces. */
#include <stdarg.h>
#include "parser.h"

enum { TEXT_MAX = 1 << 24, ERROR_MAX = 50 };

/* Offsets mostly rise, so the line is counted on from the last answer. */
static void find_line(struct parser *p, size_t at) {
    if (at < p->pos_at || p->pos_line == 0) {
        p->pos_at = p->pos_line_at = 0;
        p->pos_line = 1;
    }
    for (; p->pos_at < at && p->pos_at < p->s.n; p->pos_at++)
        if (p->s.p[p->pos_at] == '\n') {
            p->pos_line++;
            p->pos_line_at = p->pos_at + 1;
        }
}

int line_of(struct parser *p, size_t at) {
    find_line(p, at);
    return p->pos_line;
}

static void vcomplain(struct parser *p, size_t at, const char *fmt, va_list ap) {
    if (p->t->errors.n >= ERROR_MAX) {
        p->stop = true;
        return;
    }
    char text[400];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    if (n < 0) n = 0;
    if ((size_t)n >= sizeof text) n = sizeof text - 1;
    find_line(p, at);
    size_t end = at < p->s.n ? at : p->s.n;
    *VEC_ADD(p->a, &p->t->errors) = (struct tplc_error){
        .line = p->pos_line,
        .col = 1 + (int)utf8_len(str_sub(p->s, p->pos_line_at, end - p->pos_line_at)),
        .text = str_dup(p->a, (str){ text, (size_t)n }),
    };
}

void complain(struct parser *p, size_t at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vcomplain(p, at, fmt, ap);
    va_end(ap);
}

void fail(struct parser *p, size_t at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vcomplain(p, at, fmt, ap);
    va_end(ap);
    p->stop = true;
}

bool at_text(const struct parser *p, const char *what) {
    return str_starts(str_from(p->s, p->i), str_of(what));
}

bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t';
}

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void put_text(struct parser *p, str s) {
    if (s.n) buf_put(&p->text, s.p, s.n);
}

static void flush_text(struct parser *p) {
    if (p->text.n == 0) return;
    *VEC_ADD(p->a, &p->t->ops) = (struct op){ .kind = OP_TEXT, .a = str_dup(p->a, buf_str(&p->text)) };
    buf_clear(&p->text);
}

struct op *add_op(struct parser *p, enum op_kind kind, size_t at) {
    flush_text(p);
    struct op *op = VEC_ADD(p->a, &p->t->ops);
    *op = (struct op){ .kind = kind, .line = line_of(p, at) };
    return op;
}

struct elem *top(struct parser *p) {
    return p->stack.n ? &p->stack.p[p->stack.n - 1] : NULL;
}

void mark_text(struct parser *p) {
    for (size_t i = 0; i < p->stack.n; i++) p->stack.p[i].text = true;
}

bool may_hold_text(struct parser *p, size_t at) {
    const struct elem *e = top(p);
    if (!e || !(e->tag->flags & T_ONLY)) return true;
    complain(p, at, "text may not stand directly inside <%s>", e->tag->name);
    return false;
}

void check_words(struct parser *p, size_t from, size_t to) {
    static const char *const banned[] = { "非法", "系统异常", "参数错误", "点击此处" };
    str s = str_sub(p->s, from, to - from);
    for (size_t i = 0; i < COUNT(banned); i++)
        for (size_t k = 0; k + strlen(banned[i]) <= s.n; k++)
            if (memcmp(s.p + k, banned[i], strlen(banned[i])) == 0)
                complain(p, from + k,
                         "the word %s is not used in this house: say what happened and what to do",
                         banned[i]);
}

size_t check_reference(struct parser *p, bool address) {
    size_t end = p->i + 1;
    while (end < p->s.n && (is_name(p->s.p[end]) || p->s.p[end] == '#')) end++;
    str name = str_sub(p->s, p->i + 1, end - p->i - 1);
    bool closed = end < p->s.n && p->s.p[end] == ';' && name.n > 0;
    if (!closed) {
        complain(p, p->i, "a bare & must be written &amp;");
        return 1;
    }
    /* A reference inside an address could spell a scheme, so only the one that is needed may stand there. */
    if (address ? !str_is(name, "amp") : name.p[0] != '#' && !entity_known(name))
        complain(p, p->i, "&%.*s; may not stand here: write the character itself", STR(name));
    return name.n + 2;
}

/* Between two of these a browser would make a visible gap of a line break. */
static bool is_cjk(u32 c) {
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFFEF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

static u32 code_before(str s, size_t at) {
    if (at == 0) return 0;
    do at--;
    while (at > 0 && ((u8)s.p[at] & 0xC0) == 0x80);
    return utf8_next(s, &at);
}

/* Skips blanks and comments from `at`, because neither shows. */
static size_t skip_unseen(str s, size_t at) {
    for (;;) {
        while (at < s.n && is_blank(s.p[at])) at++;
        str rest = str_from(s, at);
        const char *end = str_starts(rest, S("{#")) ? "#}" : str_starts(rest, S("<!--")) ? "-->" : NULL;
        if (!end) return at;
        for (at += 2; at < s.n && !str_starts(str_from(s, at), str_of(end));) at++;
        at += strlen(end);
        if (at >= s.n) return s.n;
    }
}

static bool block_tag_at(const struct parser *p, size_t at) {
    if (at >= p->s.n || p->s.p[at] != '<') return false;
    at++;
    if (at < p->s.n && p->s.p[at] == '/') at++;
    size_t end = at;
    while (end < p->s.n && is_name(p->s.p[end])) end++;
    str name = str_sub(p->s, at, end - at);
    bool svg = p->stack.n && p->stack.p[p->stack.n - 1].svg;
    const struct tag *t = tag_find(name, svg);
    if (!t) t = tag_find(name, !svg);
    return t && (t->flags & T_BLOCK);
}

/* A run of blanks between tags. One that holds a line break is indentation of the source, not of the page. */
static void blanks(struct parser *p) {
    size_t from = p->i;
    bool line_break = false;
    while (p->i < p->s.n && is_blank(p->s.p[p->i])) line_break |= p->s.p[p->i++] == '\n';
    const struct elem *e = top(p);
    if ((e && e->exact) || !line_break) {
        put_text(p, str_sub(p->s, from, p->i - from));
        return;
    }
    size_t next = skip_unseen(p->s, p->i);
    if (p->edge != EDGE_INLINE || next >= p->s.n || block_tag_at(p, next)) return;
    if (e && (e->tag->flags & T_ONLY)) return;
    if (p->text.n && p->text.p[p->text.n - 1] == '\n') return;
    size_t look = next;
    if (is_cjk(code_before(p->s, from)) && is_cjk(utf8_next(p->s, &look))) return;
    put_text(p, S("\n"));
}

static bool markup_at(const struct parser *p) {
    if (p->s.p[p->i] == '<') return true;
    return p->s.p[p->i] == '{' && (at_text(p, "{{") || at_text(p, "{%") || at_text(p, "{#"));
}

/* Static text up to the next tag or template mark. */
static void text(struct parser *p) {
    size_t start = p->i;
    bool told = false;
    while (p->i < p->s.n && !markup_at(p)) {
        char c = p->s.p[p->i];
        if (is_blank(c)) {
            blanks(p);
            continue;
        }
        if (!told && !may_hold_text(p, p->i)) told = true;
        mark_text(p);
        p->edge = EDGE_INLINE;
        size_t n = 1;
        if (c == '&') n = check_reference(p, false);
        if (c == '>') complain(p, p->i, "a bare > must be written &gt;");
        if (at_text(p, "}}") || at_text(p, "%}")) complain(p, p->i, "%.2s closes nothing", p->s.p + p->i);
        put_text(p, str_sub(p->s, p->i, n));
        p->i += n;
    }
    check_words(p, start, p->i);
}

/* <!-- --> is for the reader of the source; it is not sent. */
static void html_comment(struct parser *p) {
    size_t at = p->i;
    for (p->i += 4; p->i < p->s.n; p->i++) {
        if (at_text(p, "-->")) {
            p->i += 3;
            return;
        }
        if (at_text(p, "{{") || at_text(p, "{%")) {
            fail(p, p->i, "nothing is computed inside an HTML comment; use {# #}");
            return;
        }
    }
    fail(p, at, "this comment is not closed");
}

static void doctype(struct parser *p) {
    static const char want[] = "<!doctype html>";
    if (!at_text(p, want)) {
        fail(p, p->i, "only <!doctype html> is known here");
        return;
    }
    if (p->edge != EDGE_START || p->stack.n || p->blocks.n) fail(p, p->i, "<!doctype html> must come first");
    put_text(p, S("<!doctype html>\n"));
    p->i += sizeof want - 1;
    p->edge = EDGE_BLOCK;
}

static void read_all(struct parser *p) {
    while (p->i < p->s.n && !p->stop) {
        if (at_text(p, "{#"))
            comment(p);
        else if (at_text(p, "{%"))
            directive(p, IN_TEXT);
        else if (!p->started && !is_blank(p->s.p[p->i]))
            fail(p, p->i, "the first line must be {%% view struct some_view v %%}");
        else if (at_text(p, "{{"))
            expression(p, IN_TEXT);
        else if (at_text(p, "<!--"))
            html_comment(p);
        else if (at_text(p, "<!"))
            doctype(p);
        else if (at_text(p, "</"))
            tag_close(p);
        else if (p->s.p[p->i] == '<')
            tag_open(p);
        else
            text(p);
    }
}

/* The border check: from here on the source is UTF-8 without control characters. */
static void check_bytes(struct parser *p) {
    str rest = p->s, line;
    while (str_cut(&rest, '\n', &line))
        if (!utf8_clean(line, true)) {
            fail(p, (size_t)(line.p - p->s.p),
                 "this line is not clean UTF-8 (control characters, \\r or a BOM?)");
            return;
        }
}

struct tpl *tplc_parse(struct arena *a, str source, const struct tplc_options *o) {
    struct tpl *t = NEW(a, struct tpl);
    t->o = *o;
    struct parser p = { .a = a, .t = t, .s = source, .text = buf_in(a, TEXT_MAX), .edge = EDGE_START };
    check_bytes(&p);
    read_all(&p);
    if (!p.stop) {
        blocks_done(&p, IN_TEXT);
        check_end(&p);
        flush_text(&p);
        if (p.text.over) fail(&p, 0, "this template is too large");
        if (!p.started) fail(&p, 0, "the first line must be {%% view struct some_view v %%}");
    }
    return t;
}

size_t tplc_errors(const struct tpl *t, const struct tplc_error **ret) {
    *ret = t->errors.p;
    return t->errors.n;
}

str tplc_name(struct arena *a, str path) {
    size_t end = path.n, file = 0, folder = 0;
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '/') {
            folder = file;
            file = i + 1;
        }
    if (str_ends(path, S(".htm"))) end -= 4;
    str name = file == 0 ? str_sub(path, 0, end)
                         : str_cat(a, str_cat(a, str_sub(path, folder, file - 1 - folder), S("_")),
                                   str_sub(path, file, end - file));
    char *c = str_c(a, name);
    for (size_t i = 0; i < name.n; i++)
        if (!is_name(c[i])) c[i] = '_';
    return (str){ c, name.n };
}
