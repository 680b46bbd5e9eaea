#include "kit/sheet/read.h"

#define QUOTED_CP 40
/* What was found, as it stands in a message: not too long. */
#define FOUND(s) STR(utf8_head((s), QUOTED_CP))

/* ---- area ---- */

#define AREA_LARGE 200000   /* 2,000 m2: larger homes exist, but are rare enough to look twice */
#define AREA_SMALL 300      /* 3 m2: a locker */
#define AREA_MOST 100000000 /* 1,000,000 m2: a building complex, not a home */

static str without_unit(str s) {
    static const str units[] = { S_INIT("平方米"), S_INIT("平方"), S_INIT("平米"), S_INIT("平"), S_INIT("㎡"),
                                 S_INIT("m2"), S_INIT("M2"), S_INIT("m²"), S_INIT("M²"), S_INIT("m^2"), S_INIT("m") };
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_ends(s, units[i])) return (str){ s.p, s.n - units[i].n };
    return s;
}

/* More than two places: cut zeros at the end, so that 89.050 is what it says. */
static str without_zeros(str s) {
    i64 dot = str_find(s, '.');
    if (dot < 0) return s;
    while (s.n > (size_t)dot + 3 && s.p[s.n - 1] == '0') s.n--;
    return s;
}

static bool too_precise(str s) {
    i64 dot = str_find(s, '.');
    return dot >= 0 && s.n > (size_t)dot + 3 && str_digits(str_from(s, (size_t)dot + 1)) &&
           (dot == 0 || str_digits(str_sub(s, 0, (size_t)dot)));
}

bool area_read(const struct at *at, const struct sheet_cell *c, sqm *ret) {
    str s = without_zeros(without_unit(tight(at->a, c->text)));
    if (nothing(s)) {
        wrong(at, "area.missing", "没有写建筑面积。请按房产证填写，如 89.05。");
        return false;
    }
    if (c->kind == SHEET_DATE) {
        wrong(at, "area.date", "建筑面积这一格被表格软件变成了日期“%.*s”。请把格式改为“常规”，重新填写面积。", FOUND(c->text));
        return false;
    }
    if (!sqm_parse(s, ret)) {
        if (too_precise(s))
            wrong(at, "area.places", "建筑面积“%.*s”超过两位小数。请按房产证写到两位小数。", FOUND(s));
        else
            wrong(at, "area.form", "建筑面积“%.*s”不是一个数。请只写数字，如 89.05。", FOUND(c->text));
        return false;
    }
    if (ret->dm2 <= 0) {
        wrong(at, "area.zero", "建筑面积是“%.*s”，应当大于 0。请按房产证填写。", FOUND(c->text));
        return false;
    }
    if (ret->dm2 > AREA_MOST) {
        wrong(at, "area.huge", "建筑面积“%.*s”太大，不像一户。请检查小数点。", FOUND(c->text));
        return false;
    }
    if (ret->dm2 > AREA_LARGE)
        doubt(at, "area.large", "建筑面积“%.*s”超过 2000 平方米，请再核对一次。", FOUND(c->text));
    if (ret->dm2 < AREA_SMALL)
        doubt(at, "area.small", "建筑面积“%.*s”不到 3 平方米，请再核对一次。", FOUND(c->text));
    return true;
}

/* ---- dates ---- */

/* 二〇一五年六月 to digits; other characters stay. */
static str digits_of(struct arena *a, str s) {
    static const struct { str c; char d; } map[] = {
        { S_INIT("〇"), '0' }, { S_INIT("○"), '0' }, { S_INIT("零"), '0' }, { S_INIT("一"), '1' }, { S_INIT("二"), '2' },
        { S_INIT("三"), '3' }, { S_INIT("四"), '4' }, { S_INIT("五"), '5' }, { S_INIT("六"), '6' }, { S_INIT("七"), '7' },
        { S_INIT("八"), '8' }, { S_INIT("九"), '9' },
    };
    buf out = buf_in(a, s.n + 16);
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        utf8_next(s, &at);
        str c = str_sub(s, from, at - from);
        char d = 0;
        for (size_t i = 0; i < COUNT(map); i++)
            if (str_eq(c, map[i].c)) d = map[i].d;
        if (str_eq(c, S("十"))) {
            /* 十 alone, 十二, 二十, 二十一: the neighbours decide what digits it stands for. */
            bool before = out.n > 0 && out.p[out.n - 1] >= '0' && out.p[out.n - 1] <= '9';
            size_t next = at;
            u32 after = at < s.n ? utf8_next(s, &next) : 0;
            bool more = after == 0x4E00 || after == 0x4E8C || (after >= 0x4E03 && after <= 0x4E5D) || after == 0x56DB ||
                        after == 0x516D || after == 0x516B;
            if (!before) buf_c(&out, '1');
            if (!more) buf_c(&out, '0');
        } else if (d != 0) buf_c(&out, d);
        else buf_s(&out, c);
    }
    return buf_str(&out);
}

