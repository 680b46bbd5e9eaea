#include "base/base.h"

#define SHANGHAI_HOURS 8

static i64 floor_div(i64 a, i64 b) { return a / b - (a % b < 0); }

/* Hours first, so that no instant overflows. */
day day_of(instant t) { return (day){ floor_div(floor_div(t.us, HOUR_US) + SHANGHAI_HOURS, 24) }; }

instant day_start(day d) { return (instant){ d.n * DAY_US - SHANGHAI_HOURS * HOUR_US }; }

instant day_end(day d) { return day_start((day){ d.n + 1 }); }

/* Years run from March, so that the leap day is the last of its year; eras have 400 years = 146097 days. */
struct ymd day_ymd(day d) {
    i64 z = d.n + 719468;             /* days since 0000-03-01 */
    i64 era = floor_div(z, 146097);
    i64 doe = z - era * 146097;
    i64 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    i64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    i64 mp = (5 * doy + 2) / 153;
    i64 m = mp < 10 ? mp + 3 : mp - 9;
    i64 y = yoe + era * 400 + (m <= 2);
    return (struct ymd){ (int)y, (int)m, (int)(doy - (153 * mp + 2) / 5 + 1) };
}

day day_from(int y, int m, int d) {
    i64 year = (i64)y - (m <= 2);
    i64 era = floor_div(year, 400);
    i64 yoe = year - era * 400;
    i64 doy = (153 * (i64)(m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    i64 doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (day){ era * 146097 + doe - 719468 };
}

static int month_days(int y, int m) {
    static const u8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    return days[m - 1] + (m == 2 && leap);
}

bool day_exists(int y, int m, int d) {
    return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= month_days(y, m);
}

/* 1970-01-01 was a Thursday. */
int day_weekday(day d) { return (int)(d.n + 3 - floor_div(d.n + 3, 7) * 7) + 1; }

day day_add_months(day d, int months) {
    struct ymd c = day_ymd(d);
    i64 count = (i64)c.y * 12 + (c.m - 1) + months;
    int y = (int)floor_div(count, 12), m = (int)(count - (i64)y * 12) + 1;
    int last = month_days(y, m);
    return day_from(y, m, c.d < last ? c.d : last);
}

i64 day_month(day d) {
    struct ymd c = day_ymd(d);
    return (i64)c.y * 100 + c.m;
}

i64 month_next(i64 yyyymm, int step) {
    i64 count = yyyymm / 100 * 12 + yyyymm % 100 - 1 + step;
    i64 y = floor_div(count, 12);
    return y * 100 + (count - y * 12) + 1;
}

day month_first(i64 yyyymm) { return day_from((int)(yyyymm / 100), (int)(yyyymm % 100), 1); }

day month_last(i64 yyyymm) { return (day){ month_first(month_next(yyyymm, 1)).n - 1 }; }

/* Exactly n digits at *at; moves behind them. */
static bool digits(str s, size_t *at, size_t n, int *ret) {
    if (s.n < *at || s.n - *at < n) return false;
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s.p[*at + i];
        if (c < '0' || c > '9') return false;
        v = v * 10 + (c - '0');
    }
    *at += n;
    *ret = v;
    return true;
}

static bool is(str s, size_t *at, char x, char y) {
    if (*at >= s.n || (s.p[*at] != x && s.p[*at] != y)) return false;
    ++*at;
    return true;
}

static bool date(str s, size_t *at, day *ret) {
    int y, m, d;
    if (!digits(s, at, 4, &y) || !is(s, at, '-', '-') || !digits(s, at, 2, &m)) return false;
    if (!is(s, at, '-', '-') || !digits(s, at, 2, &d) || !day_exists(y, m, d)) return false;
    *ret = day_from(y, m, d);
    return true;
}

bool day_parse(str s, day *ret) {
    size_t at = 0;
    day d;
    if (!date(s, &at, &d) || at != s.n) return false;
    *ret = d;
    return true;
}

static char *two(char *to, int v) {
    *to++ = (char)('0' + v / 10 % 10);
    *to++ = (char)('0' + v % 10);
    return to;
}

/* Dates stand in every record: written by hand in a tenth of the time of a format. */
void day_put(buf *b, day d) {
    struct ymd c = day_ymd(d);
    char text[10], *p = two(two(text, c.y / 100), c.y);
    if (c.y < 0 || c.y > 9999) {
        buf_fmt(b, "%04d-%02d-%02d", c.y, c.m, c.d);
        return;
    }
    *p++ = '-';
    p = two(p, c.m);
    *p++ = '-';
    two(p, c.d);
    buf_put(b, text, sizeof text);
}

void day_show(buf *b, day d) {
    struct ymd c = day_ymd(d);
    buf_fmt(b, "%d年%d月%d日", c.y, c.m, c.d);
}

struct hms instant_clock(instant t) {
    i64 seconds = floor_div(t.us, SECOND_US) + SHANGHAI_HOURS * 3600;
    int rest = (int)(seconds - floor_div(seconds, 86400) * 86400);
    return (struct hms){ rest / 3600, rest / 60 % 60, rest % 60 };
}

void instant_put(buf *b, instant t) {
    struct hms c = instant_clock(t);
    char text[] = "T00:00:00+08:00";
    day_put(b, day_of(t));
    two(text + 1, c.h);
    two(text + 4, c.m);
    two(text + 7, c.s);
    buf_put(b, text, sizeof text - 1);
}

void instant_show(buf *b, instant t) {
    struct ymd c = day_ymd(day_of(t));
    struct hms h = instant_clock(t);
    buf_fmt(b, "%d月%d日 %02d:%02d", c.m, c.d, h.h, h.m);
}

/* Digits past the microsecond are cut off. */
static bool fraction(str s, size_t *at, i64 *ret) {
    i64 us = 0, unit = SECOND_US / 10;
    size_t from = *at;
    for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at) {
        us += (s.p[*at] - '0') * unit;
        unit /= 10;
    }
    *ret = us;
    return *at > from;
}

/* Minutes east of Greenwich. */
static bool offset(str s, size_t *at, i64 *ret) {
    *ret = 0;
    if (is(s, at, 'Z', 'z')) return true;
    bool west = *at < s.n && s.p[*at] == '-';
    int h, m;
    if (!is(s, at, '+', '-') || !digits(s, at, 2, &h)) return false;
    if (!is(s, at, ':', ':') || !digits(s, at, 2, &m)) return false;
    if (h > 23 || m > 59) return false;
    *ret = (west ? -1 : 1) * (i64)(h * 60 + m);
    return true;
}

bool instant_parse(str s, instant *ret) {
    size_t at = 0;
    day d;
    int h, m, sec;
    i64 us = 0, east;
    if (!date(s, &at, &d) || !is(s, &at, 'T', 't') || !digits(s, &at, 2, &h)) return false;
    if (!is(s, &at, ':', ':') || !digits(s, &at, 2, &m)) return false;
    if (!is(s, &at, ':', ':') || !digits(s, &at, 2, &sec)) return false;
    if (h > 23 || m > 59 || sec > 59) return false;
    if (is(s, &at, '.', '.') && !fraction(s, &at, &us)) return false;
    if (!offset(s, &at, &east) || at != s.n) return false;
    instant t = { d.n * DAY_US + h * HOUR_US + (m - east) * MINUTE_US + sec * SECOND_US + us };
    int y = day_ymd(day_of(t)).y;
    if (y < 1 || y > 9999) return false;   /* in Shanghai it is another year, which no date can name */
    *ret = t;
    return true;
}
