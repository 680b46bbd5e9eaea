#include <errno.h>
#include <iconv.h>
#include "sys/sheet/parse.h"
#include "sys/sheet/stream.h"

#define QUOTED_MAX ((size_t)64 << 10) /* bytes of a quoted field; a longer one is a quote that never closes */

static iconv_t gb18030 = (iconv_t)-1;

err csv_open(void) {
    if (gb18030 == (iconv_t)-1) gb18030 = iconv_open("UTF-8", "GB18030");
    return gb18030 == (iconv_t)-1 ? E_IO : OK;
}

err refuse(struct sheet_book *b, err e, const char *why) {
    *b = (struct sheet_book){ .why = str_of(why) };
    return e;
}

void cell_text(struct sheet_cell *c, str text) {
    /* Four bytes at most make a code point, so a short text need not be counted. */
    if (text.n > SHEET_TEXT_MAX && utf8_len(text) > SHEET_TEXT_MAX) {
        text = utf8_head(text, SHEET_TEXT_MAX);
        c->flags |= SHEET_CUT;
    }
    c->text = text;
}

/* ---- encodings ---- */

static bool from_gb18030(struct arena *a, str in, str *ret) {
    if (csv_open() != OK) return false;
    iconv(gb18030, NULL, NULL, NULL, NULL);
    size_t cap = in.n * 3 / 2 + 16; /* two bytes become three, four become three or four */
    char *to = arena_alloc(a, cap), *out = to, *from = (char *)(uintptr_t)in.p;
    size_t left = in.n, room = cap;
    if (iconv(gb18030, &from, &left, &out, &room) == (size_t)-1) return false;
    *ret = (str){ to, cap - room };
    return true;
}

static bool from_utf16(struct arena *a, str in, bool big, str *ret) {
    if (in.n % 2 != 0) return false;
    char *to = arena_alloc(a, in.n / 2 * 3 + 4);
    size_t n = 0;
    u32 high = 0;
    for (size_t i = 0; i < in.n; i += 2) {
        u32 x = (u8)in.p[i], y = (u8)in.p[i + 1], u = big ? x << 8 | y : y << 8 | x;
        if (high != 0) {
            if (u < 0xDC00 || u > 0xDFFF) return false;
            n += utf8_put(0x10000 + ((high - 0xD800) << 10) + (u - 0xDC00), to + n);
            high = 0;
        } else if (u >= 0xD800 && u <= 0xDBFF) high = u;
        else if (u >= 0xDC00 && u <= 0xDFFF) return false;
        else n += utf8_put(u, to + n);
    }
    *ret = (str){ to, n };
    return high == 0;
}

static bool decode(struct arena *a, str file, str *text, str *encoding) {
    if (str_starts(file, S("\xEF\xBB\xBF"))) file = str_from(file, 3);
    else if (str_starts(file, S("\xFF\xFE")) || str_starts(file, S("\xFE\xFF"))) {
        *encoding = S("UTF-16");
        return from_utf16(a, str_from(file, 2), file.p[0] == '\xFE', text);
    }
    if (utf8_valid(file)) {
        *encoding = S("UTF-8");
        *text = file;
        return true;
    }
    *encoding = S("GB18030");
    return from_gb18030(a, file, text) && utf8_valid(*text);
}

/* ---- records ---- */

struct csv {
    str s;
    size_t at;
    char sep;
};

static bool line_end(char c) { return c == '\n' || c == '\r'; }

static void skip_line_end(struct csv *c) {
    if (c->at < c->s.n && c->s.p[c->at] == '\r') c->at++;
    else if (c->at < c->s.n && c->s.p[c->at] == '\n') {
        c->at++;
        return;
    } else return;
    if (c->at < c->s.n && c->s.p[c->at] == '\n') c->at++;
}

/* The separator is the candidate seen most often outside of quotes in the first lines. "sep=;" on the first line is
 * how some programs say it outright. */
static char separator(str s, size_t *skip) {
    *skip = 0;
    if (s.n >= 5 && str_starts(s, S("sep=")) && (s.n == 5 || line_end(s.p[5]))) {
        *skip = 5;
        return s.p[4];
    }
    size_t seen[3] = { 0 }, lines = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n && lines < 30; i++) {
        char c = s.p[i];
        if (c == '"') quoted = !quoted;
        else if (!quoted && c == '\n') lines++;
        else if (!quoted) seen[0] += c == ',', seen[1] += c == '\t', seen[2] += c == ';';
    }
    if (seen[1] > 0 && seen[1] >= seen[0] && seen[1] >= seen[2]) return '\t';
    return seen[2] > seen[0] ? ';' : ',';
}

