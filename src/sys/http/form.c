#include "sys/http/form.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool needs_decoding(str s, bool plus) {
    return memchr(s.p, '%', s.n) != NULL || (plus && memchr(s.p, '+', s.n) != NULL);
}

/* Writes the decoded bytes to `out`, which has room for s.n; -1 on a broken escape. */
static i64 decode(str s, bool plus, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            if (s.n - i < 3) return -1;
            int high = hex_digit(s.p[i + 1]), low = hex_digit(s.p[i + 2]);
            if (high < 0 || low < 0) return -1;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[n++] = c;
    }
    return (i64)n;
}

static bool is_text(str s) { return memchr(s.p, '\0', s.n) == NULL && utf8_valid(s); }

/* Decodes into *room and moves it on; what needs no decoding stays a view of the input. */
static int decode_at(str in, bool plus, char **room, str *ret) {
    *ret = in;
    if (in.n == 0) return 0;
    if (needs_decoding(in, plus)) {
        i64 n = decode(in, plus, *room);
        if (n < 0) return 400;
        *ret = (str){ *room, (size_t)n };
        *room += n;
    }
    return is_text(*ret) ? 0 : 400;
}

int pct_decode(struct arena *a, str in, bool plus, str *ret) {
    char *room = in.n > 0 && needs_decoding(in, plus) ? arena_alloc(a, in.n) : NULL;
    return decode_at(in, plus, &room, ret);
}

static size_t count_pairs(str text) {
    size_t n = 0;
    bool inside = false;
    for (size_t i = 0; i < text.n; i++) {
        bool sep = text.p[i] == '&';
        n += !sep && !inside;
        inside = !sep;
    }
    return n;
}

int form_parse(struct arena *a, str text, size_t max, const struct http_pair **ret, size_t *ret_n) {
    *ret = NULL;
    *ret_n = 0;
    size_t n = count_pairs(text);
    if (n == 0) return 0;
    if (n > max) return 413;
    struct http_pair *pairs = NEW_N(a, struct http_pair, n);
    char *room = needs_decoding(text, true) ? arena_alloc(a, text.n) : NULL;
    str rest = text, piece;
    size_t at = 0;
    while (str_cut(&rest, '&', &piece)) {
        if (piece.n == 0) continue;
        str name = piece, value = { piece.p + piece.n, 0 };
        i64 eq = str_find(piece, '=');
        if (eq >= 0) {
            name = str_sub(piece, 0, (size_t)eq);
            value = str_from(piece, (size_t)eq + 1);
        }
        int refusal = decode_at(name, true, &room, &pairs[at].name);
        if (refusal == 0) refusal = decode_at(value, true, &room, &pairs[at].value);
        if (refusal != 0) return refusal;
        at++;
    }
    *ret = pairs;
    *ret_n = at;
    return 0;
}

static bool blank(char c) { return c == ' ' || c == '\t'; }

/* Reads a quoted string from *at (behind the opening quote); false without a closing one. Only \" and \\ are
 * escapes: a browser on Windows may send filename="C:\mine\a.jpg". */
static bool quoted(struct arena *a, str v, size_t *at, str *ret) {
    size_t from = *at, i = from, escapes = 0;
    for (; i < v.n && v.p[i] != '"'; i++) {
        if (v.p[i] == '\\' && i + 1 < v.n && (v.p[i + 1] == '"' || v.p[i + 1] == '\\')) {
            escapes++;
            i++;
        }
    }
    if (i >= v.n) return false;
    *at = i + 1;
    *ret = str_sub(v, from, i - from);
    if (escapes == 0) return true;
    char *out = arena_alloc(a, ret->n);
    size_t n = 0;
    for (size_t k = 0; k < ret->n; k++) {
        if (ret->p[k] == '\\' && k + 1 < ret->n && (ret->p[k + 1] == '"' || ret->p[k + 1] == '\\')) k++;
        out[n++] = ret->p[k];
    }
    *ret = (str){ out, n };
    return true;
}

/* Cuts one `; name=value` off; false at the end or where the grammar breaks. */
static bool next_param(struct arena *a, str v, size_t *at, str *name, str *value) {
    size_t i = *at;
    while (i < v.n && (blank(v.p[i]) || v.p[i] == ';')) i++;
    size_t from = i;
    while (i < v.n && v.p[i] != '=' && v.p[i] != ';' && !blank(v.p[i])) i++;
    *name = str_sub(v, from, i - from);
    if (i >= v.n || v.p[i] != '=' || name->n == 0) return false;
    i++;
    if (i < v.n && v.p[i] == '"') {
        i++;
        if (!quoted(a, v, &i, value)) return false;
    } else {
        from = i;
        while (i < v.n && v.p[i] != ';' && !blank(v.p[i])) i++;
        *value = str_sub(v, from, i - from);
    }
    while (i < v.n && blank(v.p[i])) i++;
    if (i < v.n && v.p[i] != ';') return false;
    *at = i;
    return true;
}

bool header_param(struct arena *a, str value, const char *name, str *ret) {
    i64 semicolon = str_find(value, ';');
    if (semicolon < 0) return false;
    size_t at = (size_t)semicolon;
    str found_name, found;
    while (next_param(a, value, &at, &found_name, &found)) {
        if (!name_is(found_name, name)) continue;
        *ret = found;
        return true;
    }
    return false;
}

str media_type(struct arena *a, str value) {
    i64 semicolon = str_find(value, ';');
    str t = str_trim(semicolon < 0 ? value : str_sub(value, 0, (size_t)semicolon));
    bool upper = false;
    for (size_t i = 0; i < t.n; i++) upper = upper || (t.p[i] >= 'A' && t.p[i] <= 'Z');
    if (!upper) return t;
    char *out = arena_alloc(a, t.n);
    for (size_t i = 0; i < t.n; i++) out[i] = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] + 32) : t.p[i];
    return (str){ out, t.n };
}
