#include "sys/crypt/idcheck.h"

/* Full-width to ASCII, letters to upper case, blanks out, and with `hyphens` hyphens and dashes too. */
static str squeeze(struct arena *a, str s, bool hyphens) {
    str half = utf8_half(a, s);
    buf out = buf_in(a, half.n);
    for (size_t i = 0; i < half.n;) {
        size_t from = i;
        u32 cp = utf8_next(half, &i);
        bool blank = cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x3000 || cp == 0xFEFF ||
                     (cp >= 0x2000 && cp <= 0x200F) || cp == 0x202F || cp == 0x2060;
        bool hyphen = cp == '-' || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212;
        if (blank || (hyphens && hyphen)) continue;
        if (cp >= 'a' && cp <= 'z') buf_c(&out, (char)(cp - 'a' + 'A'));
        else buf_put(&out, half.p + from, i - from);
    }
    return buf_str(&out);
}

static int number(str s, size_t from, size_t n) {
    int v = 0;
    for (size_t i = from; i < from + n; i++) v = v * 10 + (s.p[i] - '0');
    return v;
}

/* ---- identity card ------------------------------------------------------------------------------------- */

str idcard_tidy(struct arena *a, str s) { return squeeze(a, s, false); }

/* The first two digits: provinces, 81-83 for residents from Hong Kong, Macao and Taiwan, 91-98 for the
 * permanent residence card of foreigners (9, then the province group). */
static bool issuer_known(int code) {
    static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 "
                                "54 61 62 63 64 65 71 81 82 83 91 92 93 94 95 96 97 98";
    for (size_t i = 0; i < sizeof known; i += 3) {
        if ((known[i] - '0') * 10 + (known[i + 1] - '0') == code) return true;
    }
    return false;
}

/* ISO 7064 MOD 11-2. */
static char idcard_digit(str s) {
    static const u8 weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (size_t i = 0; i < sizeof weight; i++) sum += weight[i] * (s.p[i] - '0');
    return "10X98765432"[sum % 11];
}

const char *idcard_fault(str s) {
    if (s.n != 18) return "身份证号是 18 位，请您核对。";
    if (!str_digits(str_sub(s, 0, 17)) || !(s.p[17] == 'X' || str_digits(str_from(s, 17)))) {
        return "身份证号只有数字，最后一位可以是 X，请您核对。";
    }
    int y = number(s, 6, 4);
    if (!issuer_known(number(s, 0, 2))) return "身份证号的前两位没有对应的地区，请您核对。";
    if (y < 1850 || y > 2199 || !day_exists(y, number(s, 10, 2), number(s, 12, 2))) {
        return "身份证号里的出生日期不存在，请您核对第 7 到 14 位。";
    }
    if (s.p[17] != idcard_digit(s)) return "身份证号有一位不对，请您对照证件核对。";
    return NULL;
}

day idcard_birth(str s) {
    return day_from(number(s, 6, 4), number(s, 10, 2), number(s, 12, 2));
}

bool idcard_female(str s) { return (s.p[16] - '0') % 2 == 0; }

/* ---- mobile telephone ---------------------------------------------------------------------------------- */

str mobile_tidy(struct arena *a, str s) {
    str t = squeeze(a, s, true);
    if (str_starts(t, S("+86"))) return str_from(t, 3);
    if (t.n == 15 && str_starts(t, S("0086"))) return str_from(t, 4);
    if (t.n == 13 && str_starts(t, S("86"))) return str_from(t, 2);
    return t;
}

const char *mobile_fault(str s) {
    if (s.n != 11 || !str_digits(s)) return "手机号是 11 位数字，请您核对。";
    if (s.p[0] != '1' || s.p[1] < '3') return "手机号以 13 到 19 开头，请您核对。";
    return NULL;
}

/* ---- public telephone ---------------------------------------------------------------------------------- */

