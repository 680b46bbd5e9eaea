#include "kit/sheet/read.h"
#include "kit/search/namekey.h"
#include "sys/crypt/idcheck.h"

#define QUOTED_CP 40
#define FOUND(s) STR(utf8_head((s), QUOTED_CP))
#define NAME_CP 60   /* the longest names of persons; companies may have more */
#define ORG_CP 120

/* ---- cells of several values ---- */

static bool opening(u32 c) { return c == '(' || c == 0xFF08 || c == '[' || c == 0x3010 || c == 0x3014; }
static bool closing(u32 c) { return c == ')' || c == 0xFF09 || c == ']' || c == 0x3011 || c == 0x3015; }

static bool parts_values(u32 c) {
    return c == ',' || c == 0xFF0C || c == 0x3001 || c == ';' || c == 0xFF1B || c == '\n' || c == '\r' || c == '/' ||
           c == 0xFF0F || c == '|' || c == 0xFF5C || c == '&' || c == 0xFF06;
}

static bool is_digit(u32 c) { return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19); }

struct pieces split_cell(struct arena *a, str text, enum split how) {
    struct pieces r = { 0 };
    size_t from = 0, at = 0;
    int depth = 0;
    u32 before = 0;
    while (at <= text.n) {
        size_t here = at;
        u32 c = at < text.n ? utf8_next(text, &at) : '\n';
        bool end = here == text.n, cut = end || (depth == 0 && parts_values(c));
        size_t look = at;
        if (!end && how == SPLIT_NAMES && (c == '/' || c == 0xFF0F) && is_digit(before) && at < text.n &&
            is_digit(utf8_next(text, &look)))
            cut = false;
        if (!end && how == SPLIT_BLANKS && depth == 0 && (c == ' ' || c == 0x3000 || c == '\t' || c == 0xA0))
            cut = true;
        if (opening(c)) depth++;
        else if (closing(c) && depth > 0) depth--;
        if (cut) {
            str piece = str_trim(str_sub(text, from, here - from));
            if (piece.n > 0) *VEC_ADD(a, &r) = piece;
            from = at;
        }
        before = c;
        if (end) break;
    }
    return r;
}

struct pieces split_numbers(struct arena *a, str text, size_t least) {
    struct pieces r = { 0 }, p = split_cell(a, text, SPLIT_NUMBERS);
    for (size_t i = 0; i < p.n; i++) {
        struct pieces q = split_cell(a, p.p[i], SPLIT_BLANKS);
        bool apart = q.n > 1;
        for (size_t k = 0; k < q.n; k++) apart = apart && utf8_len(q.p[k]) >= least;
        if (!apart) *VEC_ADD(a, &r) = p.p[i];
        for (size_t k = 0; apart && k < q.n; k++) *VEC_ADD(a, &r) = q.p[k];
    }
    return r;
}

/* ---- names ---- */

bool org_name(str s) {
    static const str ends[] = { S_INIT("公司"), S_INIT("集团"), S_INIT("中心"), S_INIT("学校"), S_INIT("委员会"),
                                S_INIT("大学"), S_INIT("学院"), S_INIT("医院"), S_INIT("银行"), S_INIT("协会"),
                                S_INIT("研究所"), S_INIT("研究院"), S_INIT("事务所"), S_INIT("合作社"), S_INIT("管理处"),
                                S_INIT("办事处"), S_INIT("管理局"), S_INIT("管理所"), S_INIT("幼儿园"), S_INIT("小学"),
                                S_INIT("中学"), S_INIT("基金会"), S_INIT("出版社"), S_INIT("分行"), S_INIT("支行"),
                                S_INIT("分公司"), S_INIT("合伙企业"), S_INIT("有限合伙"), S_INIT("工作室"), S_INIT("村委会"),
                                S_INIT("居委会"), S_INIT("厂"), S_INIT("总厂"), S_INIT("商店"), S_INIT("政府"),
                                S_INIT("总公司"), S_INIT("联合社"), S_INIT("房管所"), S_INIT("机关服务局") };
    if (utf8_len(s) < 4) return false;
    str bare = s;
    /* (有限合伙) and the like behind the name. */
    if (str_ends(bare, S("）"))) bare.n -= 3;
    else if (str_ends(bare, S(")"))) bare.n -= 1;
    for (size_t i = 0; i < COUNT(ends); i++)
        if (str_ends(s, ends[i]) || str_ends(bare, ends[i])) return true;
    return str_has(s, S("有限公司")) || str_has(s, S("有限责任公司")) || str_has(s, S("股份有限"));
}

