/* field.c - values in and out of one text form; see field.h. */
#include "kit/entity/field.h"

enum { TEXT_MAX = 200, LINES_MAX = 2000, PLAIN_MAX = 60, PHOTOS_MAX = 12 * (2 * SM3_LEN + 1) };

static const struct { char wire; bool opt; const char *sql; } kinds[] = {
#define K(name, ctype, wire, sql, opt) { wire, opt, sql },
    FIELD_KINDS(K)
#undef K
};

char field_wire(const struct field *f) { return kinds[f->kind].wire; }
bool field_opt(const struct field *f) { return kinds[f->kind].opt; }
const char *field_sql(const struct field *f) { return kinds[f->kind].sql; }

bool field_secret(const struct field *f) {
    switch (f->kind) {
    case FK_SEALED: case FK_BLIND: case FK_PLAIN: case FK_OPT_SEALED: case FK_OPT_BLIND: return true;
    default: return false;
    }
}

const struct field *field_find(const struct field *f, str name) {
    for (; f->name; f++)
        if (str_is(name, f->name)) return f;
    return NULL;
}

const struct item *item_by_value(const struct item *it, i64 v) {
    for (; it && it->name; it++)
        if (it->value == v) return it;
    return NULL;
}

static bool same_fold(str a, const char *b) {
    if (strlen(b) != a.n) return false;
    for (size_t i = 0; i < a.n; i++) {
        char x = a.p[i], y = b[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return true;
}

const struct item *item_by_name(const struct item *it, str name) {
    for (; it && it->name; it++)
        if (same_fold(name, it->name)) return it;
    return NULL;
}

const char *item_label(const struct item *it, i64 v) {
    const struct item *i = item_by_value(it, v);
    return i ? i->label : "";
}

/* All number kinds are one i64 in memory, alone or behind `has`; all text kinds one str. */
i64 *field_int(const struct field *f, void *row) {
    return (i64 *)((char *)row + f->off + (field_opt(f) ? offsetof(opt_i64, v) : 0));
}

str *field_str(const struct field *f, void *row) {
    return (str *)((char *)row + f->off + (field_opt(f) ? offsetof(opt_str, v) : 0));
}

bool field_has(const struct field *f, const void *row) {
    return !field_opt(f) || *(const bool *)((const char *)row + f->off);
}

void field_set_has(const struct field *f, void *row, bool has) {
    if (field_opt(f)) *(bool *)((char *)row + f->off) = has;
}

/* ---- faults ---- */

void fault_add(struct arena *a, struct faults *ff, const struct field *f, const char *code, str text) {
    *VEC_ADD(a, ff) = (struct fault){ f, str_of(f ? f->name : ""), code, str_dup(a, text) };
}

str fault_at(const struct faults *ff, const char *name) {
    for (size_t i = 0; ff && i < ff->n; i++)
        if (str_is(ff->p[i].name, name)) return ff->p[i].text;
    return (str){ 0 };
}

str pair_get(const struct pairs *p, const char *name) {
    for (size_t i = 0; p && i < p->n; i++)
        if (str_is(p->p[i].name, name)) return p->p[i].value;
    return (str){ 0 };
}

/* ---- reading ---- */

static const char *kind_words(const struct field *f) {
    switch (f->kind) {
    case FK_MONEY: case FK_OPT_MONEY: return "请写金额，例如 12.30。";
    case FK_SQM: case FK_OPT_SQM: return "请写面积，例如 89.05。";
    case FK_DAY: case FK_OPT_DAY: return "请写日期，例如 2026-11-24。";
    case FK_INSTANT: case FK_OPT_INSTANT: return "请写时间，例如 2026-11-24T18:00:00+08:00。";
    case FK_ENUM: case FK_OPT_ENUM: return "请在给出的选项里选一项。";
    case FK_FLAG: return "请选“是”或“否”。";
    case FK_ID: case FK_REF: case FK_OPT_REF: return "编号写得不完整，请从页面上重新选择。";
    default: return "请写整数，例如 12。";
    }
}

static bool read_flag(str s, i64 *ret) {
    *ret = str_is(s, "1") || str_is(s, "true") || str_is(s, "on");
    return *ret || str_is(s, "0") || str_is(s, "false") || str_is(s, "off");
}

static bool read_number(const struct field *f, str s, i64 *ret) {
    const struct item *it;
    switch (f->kind) {
    case FK_MONEY: case FK_OPT_MONEY: return money_parse(s, (money *)ret);
    case FK_SQM: case FK_OPT_SQM: return sqm_parse(s, (sqm *)ret);
    case FK_DAY: case FK_OPT_DAY: return day_parse(s, (day *)ret);
    case FK_INSTANT: case FK_OPT_INSTANT: return instant_parse(s, (instant *)ret);
    case FK_ID: case FK_REF: case FK_OPT_REF: return id_parse(s, ret);
    case FK_FLAG: return read_flag(s, ret);
    case FK_ENUM: case FK_OPT_ENUM:
        if (!f->items) return str_i64(s, ret);
        it = item_by_name(f->items, s);
        if (!it && str_i64(s, ret)) it = item_by_value(f->items, *ret);
        if (it) *ret = it->value;
        return it != NULL;
    default: return str_i64(s, ret);
    }
}

static i64 text_max(const struct field *f) {
    if (f->max) return f->max;
    if (f->kind == FK_LINES) return LINES_MAX;
    if (f->kind == FK_PLAIN) return PLAIN_MAX;
    return f->kind == FK_PHOTOS ? PHOTOS_MAX : TEXT_MAX;
}

static void read_text(struct arena *a, const struct field *f, void *row, str s, struct faults *ff) {
    i64 n = (i64)utf8_len(s);
    const char *wrong = f->check ? f->check(s) : NULL;
    if (!utf8_clean(s, f->kind == FK_LINES))
        fault_add(a, ff, f, "text", S("里面有显示不出来的符号，请删掉重新写。"));
    else if (n > text_max(f))
        fault_add(a, ff, f, "max", str_fmt(a, "最多写 %lld 个字，现在是 %lld 个。", (long long)text_max(f), (long long)n));
    else if (n < f->min)
        fault_add(a, ff, f, "min", str_fmt(a, "请至少写 %lld 个字。", (long long)f->min));
    else if (wrong)
        fault_add(a, ff, f, "check", str_of(wrong));
    else
        *field_str(f, row) = str_dup(a, s);
}

/* Browsers end the lines of a form with CR LF; here a line ends with LF. */
static str plain_lines(struct arena *a, str s) {
    buf b = buf_in(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\r') buf_c(&b, s.p[i]);
        else if (i + 1 == s.n || s.p[i + 1] != '\n') buf_c(&b, '\n');
    return buf_str(&b);
}

static bool is_number(const struct field *f) { return field_wire(f) == 'i'; }

void field_read(struct arena *a, const struct field *f, void *row, bool given, str text, struct faults *ff) {
    str s = given ? str_trim(text) : (str){ 0 };
    if (f->kind == FK_LINES) s = plain_lines(a, s);
    if (f->tidy && s.n) s = f->tidy(a, s);
    else if (is_number(f)) s = utf8_half(a, s);
    field_set_has(f, row, s.n > 0);
    if (s.n == 0) {
        if (f->flags & REQ && f->kind != FK_UPLOAD)
            fault_add(a, ff, f, "required",
                      str_fmt(a, f->kind == FK_ENUM ? "请选择%s。" : "请填写%s。", f->label));
        return;
    }
    if (!is_number(f)) {
        read_text(a, f, row, s, ff);
        return;
    }
    i64 v = 0;
    if (!read_number(f, s, &v))
        fault_add(a, ff, f, "kind", str_of(kind_words(f)));
    else if ((f->min || f->max) && (v < f->min || v > f->max))
        fault_add(a, ff, f, v < f->min ? "min" : "max",
                  str_fmt(a, "应在 %lld 到 %lld 之间。", (long long)f->min, (long long)f->max));
    else
        *field_int(f, row) = v;
}

static bool of_transport(str name) {
    static const char *const names[] = { "csrf", "key", "do", "back", "form" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_is(name, names[i])) return true;
    return false;
}

err fields_read(struct arena *a, const struct field *list, void *row, const struct pairs *in, struct faults *ff) {
    for (const struct field *f = list; f->name; f++) {
        bool given = false;
        str text = { 0 };
        for (size_t i = 0; i < in->n && !given; i++)
            if (str_is(in->p[i].name, f->name)) {
                given = true;
                text = in->p[i].value;
            }
        field_read(a, f, row, given, text, ff);
    }
    for (size_t i = 0; i < in->n; i++)
        if (!field_find(list, in->p[i].name) && !of_transport(in->p[i].name)) {
            fault_add(a, ff, NULL, "unknown", S("没有这一项。"));
            ff->p[ff->n - 1].name = in->p[i].name;
        }
    return ff->n ? E_INPUT : OK;
}

/* ---- writing ---- */

bool field_text(struct arena *a, const struct field *f, const void *row, str *ret) {
    *ret = (str){ 0 };
    if (!field_has(f, row)) return false;
    if (field_secret(f)) return true;
    void *r = (void *)(uintptr_t)row;
    if (f->kind == FK_BYTES || f->kind == FK_OPT_BYTES) {
        *ret = str_hex(a, (const u8 *)field_str(f, r)->p, field_str(f, r)->n);
        return true;
    }
    if (!is_number(f)) {
        *ret = *field_str(f, r);
        return true;
    }
    buf b = buf_in(a, 64);
    i64 v = *field_int(f, r);
    const struct item *it;
    switch (f->kind) {
    case FK_MONEY: case FK_OPT_MONEY: money_put(&b, (money){ v }); break;
    case FK_SQM: case FK_OPT_SQM: sqm_put(&b, (sqm){ v }); break;
    case FK_DAY: case FK_OPT_DAY: day_put(&b, (day){ v }); break;
    case FK_INSTANT: case FK_OPT_INSTANT: instant_put(&b, (instant){ v }); break;
    case FK_ID: case FK_REF: case FK_OPT_REF: id_put(&b, v); break;
    case FK_ENUM: case FK_OPT_ENUM:
        it = item_by_value(f->items, v);
        if (!it) buf_i64(&b, v);
        for (const char *p = it ? it->name : ""; *p; p++) buf_c(&b, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
        break;
    default: buf_i64(&b, v);
    }
    *ret = buf_str(&b);
    return true;
}

str field_show(struct arena *a, const struct field *f, const void *row) {
    if (!field_has(f, row)) return S("—");
    if (field_secret(f)) return S("已加密");
    void *r = (void *)(uintptr_t)row;
    buf b = buf_in(a, 128);
    switch (f->kind) {
    case FK_ENUM: case FK_OPT_ENUM: return str_of(item_label(f->items, *field_int(f, r)));
    case FK_FLAG: return *field_int(f, r) ? S("是") : S("否");
    case FK_MONEY: case FK_OPT_MONEY:
        money_show(&b, (money){ *field_int(f, r) });
        buf_lit(&b, " 元");
        return buf_str(&b);
    case FK_SQM: case FK_OPT_SQM:
        sqm_put(&b, (sqm){ *field_int(f, r) });
        buf_lit(&b, " ㎡");
        return buf_str(&b);
    case FK_DAY: case FK_OPT_DAY: day_show(&b, (day){ *field_int(f, r) }); return buf_str(&b);
    case FK_INSTANT: case FK_OPT_INSTANT: instant_show(&b, (instant){ *field_int(f, r) }); return buf_str(&b);
    default: {
        str s;
        (void)field_text(a, f, row, &s);
        return s;
    }
    }
}

void field_json(buf *out, struct arena *a, const struct field *f, const void *row) {
    str s;
    if (!field_text(a, f, row, &s)) {
        buf_lit(out, "null");
        return;
    }
    if (f->kind == FK_FLAG) {
        if (*field_int(f, (void *)(uintptr_t)row)) buf_lit(out, "true");
        else buf_lit(out, "false");
    } else if (f->kind == FK_INT || f->kind == FK_OPT_INT || (f->kind == FK_ENUM && !f->items)) {
        buf_s(out, s);
    } else {
        buf_json(out, s);
    }
}

void fields_json(buf *out, struct arena *a, const struct field *list, const void *row) {
    bool first = true;
    buf_c(out, '{');
    for (const struct field *f = list; f->name; f++) {
        if (field_secret(f) || (f->flags & HIDE)) continue;
        if (!first) buf_c(out, ',');
        first = false;
        buf_c(out, '"');
        buf_s(out, str_of(f->name));   /* an identifier of C: nothing to escape */
        buf_lit(out, "\":");
        field_json(out, a, f, row);
    }
    buf_c(out, '}');
}

static void schema_type(buf *o, const struct field *f) {
    switch (f->kind) {
    case FK_FLAG: buf_lit(o, "\"type\":\"boolean\""); break;
    case FK_INT: case FK_OPT_INT:
        buf_lit(o, "\"type\":\"integer\"");
        if (f->min || f->max)
            buf_fmt(o, ",\"minimum\":%lld,\"maximum\":%lld", (long long)f->min, (long long)f->max);
        break;
    case FK_ENUM: case FK_OPT_ENUM:
        if (!f->items) {
            buf_lit(o, "\"type\":\"integer\"");
            break;
        }
        buf_lit(o, "\"type\":\"string\",\"enum\":[");
        for (const struct item *it = f->items; it->name; it++) {
            buf_fmt(o, "%s\"", it == f->items ? "" : ",");
            for (const char *p = it->name; *p; p++) buf_c(o, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
            buf_c(o, '"');
        }
        buf_c(o, ']');
        break;
    case FK_MONEY:
    case FK_OPT_MONEY:
        buf_lit(o, "\"type\":\"string\",\"pattern\":\"^-?[0-9]{1,15}([.][0-9]{1,2})?$\"");
        break;
    case FK_SQM: case FK_OPT_SQM: buf_lit(o, "\"type\":\"string\",\"pattern\":\"^[0-9]{1,9}([.][0-9]{1,2})?$\""); break;
    case FK_DAY: case FK_OPT_DAY: buf_lit(o, "\"type\":\"string\",\"format\":\"date\""); break;
    case FK_INSTANT: case FK_OPT_INSTANT: buf_lit(o, "\"type\":\"string\",\"format\":\"date-time\""); break;
    case FK_ID:
    case FK_REF:
    case FK_OPT_REF: buf_lit(o, "\"type\":\"string\",\"pattern\":\"^[0-9a-hjkmnp-tv-z]{13}$\""); break;
    default:
        buf_fmt(o, "\"type\":\"string\",\"minLength\":%lld,\"maxLength\":%lld",
                (long long)(f->min ? f->min : f->flags & REQ ? 1 : 0), (long long)text_max(f));
    }
}

void fields_schema(buf *o, const struct field *list, bool input) {
    bool first = true;
    buf_lit(o, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    for (const struct field *f = list; f->name; f++) {
        if (!input && (field_secret(f) || (f->flags & HIDE))) continue;
        if (!first) buf_c(o, ',');
        first = false;
        buf_json(o, str_of(f->name));
        buf_lit(o, ":{");
        schema_type(o, f);
        buf_lit(o, ",\"description\":");
        buf_json(o, str_of(f->hint ? f->hint : f->label));
        buf_c(o, '}');
    }
    buf_lit(o, "},\"required\":[");
    first = true;
    for (const struct field *f = list; f->name; f++) {
        if (!(f->flags & REQ)) continue;
        if (!first) buf_c(o, ',');
        first = false;
        buf_json(o, str_of(f->name));
    }
    buf_lit(o, "]}");
}