str hotline_tidy(struct arena *a, str s) { return squeeze(a, s, false); }

static bool all_digits_of(str s, size_t least, size_t most) { return s.n >= least && s.n <= most && str_digits(s); }

const char *hotline_fault(str s) {
    str rest = s, part[4] = { 0 }, all = { 0 };
    char digits[20];
    size_t n = 0, hyphens = 0;
    while (n < COUNT(part) && str_cut(&rest, '-', &part[n])) n++;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '-') hyphens++;
        else if (all.n < sizeof digits) digits[all.n++] = s.p[i];
    }
    all.p = digits;
    bool service = str_starts(all, S("400")) || str_starts(all, S("800"));
    bool fine = false;
    if (hyphens + 1 == n && str_digits(all) && all.n + hyphens == s.n) {
        if (service) fine = all.n == 10;
        else if (s.n > 0 && s.p[0] == '0') {
            bool joined = all_digits_of(part[0], 10, 12);
            bool split = all_digits_of(part[0], 3, 4) && all_digits_of(part[1], 7, 8);
            str extension = part[joined ? 1 : 2];
            fine = (joined || split) && n <= (joined ? 2 : 3) && (!extension.p || all_digits_of(extension, 1, 5));
        } else if (all.n == 11) fine = mobile_fault(all) == NULL;
        else fine = n == 1 && all_digits_of(s, 3, 8);
    }
    return fine ? NULL : "请写手机号、带区号的座机号（例如 010-88886666），或 12345 这样的短号。";
}

/* ---- unified social credit code ------------------------------------------------------------------------ */

str credit_tidy(struct arena *a, str s) { return squeeze(a, s, true); }

const char *credit_fault(str s) {
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* without I O S V Z */
    static const u8 weight[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
    if (s.n != 18) return "统一社会信用代码是 18 位，请您核对。";
    int sum = 0, value = 0;
    for (size_t i = 0; i < 18; i++) {
        const char *at = memchr(alphabet, s.p[i], sizeof alphabet - 1);
        if (at == NULL) return "统一社会信用代码里没有字母 I、O、S、V、Z 和符号，请您核对。";
        value = (int)(at - alphabet);
        if (i < 17) sum += weight[i] * value;
    }
    if (value != (31 - sum % 31) % 31) return "统一社会信用代码有一位不对，请您对照执照核对。";
    if (!str_digits(str_sub(s, 2, 6))) return "统一社会信用代码的第 3 到 8 位是数字，请您核对。";
    return NULL;
}

/* ---- bank account -------------------------------------------------------------------------------------- */

str account_tidy(struct arena *a, str s) { return squeeze(a, s, true); }

const char *account_fault(str s) {
    return s.n < 9 || s.n > 30 || !str_digits(s) ? "银行账号是 9 到 30 位数字，请您核对。" : NULL;
}

/* ---- masks --------------------------------------------------------------------------------------------- */

/* Keeps `head` and `tail` bytes of an ASCII number and puts `stars` between. */
static str masked(struct arena *a, str s, size_t head, size_t stars, size_t tail) {
    buf out = buf_in(a, head + stars + tail);
    buf_put(&out, s.p, head);
    for (size_t i = 0; i < stars; i++) buf_c(&out, '*');
    buf_put(&out, s.p + s.n - tail, tail);
    return buf_str(&out);
}

str idcard_mask(struct arena *a, str s) {
    return idcard_fault(s) == NULL ? masked(a, s, 3, 11, 4) : S("****");
}

str mobile_mask(struct arena *a, str s) {
    return mobile_fault(s) == NULL ? masked(a, s, 3, 4, 4) : S("****");
}

str account_mask(struct arena *a, str s) {
    return account_fault(s) == NULL ? masked(a, s, 0, 4, 4) : S("****");
}

str name_mask(struct arena *a, str s) {
    return s.n == 0 ? s : str_cat(a, utf8_head(s, 1), S("*"));
}