/* A field that begins with a quote and is closed; false, with nothing consumed, when it never is. */
static bool quoted_field(struct arena *a, struct csv *c, str *ret) {
    size_t from = c->at + 1, i = from, end = c->s.n - from > QUOTED_MAX ? from + QUOTED_MAX : c->s.n, doubled = 0;
    for (;; i++) {
        if (i >= end) return false;
        if (c->s.p[i] != '"') continue;
        if (i + 1 >= c->s.n || c->s.p[i + 1] != '"') break;
        doubled++;
        i++;
    }
    str inner = str_sub(c->s, from, i - from);
    c->at = i + 1;
    /* What stands between the closing quote and the separator belongs to the text: "a"b is ab. */
    size_t tail = c->at;
    while (c->at < c->s.n && c->s.p[c->at] != c->sep && !line_end(c->s.p[c->at])) c->at++;
    str rest = str_sub(c->s, tail, c->at - tail);
    if (doubled == 0) {
        *ret = rest.n == 0 ? inner : str_cat(a, inner, rest);
        return true;
    }
    char *p = arena_alloc(a, inner.n + rest.n);
    size_t n = 0;
    for (size_t k = 0; k < inner.n; k++) {
        p[n++] = inner.p[k];
        if (inner.p[k] == '"') k++;
    }
    if (rest.n > 0) memcpy(p + n, rest.p, rest.n);
    *ret = (str){ p, n + rest.n };
    return true;
}

static str field(struct arena *a, struct csv *c) {
    str s;
    if (c->at >= c->s.n || c->s.p[c->at] != '"' || !quoted_field(a, c, &s)) {
        size_t from = c->at;
        while (c->at < c->s.n && c->s.p[c->at] != c->sep && !line_end(c->s.p[c->at])) c->at++;
        s = str_sub(c->s, from, c->at - from);
    }
    /* ="0101" is how exports keep a table program from eating the zero. */
    if (s.n >= 3 && str_starts(s, S("=\"")) && str_ends(s, S("\""))) s = str_sub(s, 2, s.n - 3);
    else if (s.n >= 2 && s.p[0] == '\'' && sheet_risky(str_from(s, 1))) s = str_from(s, 1);
    return s;
}

/* One record into `cell`; returns how many cells up to the last with a value, -1 when a value stands too far right. */
static i64 record(struct arena *a, struct csv *c, struct sheet_cell *cell) {
    size_t col = 0, used = 0;
    for (;; col++) {
        str s = field(a, c);
        if (s.n > 0) {
            if (col >= SHEET_COLS_MAX) return -1;
            cell[col].kind = SHEET_TEXT;
            cell_text(&cell[col], s);
            used = col + 1;
        }
        if (c->at >= c->s.n || line_end(c->s.p[c->at])) break;
        c->at++;
    }
    skip_line_end(c);
    return (i64)used;
}

static const char too_wide[] = "表格太宽：第 200 列右边还有内容。请只留下需要的列再上传。";
static const char too_long[] = "表格太长：超过 10 万行。请分成几个文件上传。";

err csv_parse(struct arena *a, str file, struct sheet_book *ret) {
    str text, encoding;
    if (!decode(a, file, &text, &encoding))
        return refuse(ret, E_INPUT, "认不出这个文件的文字编码。请用表格软件打开它，另存为 xlsx 再上传。");
    if (memchr(text.p == NULL ? "" : text.p, '\0', text.n) != NULL)
        return refuse(ret, E_INPUT, "这不是表格文件。请上传 xlsx 或 CSV 文件。");
    struct csv c = { .s = text };
    c.sep = separator(text, &c.at);
    if (c.at > 0) skip_line_end(&c);
    VEC(struct sheet_row) rows = { 0 };
    i64 no = 0;
    size_t cells = 0;
    while (c.at < c.s.n) {
        struct sheet_cell cell[SHEET_COLS_MAX] = { 0 };
        i64 n = record(a, &c, cell);
        no++;
        if (n < 0) return refuse(ret, E_TOOBIG, too_wide);
        if (n == 0) continue;
        cells += (size_t)n;
        if (no > SHEET_ROWS_MAX || cells > SHEET_CELLS_MAX) return refuse(ret, E_TOOBIG, too_long);
        struct sheet_cell *keep = NEW_N(a, struct sheet_cell, (size_t)n);
        memcpy(keep, cell, (size_t)n * sizeof *cell);
        *VEC_ADD(a, &rows) = (struct sheet_row){ .no = no, .cell = keep, .n = (size_t)n };
    }
    if (rows.n == 0) return refuse(ret, E_INPUT, "这个文件是空的，里面没有表格内容。");
    struct sheet *s = NEW(a, struct sheet);
    *s = (struct sheet){ .row = rows.p, .n = rows.n };
    *ret = (struct sheet_book){ .sheet = s, .n = 1, .encoding = encoding };
    return OK;
}