struct three { i64 v[3]; size_t len[3], n; };

/* Up to three numbers with anything of -/.年月日 between; false when something else is there. */
static bool three_numbers(str s, struct three *ret) {
    *ret = (struct three){ 0 };
    bool in = false;
    for (size_t at = 0; at < s.n;) {
        u32 c = utf8_next(s, &at);
        if (c >= '0' && c <= '9') {
            if (!in && ret->n == 3) return false;
            if (!in) ret->n++;
            in = true;
            if (++ret->len[ret->n - 1] > 8) return false;
            ret->v[ret->n - 1] = ret->v[ret->n - 1] * 10 + (i64)c - '0';
        } else if (c == '-' || c == '/' || c == '.' || c == 0x3001 || c == '\\' || c == 0x5E74 || c == 0x6708 ||
                   c == 0x65E5 || c == 0x53F7) {
            in = false;
        } else return false;
    }
    return ret->n > 0;
}

static bool date_ok(const struct at *at, str found, i64 y, i64 m, i64 d, day *ret) {
    if (!day_exists((int)y, (int)m, (int)d)) {
        wrong(at, "date.none", "“%.*s”这一天不存在。请核对日期。", FOUND(found));
        return false;
    }
    *ret = day_from((int)y, (int)m, (int)d);
    if (ret->n > at->today.n + 3 * 366) {
        wrong(at, "date.future", "日期“%.*s”在三年以后，不像是真的。请核对年份。", FOUND(found));
        return false;
    }
    if (ret->n > at->today.n) doubt(at, "date.future", "日期“%.*s”还没有到，请再核对一次。", FOUND(found));
    if (y < 1949) {
        wrong(at, "date.old", "日期“%.*s”太早，不像是真的。请核对年份。", FOUND(found));
        return false;
    }
    return true;
}

/* A serial number of days that lost its format; 20000 is 1954, 60000 is 2064. */
static bool serial_read(const struct at *at, str s, day *ret) {
    i64 n;
    if (s.n != 5 || !str_digits(s) || !str_i64(s, &n) || n < 20000 || n > 60000) return false;
    *ret = (day){ day_from(1899, 12, 30).n + n };
    struct ymd d = day_ymd(*ret);
    if (!date_ok(at, s, d.y, d.m, d.d, ret)) return true;
    doubt(at, "date.serial", "“%.*s”是表格软件的日期序号，按 %d年%d月%d日 收下，请再核对一次。", FOUND(s), d.y, d.m, d.d);
    return true;
}

