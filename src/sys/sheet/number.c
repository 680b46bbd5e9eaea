#include "sys/sheet/parse.h"

/* A number of a workbook is text in the file and stays text: digits and the place of the point are moved, nothing is
 * ever a double. Table programs keep 15 digits; what they write beyond is the noise of their binary form. */

#define DIGITS_KEPT 15
#define DIGITS_MOST 400
#define DAY_LAST 2958465 /* 9999-12-31 */

struct decimal {
    bool minus, whole; /* whole: written without point and exponent */
    char d[DIGITS_MOST + 1];
    size_t n;          /* digits, no zeros at either end */
    i64 point;         /* the value is 0.d1d2d3... * 10^point */
};

static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool decimal_read(str s, struct decimal *r) {
    size_t i = 0, seen = 0;
    *r = (struct decimal){ .whole = true };
    if (s.n == 0 || s.n > DIGITS_MOST) return false;
    if (s.p[i] == '-' || s.p[i] == '+') r->minus = s.p[i++] == '-';
    bool after = false;
    for (; i < s.n && (digit(s.p[i]) || (s.p[i] == '.' && !after)); i++) {
        if (s.p[i] == '.') {
            after = true;
            r->whole = false;
            continue;
        }
        seen++;
        if (r->n > 0 || s.p[i] != '0') {
            r->d[r->n++] = s.p[i];
            if (!after) r->point++;
        } else if (after) r->point--;
    }
    if (seen == 0) return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i64 e;
        if (!str_i64(str_from(s, i + 1), &e) || e < -400 || e > 400) return false;
        r->point += e;
        r->whole = false;
        i = s.n;
    }
    while (r->n > 0 && r->d[r->n - 1] == '0') r->n--;
    if (r->n == 0) r->point = 0, r->minus = false;
    return i == s.n;
}

/* Half up at 15 digits, as table programs show it. */
static void decimal_round(struct decimal *r) {
    if (r->n <= DIGITS_KEPT) return;
    bool up = r->d[DIGITS_KEPT] >= '5';
    r->n = DIGITS_KEPT;
    for (size_t i = r->n; up && i-- > 0;) {
        up = r->d[i] == '9';
        r->d[i] = up ? '0' : (char)(r->d[i] + 1);
    }
    if (up) r->d[0] = '1', r->point++; /* all nines: the rest are zeros */
    while (r->n > 1 && r->d[r->n - 1] == '0') r->n--;
}

static void decimal_put(buf *b, const struct decimal *r, i64 shift, int zeros) {
    i64 point = r->n == 0 ? 0 : r->point + shift;
    if (r->minus) buf_c(b, '-');
    for (i64 k = point < 1 ? 1 : point; k < zeros; k++) buf_c(b, '0');
    if (point <= 0) buf_c(b, '0');
    for (i64 i = 0; i < point; i++) buf_c(b, i < (i64)r->n ? r->d[i] : '0');
    if ((i64)r->n <= point) return;
    buf_c(b, '.');
    for (i64 i = point; i < 0; i++) buf_c(b, '0');
    buf_put(b, r->d + (point > 0 ? point : 0), r->n - (size_t)(point > 0 ? point : 0));
}

/* ---- dates ---- */

/* Days since the start of the calendar and seconds of the day; false when the number is no day. */
static bool serial_of(const struct decimal *r, i64 *days, i64 *seconds) {
    if (r->minus || r->point > 7) return false;
    i64 whole = 0, part = 0, scale = 1;
    for (i64 i = 0; i < r->point; i++) whole = whole * 10 + (i < (i64)r->n ? r->d[i] - '0' : 0);
    /* Twelve places are a ten-millionth of a second. */
    for (i64 i = r->point; i < r->point + 12; i++) {
        part = part * 10 + (i >= 0 && i < (i64)r->n ? r->d[i] - '0' : 0);
        scale *= 10;
    }
    *seconds = (part * 86400 + scale / 2) / scale;
    *days = whole;
    if (*seconds >= 86400) *seconds = 0, (*days)++;
    return *days <= DAY_LAST;
}

/* The calendar of 1900 counts a 29 February 1900 that never was, so that day 60 is none and the days before are one
 * nearer to the start. Day 0 is a time of day. */
