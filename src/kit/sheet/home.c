#include "kit/sheet/read.h"

/* 一 .. 九十九; false when the text is not such a number as a whole. */
static bool chinese_number(str s, i64 *ret) {
    static const str digits[] = { S_INIT("〇"), S_INIT("一"), S_INIT("二"), S_INIT("三"), S_INIT("四"), S_INIT("五"),
                                  S_INIT("六"), S_INIT("七"), S_INIT("八"), S_INIT("九") };
    i64 v = 0, one = -1;
    bool ten = false;
    for (size_t at = 0; at < s.n; at += 3) {
        str c = str_sub(s, at, 3);
        if (str_eq(c, S("十"))) {
            if (ten) return false;
            ten = true;
            v = (one < 0 ? 1 : one) * 10;
            one = -1;
            continue;
        }
        i64 d = -1;
        for (i64 i = 0; i < (i64)COUNT(digits); i++)
            if (str_eq(c, digits[i])) d = i;
        if (d < 0 || one >= 0) return false;
        one = d;
    }
    if (one < 0 && !ten) return false;
    *ret = v + (one < 0 ? 0 : one);
    return true;
}

static const str building_ends[] = { S_INIT("号楼"), S_INIT("號樓"), S_INIT("#楼"), S_INIT("号栋"), S_INIT("号幢"),
                                     S_INIT("栋楼"), S_INIT("栋"), S_INIT("幢"), S_INIT("座"), S_INIT("楼"),
                                     S_INIT("#"), S_INIT("号") };
static const str entrance_ends[] = { S_INIT("单元"), S_INIT("單元"), S_INIT("号门"), S_INIT("门"), S_INIT("#"),
                                     S_INIT("号") };
static const str floor_ends[] = { S_INIT("层"), S_INIT("層"), S_INIT("楼"), S_INIT("F"), S_INIT("f") };
static const str room_ends[] = { S_INIT("号房"), S_INIT("室"), S_INIT("号"), S_INIT("户"), S_INIT("房") };

static str without(str s, const str *ends, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s.n > ends[i].n && str_ends(s, ends[i])) return (str){ s.p, s.n - ends[i].n };
    return s;
}

static str upper(struct arena *a, str s) {
    char *p = str_c(a, s);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 32);
    return (str){ p, s.n };
}

