/* The shrinkers. They know just enough of each language to leave its meaning alone; bytes are saved by the
 * compressors, these only drop what nobody reads. */
#include "pack.h"

static bool blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static char last(const buf *b)
{
    return b->n ? b->p[b->n - 1] : '\0';
}

/* Copies a quoted text with its quotes; returns the index after it. */
static size_t copy_quoted(buf *out, str s, size_t i)
{
    char quote = s.p[i];
    buf_c(out, s.p[i++]);
    while (i < s.n && s.p[i] != quote) {
        if (s.p[i] == '\\' && i + 1 < s.n) buf_c(out, s.p[i++]);
        buf_c(out, s.p[i++]);
    }
    if (i < s.n) buf_c(out, s.p[i++]);
    return i;
}

/* The index after a comment that begins at i. */
static size_t after_comment(str s, size_t i, const char *end)
{
    size_t n = strlen(end);
    for (i += 2; i + n <= s.n; i++)
        if (memcmp(s.p + i, end, n) == 0) return i + n;
    return s.n;
}

str pack_css(struct arena *a, str s)
{
    buf out = buf_in(a, s.n + 1);
    bool gap = false;
    for (size_t i = 0; i < s.n;) {
        char c = s.p[i];
        if (c == '/' && i + 1 < s.n && s.p[i + 1] == '*') {
            i = after_comment(s, i, "*/");
            gap = true;
            continue;
        }
        if (blank(c)) {
            gap = true;
            i++;
            continue;
        }
        /* A blank after a colon never counts; before one it tells "a :hover" from "a:hover". */
        if (gap && out.n && !strchr("{};,>:", last(&out)) && !strchr("{};,>", c)) buf_c(&out, ' ');
        gap = false;
        if (c == '"' || c == '\'') {
            i = copy_quoted(&out, s, i);
            continue;
        }
        if (c == '}' && last(&out) == ';') out.n--;
        buf_c(&out, c);
        i++;
    }
    return buf_str(&out);
}

str pack_js(struct arena *a, str s)
{
    buf out = buf_in(a, s.n + 1);
    for (size_t i = 0; i < s.n;) {
        while (i < s.n && blank(s.p[i])) i++;
        if (str_starts(str_from(s, i), S("/*"))) {
            i = after_comment(s, i, "*/");
            continue;
        }
        while (i < s.n && s.p[i] != '\n') buf_c(&out, s.p[i++]);
        if (last(&out) != '\n') buf_c(&out, '\n');
    }
    return buf_str(&out);
}

str pack_svg(struct arena *a, str s)
{
    buf out = buf_in(a, s.n + 1);
    bool gap = false;
    for (size_t i = 0; i < s.n;) {
        if (str_starts(str_from(s, i), S("<!--"))) {
            i = after_comment(s, i, "-->");
            continue;
        }
        char c = s.p[i];
        if (blank(c)) {
            gap = true;
            i++;
            continue;
        }
        bool shut = c == '>' || (c == '/' && i + 1 < s.n && s.p[i + 1] == '>');
        if (gap && out.n && !(last(&out) == '>' && c == '<') && !shut) buf_c(&out, ' ');
        gap = false;
        if (c == '"' || c == '\'') {
            i = copy_quoted(&out, s, i);
            continue;
        }
        buf_c(&out, c);
        i++;
    }
    return buf_str(&out);
}

/* Index of `needle` in s from `from`, or s.n. */
static size_t find(str s, size_t from, str needle)
{
    for (size_t i = from; i + needle.n <= s.n; i++)
        if (memcmp(s.p + i, needle.p, needle.n) == 0) return i;
    return s.n;
}

bool pack_symbol(struct arena *a, str svg, str name, buf *out)
{
    str s = pack_svg(a, svg);
    size_t open = find(s, 0, S("<svg ")), inside = find(s, open, S(">")), end = find(s, inside, S("</svg>"));
    if (end == s.n) return false;
    str head = str_sub(s, open, inside - open);
    size_t box = find(head, 0, S(" viewBox=\""));
    if (box == head.n) return false;
    box += 10;
    size_t box_end = find(head, box, S("\""));
    str size = str_sub(head, box, box_end - box), drawing = str_sub(s, inside + 1, end - inside - 1);
    buf_fmt(out, "<symbol id=\"%.*s\" viewBox=\"%.*s\">%.*s</symbol>", STR(name), STR(size), STR(drawing));
    return true;
}

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool pack_references(struct arena *a, str s, const char *(*address)(void *arg, str name), void *arg, str *ret,
                     str *ret_missing)
{
    static const char key[] = "asset:";
    buf out = buf_in(a, 2 * s.n + 4096);
    for (size_t i = 0; i < s.n;) {
        size_t at = find(s, i, S("asset:"));
        buf_put(&out, s.p + i, at - i);
        if (at == s.n) break;
        size_t from = at + sizeof key - 1;
        for (i = from; i < s.n && name_char(s.p[i]);) i++;
        str name = str_sub(s, from, i - from);
        const char *url = address(arg, name);
        if (!url) {
            *ret_missing = name;
            return false;
        }
        buf_s(&out, str_of(url));
    }
    *ret = buf_str(&out);
    return !out.over;
}

bool pack_same_dark(str css)
{
    static const str heads[] = { S_INIT("html[data-theme=\"dark\"]{"), S_INIT("html[data-theme=\"auto\"]{") };
    str lists[2];
    for (int i = 0; i < 2; i++) {
        size_t from = find(css, 0, heads[i]) + heads[i].n;
        if (from > css.n) return false;
        lists[i] = str_sub(css, from, find(css, from, S("}")) - from);
    }
    return str_eq(lists[0], lists[1]);
}
