#include "sys/http/form.h"

static bool token_char(u8 c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (!token_char((u8)s.p[i])) return false;
    }
    return s.n > 0;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool name_is(str s, const char *name) {
    for (size_t i = 0; i < s.n; i++) {
        if (name[i] == '\0' || lower(s.p[i]) != lower(name[i])) return false;
    }
    return name[s.n] == '\0';
}

static str trim_ows(str s) {
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) s = str_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) s.n--;
    return s;
}

static bool value_clean(str s) {
    for (size_t i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

static bool host_clean(str s) {
    if (s.n == 0 || s.n > 255) return false;
    for (size_t i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c != '\0' && strchr(".-_:[]", c) != NULL);
        if (!good) return false;
    }
    return true;
}

static int gate_target(const struct head *h) {
    if (h->target.n > HTTP_URI_MAX) return 414;
    if (h->target.n == 0 || h->target.p[0] != '/') return 400;
    for (size_t i = 0; i < h->target.n; i++) {
        u8 c = (u8)h->target.p[i];
        if (c <= ' ' || c >= 0x7f || c == '#') return 400;
    }
    return 0;
}

/* Keeps the value of a header that may stand only once. */
static bool once(str *slot, str value) {
    if (slot->p != NULL) return false;
    *slot = value;
    return true;
}

struct seen { str length, transfer, expect; };

static int gate_header(struct head *h, struct http_pair *x, struct seen *seen) {
    if (!is_token(x->name)) return 400;
    x->value = x->value.p == NULL ? S("") : trim_ows(x->value);
    if (!value_clean(x->value)) return 400;
    if (!utf8_valid(x->value)) {
        /* Old browsers send the address of the former page in a local charset; that is no reason to turn away. */
        if (!name_is(x->name, "Referer")) return 400;
        x->value.n = 0;
    }
    switch (lower(x->name.p[0])) {
    case 'h':
        if (name_is(x->name, "Host") && !once(&h->host, x->value)) return 400;
        break;
    case 'c':
        if (name_is(x->name, "Content-Length") && !once(&seen->length, x->value)) return 400;
        if (name_is(x->name, "Content-Type") && !once(&h->type, x->value)) return 400;
        if (name_is(x->name, "Cookie") && !once(&h->cookie, x->value)) return 400;
        break;
    case 't':
        if (name_is(x->name, "Transfer-Encoding") && !once(&seen->transfer, x->value)) return 400;
        break;
    case 'e':
        if (name_is(x->name, "Expect") && !once(&seen->expect, x->value)) return 400;
        break;
    default:
        break;
    }
    return 0;
}

static int gate_length(struct head *h, const struct seen *seen) {
    if (seen->transfer.p != NULL) {
        if (seen->length.p != NULL || !h->http11) return 400;
        /* A chunked body is asked to come with its length: browsers and the proxy in front send one, and the chunk
         * reader of libmicrohttpd takes a bare LF for a line end, which is how requests get smuggled. */
        return name_is(seen->transfer, "chunked") ? 411 : 501;
    }
    if (seen->length.p == NULL) return 0;
    if (seen->length.n == 0 || seen->length.n > 18) return 400;
    for (size_t i = 0; i < seen->length.n; i++) {
        char c = seen->length.p[i];
        if (c < '0' || c > '9') return 400;
        h->length = h->length * 10 + (c - '0');
    }
    return 0;
}

int head_gate(struct head *h) {
    struct seen seen = { 0 };
    h->host = h->type = h->cookie = (str){ 0 };
    h->length = 0;
    h->expects = false;
    bool get = str_is(h->method, "GET") || str_is(h->method, "HEAD");
    if (!is_token(h->method)) return 400;
    if (!get && !str_is(h->method, "POST")) return 405;
    int refusal = gate_target(h);
    if (refusal != 0) return refusal;
    if (h->n > HTTP_HEADERS_MAX) return 431;
    for (size_t i = 0; i < h->n; i++) {
        refusal = gate_header(h, &h->headers[i], &seen);
        if (refusal != 0) return refusal;
    }
    if (h->host.p == NULL ? h->http11 : !host_clean(h->host)) return 400;
    refusal = gate_length(h, &seen);
    if (refusal != 0) return refusal;
    if (get && h->length > 0) return 400;
    if (seen.expect.p != NULL) {
        if (!name_is(seen.expect, "100-continue")) return 417;
        h->expects = h->http11;
    }
    size_t cookies = 1;
    for (size_t i = 0; i < h->cookie.n; i++) cookies += h->cookie.p[i] == ';';
    return cookies > HTTP_COOKIES_MAX ? 431 : 0;
}

/* Every segment is looked at after decoding, so "%2e%2e" is as refused as "..". */
int path_parse(struct arena *a, str raw, str *ret) {
    if (raw.n == 0 || raw.p[0] != '/') return 400;
    for (size_t i = 0; i + 2 < raw.n; i++) {
        if (raw.p[i] == '%' && raw.p[i + 1] == '2' && lower(raw.p[i + 2]) == 'f') return 400;
    }
    str path;
    int refusal = pct_decode(a, raw, false, &path);
    if (refusal != 0) return refusal;
    if (!utf8_clean(path, false) || str_find(path, '\\') >= 0) return 400;
    str rest = str_from(path, 1), segment;
    while (str_cut(&rest, '/', &segment)) {
        bool last = rest.p == NULL;
        if (segment.n == 0 && !last) return 400;
        if (str_is(segment, ".") || str_is(segment, "..")) return 400;
    }
    *ret = path;
    return 0;
}

str cookie_find(str header, const char *name) {
    str rest = header, piece;
    while (str_cut(&rest, ';', &piece)) {
        piece = trim_ows(piece);
        i64 eq = str_find(piece, '=');
        if (eq < 0 || !str_is(str_sub(piece, 0, (size_t)eq), name)) continue;
        str value = str_from(piece, (size_t)eq + 1);
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') value = str_sub(value, 1, value.n - 2);
        return value;
    }
    return (str){ 0 };
}

bool etag_matches(str list, str tag) {
    str rest = list, piece;
    while (str_cut(&rest, ',', &piece)) {
        piece = trim_ows(piece);
        if (str_is(piece, "*")) return true;
        if (str_starts(piece, S("W/"))) piece = str_from(piece, 2);
        if (piece.n < 2 || piece.p[0] != '"' || piece.p[piece.n - 1] != '"') continue;
        if (str_eq(str_sub(piece, 1, piece.n - 2), tag)) return true;
    }
    return false;
}

/* "q=0", "q=0.", "q=0.000" all say no. */
static bool quality_zero(str param) {
    param = trim_ows(param);
    if (param.n < 3 || lower(param.p[0]) != 'q' || param.p[1] != '=' || param.p[2] != '0') return false;
    for (size_t i = 3; i < param.n; i++) {
        if (param.p[i] != '.' && param.p[i] != '0') return false;
    }
    return true;
}

bool coding_accepted(str list, const char *coding) {
    str rest = list, piece;
    while (str_cut(&rest, ',', &piece)) {
        str params = piece, word, param;
        if (!str_cut(&params, ';', &word) || !name_is(trim_ows(word), coding)) continue;
        bool no = false;
        while (str_cut(&params, ';', &param)) no = no || quality_zero(param);
        return !no;
    }
    return false;
}