str part_key(struct arena *a, enum register_field f, str shown) {
    str s = tight(a, shown);
    switch ((int)f) {
    case RF_BUILDING: s = without(s, building_ends, COUNT(building_ends)); break;
    case RF_ENTRANCE:
        if (str_starts(s, S("第"))) s = str_from(s, 3);
        s = without(s, entrance_ends, COUNT(entrance_ends));
        break;
    case RF_FLOOR:
        if (str_starts(s, S("第"))) s = str_from(s, 3);
        s = without(s, floor_ends, COUNT(floor_ends));
        break;
    default: s = without(s, room_ends, COUNT(room_ends));
    }
    /* 501.0 is what some programs make of 501. */
    if (s.n > 2 && str_ends(s, S(".0")) && str_digits((str){ s.p, s.n - 2 })) s.n -= 2;
    i64 number;
    if (chinese_number(s, &number)) return str_fmt(a, "%lld", (long long)number);
    while (s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9') s = str_from(s, 1);
    return upper(a, s);
}

/* ---- one column for the whole address ---- */

static bool alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* The start of the number that ends at `end`: letters and digits, or Chinese numerals, with 甲乙丙东西南北 before. */
static size_t number_start(str s, size_t end) {
    size_t at = end;
    while (at > 0 && alnum(s.p[at - 1])) at--;
    if (at == end) {
        i64 n;
        while (at >= 3 && chinese_number(str_sub(s, at - 3, end - at + 3), &n)) at -= 3;
    }
    static const str before[] = { S_INIT("甲"), S_INIT("乙"), S_INIT("丙"), S_INIT("丁"), S_INIT("东"),
                                  S_INIT("西"), S_INIT("南"), S_INIT("北"), S_INIT("增") };
    for (size_t i = 0; at >= 3 && i < COUNT(before); i++)
        if (str_eq(str_sub(s, at - 3, 3), before[i])) return at - 3;
    return at;
}

/* Finds the last place of `mark` in s that has a number before it; false if there is none. */
static bool find_mark(str s, str mark, size_t *from, size_t *to) {
    for (size_t i = s.n; i-- > 0;) {
        if (!str_starts(str_from(s, i), mark)) continue;
        size_t start = number_start(s, i);
        if (start == i) continue;
        *from = start;
        *to = i + mark.n;
        return true;
    }
    return false;
}

static void part(struct arena *a, enum register_field f, str shown, struct register_part *ret) {
    ret->shown = shown;
    ret->key = part_key(a, f, shown);
}

/* Takes "2单元" off the head of *rest. */
static bool head_mark(struct arena *a, str *rest, const str *marks, size_t n, enum register_field f,
                      struct register_part *ret) {
    for (size_t m = 0; m < n; m++)
        for (size_t i = 1; i + marks[m].n <= rest->n && i <= 12; i++) {
            if (!str_starts(str_from(*rest, i), marks[m]) || number_start(*rest, i) != 0) continue;
            part(a, f, str_sub(*rest, 0, i + marks[m].n), ret);
            *rest = str_from(*rest, i + marks[m].n);
            if (str_starts(*rest, S("-"))) *rest = str_from(*rest, 1);
            return true;
        }
    return false;
}

/* 3-2-501, 3-501, 3-2-5-501; `n` pieces between dashes. */
static bool by_dashes(struct arena *a, str s, struct register_row *row) {
    str p[4];
    size_t n = 0;
    for (str rest = s, piece; str_cut(&rest, '-', &piece);) {
        if (n == COUNT(p) || piece.n == 0) return false;
        for (size_t i = 0; i < piece.n; i++)
            if (!alnum(piece.p[i])) return false;
        p[n++] = piece;
    }
    if (n < 2) return false;
    part(a, RF_BUILDING, p[0], &row->building);
    if (n > 2) part(a, RF_ENTRANCE, p[1], &row->entrance);
    if (n > 3) part(a, RF_FLOOR, p[2], &row->floor);
    part(a, RF_ROOM, p[n - 1], &row->room);
    return true;
}

bool address_read(struct arena *a, str text, str *prefix, struct register_row *row) {
    static const str marks[] = { S_INIT("号楼"), S_INIT("號樓"), S_INIT("#楼"), S_INIT("栋"), S_INIT("幢"),
                                 S_INIT("座"), S_INIT("#"), S_INIT("楼") };
    static const str units[] = { S_INIT("单元"), S_INIT("單元"), S_INIT("号门"), S_INIT("门") };
    static const str floors[] = { S_INIT("层"), S_INIT("層"), S_INIT("楼") };
    str s = tight(a, text);
    *prefix = S("");
    if (by_dashes(a, without(s, room_ends, COUNT(room_ends)), row)) return true;
    size_t from = 0, to = 0;
    bool found = false;
    for (size_t i = 0; i < COUNT(marks) && !found; i++) {
        str scope = s;
        /* A storey 5楼 behind the entrance is no building. */
        if (i == COUNT(marks) - 1)
            for (size_t k = 0; k + 6 <= s.n; k++)
                if (str_starts(str_from(s, k), S("单元"))) scope = str_sub(s, 0, k);
        found = find_mark(scope, marks[i], &from, &to);
    }
    if (!found) return false;
    *prefix = str_sub(s, 0, from);
    part(a, RF_BUILDING, str_sub(s, from, to - from), &row->building);
    str rest = str_from(s, to);
    if (str_starts(rest, S("-"))) rest = str_from(rest, 1);
    bool unit = head_mark(a, &rest, units, COUNT(units), RF_ENTRANCE, &row->entrance);
    head_mark(a, &rest, floors, COUNT(floors), RF_FLOOR, &row->floor);
    /* 3#2-501 */
    i64 dash = str_find(rest, '-');
    if (!unit && dash > 0 && (size_t)dash + 1 < rest.n && str_digits(str_sub(rest, 0, (size_t)dash))) {
        part(a, RF_ENTRANCE, str_sub(rest, 0, (size_t)dash), &row->entrance);
        rest = str_from(rest, (size_t)dash + 1);
    }
    if (rest.n == 0) return false;
    part(a, RF_ROOM, rest, &row->room);
    return true;
}