bool date_read(const struct at *at, const struct sheet_cell *c, day *ret) {
    str found = str_trim(c->text), s = found;
    size_t before = at->faults->n;
    if (c->kind == SHEET_DATE && s.n == 8 && s.p[2] == ':') {
        wrong(at, "date.time", "“%.*s”是时刻，不是日期。请写成 2015-06-01 这样。", FOUND(found));
        return false;
    }
    /* The time of day behind a date says nothing about a home. */
    i64 blank = str_find(s, ' ');
    if (blank >= 8 && str_find(s, ':') > blank) s = str_sub(s, 0, (size_t)blank);
    s = digits_of(at->a, tight(at->a, s));
    if (c->kind != SHEET_DATE && serial_read(at, s, ret)) {
        for (size_t i = before; i < at->faults->n; i++)
            if (!at->faults->p[i].warn) return false;
        return true;
    }
    struct three t;
    if (!three_numbers(s, &t)) {
        wrong(at, "date.form", "日期“%.*s”看不懂。请写成 2015-06-01 或 2015年6月1日。", FOUND(found));
        return false;
    }
    if (t.n == 1 && t.len[0] == 8) {
        t = (struct three){ .v = { t.v[0] / 10000, t.v[0] / 100 % 100, t.v[0] % 100 }, .len = { 4, 2, 2 }, .n = 3 };
    }
    if (t.len[0] != 4 && t.n == 3) {
        wrong(at, "date.year", "日期“%.*s”的年份不是四位，分不清是哪一天。请写成 2015-06-01 这样。", FOUND(found));
        return false;
    }
    if (t.n != 3 || t.len[1] > 2 || t.len[2] > 2) {
        wrong(at, "date.part", "日期“%.*s”没有写全年、月、日。请写成 2015-06-01 这样。", FOUND(found));
        return false;
    }
    return date_ok(at, found, t.v[0], t.v[1], t.v[2], ret);
}

/* ---- use ---- */

enum register_use use_of(str text) {
    static const struct { str word; enum register_use use; } words[] = {
        { S_INIT("车位"), USE_PARKING }, { S_INIT("车库"), USE_PARKING }, { S_INIT("停车"), USE_PARKING },
        { S_INIT("储藏"), USE_STORAGE }, { S_INIT("仓储"), USE_STORAGE }, { S_INIT("库房"), USE_STORAGE },
        { S_INIT("非住宅"), USE_OTHER }, { S_INIT("商住"), USE_HOME }, { S_INIT("住"), USE_HOME },
        { S_INIT("公寓"), USE_HOME }, { S_INIT("别墅"), USE_HOME }, { S_INIT("回迁"), USE_HOME },
        { S_INIT("商"), USE_SHOP }, { S_INIT("底商"), USE_SHOP }, { S_INIT("店"), USE_SHOP },
        { S_INIT("门面"), USE_SHOP }, { S_INIT("营业"), USE_SHOP }, { S_INIT("写字"), USE_OFFICE },
        { S_INIT("办公"), USE_OFFICE }, { S_INIT("配套"), USE_OTHER }, { S_INIT("设备"), USE_OTHER },
        { S_INIT("物业用房"), USE_OTHER }, { S_INIT("其他"), USE_OTHER }, { S_INIT("其它"), USE_OTHER },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_has(text, words[i].word)) return words[i].use;
    return USE_UNKNOWN;
}

/* ---- telephone ---- */

static bool mobile(str s) { return s.n == 11 && s.p[0] == '1' && s.p[1] >= '3' && s.p[1] <= '9'; }

/* Digits of a landline with area code: 01062345678 -> 010-62345678. */
static bool landline(struct arena *a, str s, str *ret) {
    if (s.n < 10 || s.p[0] != '0') return false;
    bool three = s.p[1] == '2' || (s.p[1] == '1' && s.p[2] == '0');
    if (!three && s.p[1] < '3') return false;
    size_t code = three ? 3 : 4, local = s.n - code;
    if (three ? local != 8 : local != 7 && local != 8) return false;
    if (s.p[code] < '2') return false;
    *ret = str_fmt(a, "%.*s-%.*s", (int)code, s.p, STR(str_from(s, code)));
    return true;
}