static bool date_put(buf *b, const struct decimal *r, bool from_1904) {
    i64 days, seconds;
    if (!serial_of(r, &days, &seconds)) return false;
    bool time_only = days == 0 && seconds > 0;
    if (time_only) {
    } else if (!from_1904 && days == 0) buf_lit(b, "1900-01-00");
    else if (!from_1904 && days == 60) buf_lit(b, "1900-02-29");
    else {
        i64 start = from_1904   ? day_from(1904, 1, 1).n
                    : days < 60 ? day_from(1899, 12, 31).n
                                : day_from(1899, 12, 30).n;
        day_put(b, (day){ start + days });
    }
    if (seconds > 0 || time_only)
        buf_fmt(b, "%s%02d:%02d:%02d", time_only ? "" : " ", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                (int)(seconds % 60));
    return true;
}

/* ---- formats ---- */

struct number_format format_builtin(i64 id) {
    /* 27-36 and 50-58 are the dates of the Chinese edition: yyyy"年"m"月"d"日" and its kin. */
    bool date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    return (struct number_format){ .show = date ? SHOW_DATE : id == 9 || id == 10 ? SHOW_PERCENT : SHOW_PLAIN };
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* [h], [mm], [ss]: time that runs past a day; other brackets are colours, conditions and languages. */
static bool elapsed(str inner) {
    for (size_t i = 0; i < inner.n; i++)
        if (lower(inner.p[i]) != lower(inner.p[0])) return false;
    return inner.n > 0 && (lower(inner.p[0]) == 'h' || lower(inner.p[0]) == 'm' || lower(inner.p[0]) == 's');
}

struct number_format format_code(str code) {
    struct number_format f = { SHOW_PLAIN, 0 };
    size_t zeros = 0, other = 0;
    bool general = false;
    for (size_t i = 0; i < code.n && code.p[i] != ';'; i++) {
        char c = lower(code.p[i]);
        str rest = str_from(code, i);
        if (c == '"') {
            i64 end = str_find(str_from(code, i + 1), '"');
            if (end < 0) break;
            i += (size_t)end + 1;
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == '[') {
            i64 end = str_find(rest, ']');
            if (end < 0) break;
            if (elapsed(str_sub(rest, 1, (size_t)end - 1))) f.show = SHOW_DATE;
            i += (size_t)end;
        } else if (rest.n >= 7 && lower(rest.p[1]) == 'e' && c == 'g' && lower(rest.p[2]) == 'n') {
            general = true; /* General */
            i += 6;
        } else if (c == 'e' && rest.n > 1 && (rest.p[1] == '+' || rest.p[1] == '-')) {
            i++;
            other++;
        } else if (c == 'g' && rest.n > 1 && rest.p[1] == '/') {
            general = true; /* G/通用格式 */
            i++;
        } else if (c == 'y' || c == 'm' || c == 'd' || c == 'h' || c == 's' || c == 'e' || c == 'g') {
            f.show = SHOW_DATE;
        } else if (c == '%' && f.show == SHOW_PLAIN) {
            f.show = SHOW_PERCENT;
        } else if (c == '0') zeros++;
        else other++;
    }
    if (f.show == SHOW_PLAIN && zeros > 1 && other == 0 && !general) f.zeros = zeros > 30 ? 30 : (int)zeros;
    return f;
}

void number_cell(struct arena *a, str raw, struct number_format f, bool from_1904, struct sheet_cell *ret) {
    struct decimal r;
    raw = str_trim(raw);
    if (!decimal_read(raw, &r) || r.point > 30 || r.point < -30) {
        ret->kind = SHEET_TEXT;
        cell_text(ret, raw);
        return;
    }
    if (r.point > DIGITS_KEPT) ret->flags |= SHEET_LONG;
    /* A whole number written out was put there by a program that kept all its digits. */
    if (!r.whole) decimal_round(&r);
    buf b = buf_new(1024);
    ret->kind = SHEET_NUMBER;
    if (f.show == SHOW_DATE && date_put(&b, &r, from_1904)) {
        ret->kind = SHEET_DATE;
    } else if (f.show == SHOW_PERCENT) {
        decimal_put(&b, &r, 2, 0);
        buf_c(&b, '%');
    } else decimal_put(&b, &r, 0, (i64)r.n <= r.point ? f.zeros : 0);
    /* Most numbers are stored as they are shown and need no second copy. */
    bool same = str_eq(buf_str(&b), raw);
    ret->text = same ? raw : str_dup(a, buf_str(&b));
    ret->raw = same ? S("") : raw;
    buf_free(&b);
}
