#include "kit/html/html.h"

/* One table for all contexts. A byte that needs nothing in its context is copied together with its run. */
enum {
    ESC_TEXT = 1, /* changed in text: & < > */
    ESC_ATTR = 2, /* changed in attributes: also " ' */
    ESC_URL = 4,  /* in addresses the bits say what stays: unreserved and reserved bytes (RFC 3986) */
    ESC_PART = 8, /* unreserved bytes only */
    STAYS = ESC_URL | ESC_PART,
};

static const u8 classes[256] = {
    ['a' ... 'z'] = STAYS,  ['A' ... 'Z'] = STAYS,  ['0' ... '9'] = STAYS,
    ['-'] = STAYS,          ['.'] = STAYS,          ['_'] = STAYS,          ['~'] = STAYS,
    [':'] = ESC_URL,        ['/'] = ESC_URL,        ['?'] = ESC_URL,        ['#'] = ESC_URL,
    ['['] = ESC_URL,        [']'] = ESC_URL,        ['@'] = ESC_URL,        ['!'] = ESC_URL,
    ['$'] = ESC_URL,        ['('] = ESC_URL,        [')'] = ESC_URL,        ['*'] = ESC_URL,
    ['+'] = ESC_URL,        [','] = ESC_URL,        [';'] = ESC_URL,        ['='] = ESC_URL,
    /* & and ' are reserved too, but the attribute around the address needs them changed. */
    ['&'] = ESC_TEXT | ESC_ATTR, ['<'] = ESC_TEXT | ESC_ATTR, ['>'] = ESC_TEXT | ESC_ATTR,
    ['"'] = ESC_ATTR, ['\''] = ESC_ATTR,
};

static bool is_plain(char c, u8 mask) {
    return ((classes[(u8)c] ^ STAYS) & mask) == 0;
}

static void put_entity(buf *b, char c) {
    switch (c) {
    case '&':
        buf_lit(b, "&amp;");
        break;
    case '<':
        buf_lit(b, "&lt;");
        break;
    case '>':
        buf_lit(b, "&gt;");
        break;
    case '"':
        buf_lit(b, "&quot;");
        break;
    default:
        buf_lit(b, "&#39;");
        break;
    }
}

static void put_percent(buf *b, char c) {
    static const char hex[] = "0123456789ABCDEF";
    char text[3] = { '%', hex[(u8)c >> 4], hex[(u8)c & 15] };
    buf_put(b, text, sizeof text);
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void put_special(buf *b, u8 mask, str v, size_t i) {
    char c = v.p[i];
    if (mask & (ESC_TEXT | ESC_ATTR))
        put_entity(b, c);
    else if ((mask & ESC_URL) && (c == '&' || c == '\''))
        put_entity(b, c);
    else if ((mask & ESC_URL) && c == '%' && i + 2 < v.n && is_hex(v.p[i + 1]) && is_hex(v.p[i + 2]))
        buf_c(b, c); /* encoded before; to encode it again would change the address */
    else
        put_percent(b, c);
}

static void escape(buf *b, u8 mask, str v) {
    size_t from = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (is_plain(v.p[i], mask)) continue;
        if (i > from) buf_put(b, v.p + from, i - from);
        put_special(b, mask, v, i);
        from = i + 1;
    }
    if (v.n > from) buf_put(b, v.p + from, v.n - from);
}

static bool same_word(str s, const char *lower) {
    if (s.n != strlen(lower)) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (c != lower[i]) return false;
    }
    return true;
}

/* True if following the address runs nothing: it has no scheme or one of those listed. Whatever stands before
 * the first : / ? # is taken for the scheme, so blanks or control bytes that a browser would skip make it an
 * unknown one. data: is for pictures; SVG is left out because it is a document that may carry script. */
static bool is_harmless(str v) {
    size_t n = 0;
    while (n < v.n && v.p[n] != ':' && v.p[n] != '/' && v.p[n] != '?' && v.p[n] != '#') n++;
    if (n == v.n || v.p[n] != ':') return true;
    str scheme = str_sub(v, 0, n), rest = str_from(v, n + 1);
    if (same_word(scheme, "data"))
        return same_word(str_sub(rest, 0, 6), "image/") && !same_word(str_sub(rest, 6, 3), "svg");
    return same_word(scheme, "https") || same_word(scheme, "http") || same_word(scheme, "tel") ||
           same_word(scheme, "mailto");
}

void html_str(buf *b, enum html_ctx c, str v) {
    switch (c) {
    case HTML_TEXT:
        escape(b, ESC_TEXT, v);
        return;
    case HTML_ATTR:
        escape(b, ESC_ATTR, v);
        return;
    case HTML_URL:
        escape(b, ESC_URL, is_harmless(v) ? v : S("#"));
        return;
    case HTML_URL_PART:
        break;
    }
    escape(b, ESC_PART, v);
}

void html_cstr(buf *b, enum html_ctx c, const char *v) {
    html_str(b, c, str_of(v));
}

/* Digits and the minus sign are the same in every context. */
void html_i64(buf *b, enum html_ctx c, i64 v) {
    (void)c;
    buf_i64(b, v);
}

void html_int(buf *b, enum html_ctx c, int v) {
    html_i64(b, c, v);
}

void html_size(buf *b, enum html_ctx c, size_t v) {
    (void)c;
    buf_fmt(b, "%zu", v);
}

void html_money(buf *b, enum html_ctx c, money v) {
    (void)c;
    money_put(b, v);
}

void html_yuan(buf *b, enum html_ctx c, struct yuan v) {
    if (c == HTML_TEXT || c == HTML_ATTR)
        money_show(b, v.m);
    else
        money_put(b, v.m);
}

void html_sqm(buf *b, enum html_ctx c, sqm v) {
    (void)c;
    sqm_put(b, v);
}

void html_day(buf *b, enum html_ctx c, day v) {
    if (c == HTML_TEXT)
        day_show(b, v);
    else
        day_put(b, v);
}

void html_instant(buf *b, enum html_ctx c, instant v) {
    if (c == HTML_TEXT) {
        instant_show(b, v);
        return;
    }
    size_t at = b->n;
    instant_put(b, v);
    if (c == HTML_ATTR || b->over) return;
    /* In an address + would be read as a blank, and a leading "2026-11-24T21:" as a scheme. */
    char text[64];
    size_t n = b->n - at;
    if (n > sizeof text) n = sizeof text;
    memcpy(text, b->p + at, n);
    b->n = at;
    escape(b, ESC_PART, (str){ text, n });
}

void html_idt(buf *b, enum html_ctx c, struct idt v) {
    (void)c;
    id_put(b, v.id);
}

void html_raw(buf *b, enum html_ctx c, struct html v) {
    if (c == HTML_TEXT)
        buf_s(b, v.s);
    else
        html_str(b, c, v.s);
}

void html_icon(buf *b, const char *name) {
    buf_lit(b, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"");
    html_cstr(b, HTML_URL, asset("icons.svg"));
    buf_c(b, '#');
    html_cstr(b, HTML_URL_PART, name);
    buf_lit(b, "\"/></svg>");
}

/* Set once before the first page, never changed after. */
static const char *(*find_asset)(const char *name);

void html_assets(const char *(*find)(const char *name)) {
    find_asset = find;
}

const char *asset(const char *name) {
    const char *found = find_asset ? find_asset(name) : NULL;
    return found ? found : name;
}
