/* rule.c - dated rules in memory; see rule.h. */
#include "kit/rule/rule.h"

const struct item rule_units[] = { RULE_UNIT(ITEM_ROW) { 0, NULL, NULL } };
#define ENT struct rule
ENTITY(rule, "规则", RULE_FIELDS, RULE_KEYS)
#undef ENT

enum { MEMORY = 8 << 20 };

struct dated { struct rule_value v; i64 to; };
struct block {
    struct arena *mem;
    struct dated *p;
    size_t n;
    i64 rows, check;         /* what the table looked like */
    struct block *older;     /* stays: values handed out point into it, and rules change a few times a year */
};
static struct block *block;

static struct block *now(void) { return __atomic_load_n(&block, __ATOMIC_ACQUIRE); }

SQL(rule_rows, "", "titttii",
    "SELECT name, from_day, title, basis, note, value, unit FROM rule ORDER BY name, from_day")
SQL(rule_ends, "", "i", "SELECT coalesce(to_day, 9000000) FROM rule ORDER BY name, from_day")
SQL(rule_shape, "", "ii",
    "SELECT count(*), CAST(coalesce(sum(value + from_day * 31 + coalesce(to_day, 0) * 7), 0) AS BIGINT) FROM rule")

err rule_load(struct tx *tx) {
    struct rows rows, ends;
    struct row shape;
    TRY(db_all_n(tx, &rows, &rule_rows, NULL, 0));
    TRY(db_all_n(tx, &ends, &rule_ends, NULL, 0));
    TRY(db_one_n(tx, &shape, &rule_shape, NULL, 0));
    struct arena *mem = arena_new(MEMORY);
    if (!mem) return E_FULL;
    if (ARENA_CATCH(mem)) {
        arena_free(mem);
        return E_FULL;
    }
    struct block *b = NEW(mem, struct block);
    *b = (struct block){ mem, NEW_N(mem, struct dated, rows.n + 1), rows.n, shape.v[0].i, shape.v[1].i };
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        b->p[i].v = (struct rule_value){ .from = { v[1].i }, .value = v[5].i, .unit = (enum rule_unit)v[6].i };
        b->p[i].v.name = str_dup(mem, v[0].s);
        b->p[i].v.title = str_dup(mem, v[2].s);
        b->p[i].v.basis = str_dup(mem, v[3].s);
        b->p[i].to = ends.p[i].v[0].i;
    }
    arena_uncatch(mem);
    b->older = now();
    __atomic_store_n(&block, b, __ATOMIC_RELEASE);
    return OK;
}

err rule_refresh(struct tx *tx) {
    struct block *b = now();
    struct row shape;
    TRY(db_one_n(tx, &shape, &rule_shape, NULL, 0));
    return b && b->rows == shape.v[0].i && b->check == shape.v[1].i ? OK : rule_load(tx);
}

/* The last row that is not after (name, d), in the order of the table. */
static const struct dated *find(str name, day d) {
    const struct block *b = now();
    size_t lo = 0, hi = b ? b->n : 0;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = str_cmp(b->p[mid].v.name, name);
        if (c < 0 || (c == 0 && b->p[mid].v.from.n <= d.n)) lo = mid + 1;
        else hi = mid;
    }
    return lo > 0 && str_eq(b->p[lo - 1].v.name, name) ? &b->p[lo - 1] : NULL;
}

err rule_at(str name, day d, struct rule_value *ret) {
    const struct dated *r = find(name, d);
    if (!r || d.n > r->to) return E_MISSING;
    *ret = r->v;
    return OK;
}

i64 rule_number(const char *name, day d, i64 otherwise) {
    struct rule_value v;
    return rule_at(str_of(name), d, &v) == OK ? v.value : otherwise;
}

str rule_version(struct arena *a, const struct rule_value *v) {
    buf b = buf_in(a, v->name.n + 32);
    buf_s(&b, v->name);
    buf_c(&b, '@');
    day_put(&b, v->from);
    return buf_str(&b);
}