static bool tenure_word(str s) {
    return str_eq(s, S("共同共有")) || str_eq(s, S("按份共有")) || str_eq(s, S("单独所有")) || str_eq(s, S("共有"));
}

/* Takes "(60%)" or "（共同共有）" off the end of a name; what is in other brackets belongs to the name. */
static void take_tail(struct arena *a, str *name, struct register_owner *o) {
    for (;;) {
        str s = *name;
        size_t close = str_ends(s, S("）")) ? 3 : str_ends(s, S(")")) ? 1 : 0;
        size_t from = s.n, to = s.n - close;
        if (close > 0) {
            size_t wide = 0;
            for (size_t i = 0; i < to; i++) {
                if (s.p[i] == '(') from = i, wide = 1;
                else if (str_starts(str_from(s, i), S("（"))) from = i, wide = 3;
            }
            if (wide == 0) return;
            str inner = str_trim(str_sub(s, from + wide, to - from - wide));
            if (tenure_word(inner)) o->tenure = inner;
            else if (!share_read(a, inner, &o->share, &o->share_of)) return;
        } else {
            /* 张三60% and 张三1/2, without brackets */
            while (from > 0 && ((s.p[from - 1] >= '0' && s.p[from - 1] <= '9') || s.p[from - 1] == '.' ||
                                s.p[from - 1] == '/' || s.p[from - 1] == '%'))
                from--;
            if (from == s.n && str_ends(s, S("％"))) return;
            str tail = str_from(s, from);
            if (from == 0 || (str_find(tail, '%') < 0 && str_find(tail, '/') < 0)) return;
            if (!share_read(a, tail, &o->share, &o->share_of)) return;
        }
        *name = str_trim(str_sub(s, 0, from));
    }
}

/* Characters that cannot be part of a name, or only by an accident that loses a character. */
static bool lost_sign(u32 c) {
    return c == 0xFFFD || c == '?' || c == 0xFF1F || c == 0x25A1 || c == 0x25A0 || c == 0x3013 || c == 0x25A2;
}