static void phone_read(const struct at *at, str piece, struct register_row *row) {
    str tel = tight(at->a, piece), digits, out;
    if (nothing(tel)) return;
    if (scientific(tel)) {
        wrong(at, "phone.scientific", "电话被表格软件改成了科学计数“%.*s”，后几位已经丢失。请把这一列设为文本，重新填写。", FOUND(tel));
        return;
    }
    if (str_starts(tel, S("+86"))) tel = str_from(tel, 3);
    else if (str_starts(tel, S("86-")) || (tel.n == 13 && str_starts(tel, S("861")))) tel = str_from(tel, 2);
    if (str_starts(tel, S("-"))) tel = str_from(tel, 1);
    /* 转 and what follows is an extension, kept as written. */
    str ext = S("");
    for (size_t i = 0; i + 3 <= tel.n; i++)
        if (str_starts(str_from(tel, i), S("转"))) {
            ext = str_from(tel, i + 3);
            tel.n = i;
        }
    char *p = arena_alloc(at->a, tel.n + 1);
    size_t n = 0, other = 0;
    for (size_t i = 0; i < tel.n; i++) {
        if (tel.p[i] >= '0' && tel.p[i] <= '9') p[n++] = tel.p[i];
        else if (tel.p[i] != '-' && tel.p[i] != '(' && tel.p[i] != ')' && tel.p[i] != '.') other++;
    }
    digits = (str){ p, n };
    str hidden = masked(at->a, piece);
    if (other > 0) {
        if (str_find(tel, '*') >= 0)
            wrong(at, "phone.masked", "电话“%.*s”中间打了星号，看不到全号。请填完整号码。", FOUND(piece));
        else
            wrong(at, "phone.form", "电话“%.*s”里有不是数字的内容。请只写号码，多个号码用顿号分开。", FOUND(hidden));
        return;
    }
    if (mobile(digits) && ext.n == 0) out = digits;
    else if (landline(at->a, digits, &out)) {
    } else if (digits.n == 8 && digits.p[0] >= '2') out = digits;
    else if (digits.n == 10 && (str_starts(digits, S("400")) || str_starts(digits, S("800")))) out = digits;
    else if (digits.n >= 9 && landline(at->a, str_cat(at->a, S("0"), digits), &out)) {
        doubt(at, "phone.zero", "电话“%.*s”少了开头的 0，按 %.*s 收下，请再核对一次。", FOUND(hidden), 4, out.p);
    } else {
        if (digits.n > 0 && digits.p[0] == '1' && digits.n != 11)
            wrong(at, "phone.length", "电话“%.*s”是 %zu 位，手机号应当是 11 位。请核对。", FOUND(hidden), digits.n);
        else
            wrong(at, "phone.number", "电话“%.*s”不像手机号，也不像座机号。请核对。", FOUND(hidden));
        return;
    }
    if (ext.n > 0) out = str_fmt(at->a, "%.*s-%.*s", STR(out), STR(ext));
    for (size_t i = 0; i < row->phones.n; i++)
        if (str_eq(row->phones.p[i], out)) return;
    *VEC_ADD(at->a, &row->phones) = out;
}

void phones_read(const struct at *at, const struct sheet_cell *c, struct register_row *row) {
    if (c->kind == SHEET_NUMBER && (c->flags & SHEET_LONG)) {
        wrong(at, "phone.long", "这一格是一个 15 位以上的数，不是电话。请只写号码，多个号码用顿号分开。");
        return;
    }
    struct pieces p = split_numbers(at->a, c->text, 7);
    for (size_t i = 0; i < p.n; i++) phone_read(at, p.p[i], row);
}

/* ---- shares ---- */

bool share_read(struct arena *a, str text, i64 *share, i64 *of) {
    str s = tight(a, text), top, low;
    i64 slash = str_find(s, '/');
    if (slash > 0) {
        top = str_sub(s, 0, (size_t)slash);
        low = str_from(s, (size_t)slash + 1);
        return top.n <= 9 && low.n <= 9 && str_digits(top) && str_digits(low) && str_i64(top, share) &&
               str_i64(low, of) && *share > 0 && *share <= *of;
    }
    bool percent = str_ends(s, S("%"));
    if (percent) s.n--;
    i64 dot = str_find(s, '.');
    str whole = dot < 0 ? s : str_sub(s, 0, (size_t)dot), rest = dot < 0 ? S("") : str_from(s, (size_t)dot + 1);
    if (whole.n > 3 || rest.n > 6 || !str_digits(whole) || (dot >= 0 && !str_digits(rest))) return false;
    if (!percent && dot < 0 && !str_eq(s, S("1"))) return false;
    i64 v, scale = percent ? 100 : 1;
    if (!str_i64(whole, &v)) return false;
    for (size_t i = 0; i < rest.n; i++) v = v * 10 + rest.p[i] - '0', scale *= 10;
    *share = v;
    *of = scale;
    return v > 0 && v <= scale;
}