err rule_by_version(str version, struct rule_value *ret) {
    str name;
    day from;
    if (!str_cut(&version, '@', &name) || !day_parse(version, &from)) return E_MISSING;
    const struct dated *r = find(name, from);
    if (!r || r->v.from.n != from.n) return E_MISSING;
    *ret = r->v;
    return OK;
}

instant rule_deadline(const struct rule_value *v, instant start, bool *provisional) {
    day d;
    switch (v->unit) {
    case RULE_MINUTE: return (instant){ start.us + v->value * MINUTE_US };
    case RULE_HOUR: return (instant){ start.us + v->value * HOUR_US };
    case RULE_DAY: return day_end(calendar_deadline(day_of(start), v->value, UNIT_DAY, provisional));
    case RULE_WORKDAY: return day_end(calendar_deadline(day_of(start), v->value, UNIT_WORKDAY, provisional));
    case RULE_MONTH:
        /* The matching day, moved like the end of any other period (CC-203). */
        d = day_add_months(day_of(start), (int)v->value);
        return day_end(calendar_deadline((day){ d.n - 1 }, 1, UNIT_DAY, provisional));
    default: return start;
    }
}

void deadline_show(buf *b, instant t) {
    struct ymd at = day_ymd(day_of((instant){ t.us - 1 }));
    if (day_start(day_of(t)).us == t.us) buf_fmt(b, "%d月%d日 24:00", at.m, at.d);
    else instant_show(b, t);
}

/* ---- filling ---- */

static bool read_unit(str s, i64 *ret) {
    char name[40];
    if (s.n > 30) return false;
    snprintf(name, sizeof name, "RULE_%.*s", STR(s));
    const struct item *it = item_by_name(rule_units, str_of(name));
    if (it) *ret = it->value;
    return it != NULL;
}

static bool read_line(str line, struct rule *r) {
    str value, unit, from, to;
    *r = (struct rule){ 0 };
    if (!str_cut(&line, '\t', &r->name) || !str_cut(&line, '\t', &r->title) || !str_cut(&line, '\t', &value) ||
        !str_cut(&line, '\t', &unit) || !str_cut(&line, '\t', &r->basis) || !str_cut(&line, '\t', &r->note) ||
        !str_cut(&line, '\t', &from) || !str_i64(value, &r->value) || !read_unit(unit, &r->unit) ||
        !day_parse(from, &r->from_day))
        return false;
    if (!str_cut(&line, '\t', &to) || str_trim(to).n == 0) return true;
    r->to_day.has = true;
    return day_parse(str_trim(to), &r->to_day.v);
}

err rule_seed(struct tx *tx, str tsv) {
    str line;
    bool head = true;
    while (str_cut(&tsv, '\n', &line)) {
        struct rule r;
        if (line.n == 0 || line.p[0] == '#') continue;
        if (head) {
            head = false;
            continue;
        }
        if (!read_line(line, &r)) {
            fprintf(stderr, "wuye: rules: bad line %.*s\n", STR(line));
            return E_INPUT;
        }
        TRY(entity_insert(tx, &rule_entity, &r));
    }
    return OK;
}

SQL(rule_overlap, "", "tii",
    "SELECT a.name, a.from_day, b.from_day FROM rule a JOIN rule b ON b.name = a.name AND b.from_day > a.from_day "
    "WHERE a.to_day IS NOT NULL AND a.to_day >= b.from_day ORDER BY a.name, a.from_day")

static const struct check checks[] = {
    { "同一规则的两个版本不得同时有效", &rule_overlap },
    { NULL, NULL },
};

const struct module rule_module = {
    .name = "rule",
    .label = "规则",
    .entities = (struct entity *const[]){ &rule_entity, NULL },
    .checks = checks,
    .load = rule_load,
};