static bool zero_width(u32 c) { return (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF || c == 0x00AD; }

struct look { size_t digits, stars, lost, invisible, own, latin, letters, blanks; };

static struct look look_at(str name) {
    struct look k = { 0 };
    for (size_t at = 0; at < name.n;) {
        u32 c = utf8_next(name, &at);
        k.digits += is_digit(c);
        k.stars += c == '*' || c == 0xFF0A || c == 0x00D7;
        k.lost += lost_sign(c);
        k.invisible += zero_width(c);
        k.own += (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
        k.latin += (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        k.letters += (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC0 && !(c >= 0x2000 && c <= 0x2BFF) &&
                     !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFF00 && c <= 0xFF20));
        k.blanks += c == ' ' || c == 0x3000 || c == 0xA0;
    }
    return k;
}

/* 张三 李四: two names, or 张 三 set apart for looks? Only two parts of two characters and more are in doubt. */
static bool two_names(str name) {
    for (size_t at = 0; at < name.n;) {
        size_t here = at;
        u32 c = utf8_next(name, &at);
        if ((c == ' ' || c == 0x3000) && here > 0)
            return utf8_len(str_sub(name, 0, here)) >= 2 && utf8_len(str_trim(str_from(name, at))) >= 2;
    }
    return false;
}

static bool joined_names(str name) {
    static const str words[] = { S_INIT("和"), S_INIT("与"), S_INIT("及") };
    if (utf8_len(name) < 5) return false;
    for (size_t i = 6; i + 9 <= name.n; i += 3)
        for (size_t k = 0; k < COUNT(words); k++)
            if (str_starts(str_from(name, i), words[k])) return true;
    return false;
}

static void check_name(const struct at *at, const struct register_owner *o) {
    struct look k = look_at(o->name);
    size_t len = utf8_len(o->name);
    if (!utf8_clean(o->name, false) || k.invisible > 0)
        wrong(at, "owner.invisible", "业主姓名“%.*s”里有看不见的字符。请删掉这一格，重新输入姓名。", FOUND(o->name));
    else if (k.lost > 0)
        wrong(at, "owner.lost", "业主姓名“%.*s”里有一个字丢失了（显示成问号或方框）。请按证件补上这个字。", FOUND(o->name));
    else if (k.stars > 0 && !o->org)
        wrong(at, "owner.masked", "业主姓名“%.*s”打了星号，看不到全名。请填完整姓名。", FOUND(o->name));
    else if (k.digits >= 7)
        wrong(at, "owner.phone", "业主姓名“%.*s”里夹着号码。请把号码移到电话或证件号码一列。",
              FOUND(masked(at->a, o->name)));
    else if (k.digits > 0 && !o->org)
        wrong(at, "owner.digit", "业主姓名“%.*s”里有数字。请核对姓名。", FOUND(o->name));
    else if (len > (o->org ? ORG_CP : NAME_CP))
        wrong(at, "owner.long", "业主姓名有 %zu 个字，太长了。请核对这一格。", len);
    else if (k.letters == 0)
        wrong(at, "owner.form", "业主姓名“%.*s”不像姓名。请核对这一格。", FOUND(o->name));
    if (k.own > 0)
        doubt(at, "owner.own", "业主姓名“%.*s”里有旧字库的自造字，别的电脑上显示不出。已照原样收下，请换成正式的字。", FOUND(o->name));
    if (len == 1) doubt(at, "owner.short", "业主姓名“%.*s”只有一个字，请再核对一次。", FOUND(o->name));
    if (!o->org && k.blanks > 0 && k.latin == 0 && two_names(o->name))
        doubt(at, "owner.blank", "业主姓名“%.*s”中间有空格，按一个人收下。如果是两个人，请用顿号分开。", FOUND(o->name));
    if (!o->org && k.latin == 0 && joined_names(o->name))
        doubt(at, "owner.and", "业主姓名“%.*s”按一个人收下。如果是两个人，请用顿号分开。", FOUND(o->name));
    if (!o->org && (str_has(o->name, S("（")) || str_find(o->name, '(') >= 0))
        doubt(at, "owner.bracket", "业主姓名“%.*s”里有括号，已照原样收下。括号里若不是姓名，请移到备注。", FOUND(o->name));
}

static bool unsold(str s) {
    static const str words[] = { S_INIT("未售"), S_INIT("待售"), S_INIT("空置"), S_INIT("空房"), S_INIT("未入住"),
                                 S_INIT("未交付"), S_INIT("自持"), S_INIT("开发商") };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(s, words[i])) return true;
    return false;
}

void owners_read(const struct at *at, str text, struct register_row *row) {
    struct pieces p = split_cell(at->a, text, SPLIT_NAMES);
    for (size_t i = 0; i < p.n; i++) {
        if (nothing(p.p[i])) continue;
        if (unsold(p.p[i])) {
            doubt(at, "owner.unsold", "业主姓名写的是“%.*s”，按没有业主收下。", FOUND(p.p[i]));
            continue;
        }
        if (ditto(p.p[i])) {
            wrong(at, "owner.ditto", "业主姓名写的是“%.*s”。请把姓名写全。", FOUND(p.p[i]));
            continue;
        }
        struct register_owner o = { 0 };
        str name = p.p[i];
        take_tail(at->a, &name, &o);
        o.name = name;
        o.org = org_name(name);
        o.key = name_key(at->a, name);
        check_name(at, &o);
        bool again = false;
        for (size_t k = 0; k < row->owners.n; k++) again = again || str_eq(row->owners.p[k].name, name);
        if (again) {
            doubt(at, "owner.twice", "业主“%.*s”在这一户写了两次，按一人收下。如果真是同名的两个人，请在备注说明并手工补录。",
                  FOUND(name));
            continue;
        }
        *VEC_ADD(at->a, &row->owners) = o;
    }
}

/* ---- identity numbers ---- */

static bool born_ok(const struct at *at, str eight) {
    i64 v;
    if (!str_i64(eight, &v)) return false;
    int y = (int)(v / 10000), m = (int)(v / 100 % 100), d = (int)(v % 100);
    return y >= 1850 && day_exists(y, m, d) && day_from(y, m, d).n <= at->today.n;
}

static void id_read(const struct at *at, str piece, struct id_numbers *ret) {
    str id = tight(at->a, piece);
    char *p = str_c(at->a, id);
    for (size_t i = 0; i < id.n; i++)
        if (p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 32);
    id.p = p;
    str hidden = masked(at->a, id);
    struct id_number n = { RID_OTHER, id };
    bool most_digits = id.n >= 15 && str_digits(str_sub(id, 0, id.n - 1));
    if (scientific(id)) {
        wrong(at, "id.scientific", "证件号被表格软件改成了科学计数“%.*s”，后几位已经丢失。请把这一列设为文本，重新填写。", FOUND(id));
        return;
    }
    if (str_find(id, '*') >= 0) {
        wrong(at, "id.masked", "证件号码“%.*s”打了星号，看不到全号。请填完整号码。", FOUND(id));
        return;
    }
    const char *no_card = idcard_fault(id), *no_company = credit_fault(id);
    bool card_form = id.n == 18 && str_digits(str_sub(id, 0, 17));
    if (no_card == NULL) {
        n.kind = RID_RESIDENT;
        if (idcard_birth(id).n > at->today.n) {
            wrong(at, "id.born", "证件号码“%.*s”里的出生日期还没有到。请对照证件核对。", FOUND(hidden));
            return;
        }
    } else if (no_company == NULL) {
        n.kind = RID_COMPANY;
    } else if (card_form && str_ends(id, S("000"))) {
        wrong(at, "id.zeros", "证件号码“%.*s”末尾几位变成了 0，是表格软件造成的。请把这一列设为文本，重新填写。", FOUND(hidden));
        return;
    } else if (id.n == 18 && (card_form || id.p[0] == '9' || id.p[0] == '1' || id.p[0] == '5')) {
        wrong(at, "id.wrong", "证件号码“%.*s”不对：%s", FOUND(hidden), card_form ? no_card : no_company);
        return;
    } else if (id.n == 15 && str_digits(id)) {
        n.kind = RID_RESIDENT_15;
        if (!born_ok(at, str_cat(at->a, S("19"), str_sub(id, 6, 6)))) {
            wrong(at, "id.born", "证件号码“%.*s”里的出生日期不存在。请对照证件核对。", FOUND(hidden));
            return;
        }
        doubt(at, "id.old", "证件号码“%.*s”是 15 位的旧号，已收下，请换成 18 位。", FOUND(hidden));
    } else if (most_digits && id.n <= 20) {
        wrong(at, "id.length", "证件号码“%.*s”是 %zu 位，身份证号应当是 18 位。请对照证件核对。", FOUND(hidden), id.n);
        return;
    } else if (id.n < 6 || id.n > 40) {
        wrong(at, "id.form", "“%.*s”不像证件号码。请对照证件核对。", FOUND(hidden));
        return;
    } else {
        bool passport = id.n >= 8 && id.n <= 11 && str_digits(str_from(id, 2));
        if (!passport) doubt(at, "id.other", "证件号码“%.*s”认不出是哪种证件，已照原样收下。", FOUND(hidden));
    }
    *VEC_ADD(at->a, ret) = n;
}

void ids_read(const struct at *at, const struct sheet_cell *c, struct id_numbers *ret) {
    if (c->kind == SHEET_NUMBER && (c->flags & SHEET_LONG)) {
        wrong(at, "id.number", "证件号被表格软件当成数字存了，15 位以后不可靠。请把这一列设为文本，重新填写。");
        return;
    }
    struct pieces p = split_numbers(at->a, c->text, 15);
    for (size_t i = 0; i < p.n; i++)
        if (!nothing(p.p[i])) id_read(at, p.p[i], ret);
}
