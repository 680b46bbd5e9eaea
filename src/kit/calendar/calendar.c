/* calendar.c - working days; see calendar.h. */
#include "kit/calendar/calendar.h"

const struct item calendar_kinds[] = { CALENDAR_KIND(ITEM_ROW) { 0, NULL, NULL } };
#define ENT struct calendar_day
ENTITY(calendar_day, "工作日历", CALENDAR_DAY_FIELDS, CALENDAR_DAY_KEYS)
#undef ENT

/* ---- one immutable block, swapped as a whole ---- */

enum { YEARS_MAX = 200, MEMORY = 4 << 20 };

struct calendar {
    struct arena *mem;
    int first_year, nyears;
    bool loaded[YEARS_MAX];
    day from, until;         /* until: exclusive */
    u8 *kind;                /* by day - from */
    i64 rows, check;         /* what the table looked like */
    struct calendar *older;  /* stays: readers may hold it, and a year is loaded once a year */
};
static struct calendar *calendar;

static struct calendar *now(void) { return __atomic_load_n(&calendar, __ATOMIC_ACQUIRE); }

SQL(calendar_rows, "", "ii", "SELECT day, kind FROM calendar_day ORDER BY day")
SQL(calendar_shape, "", "ii", "SELECT count(*), CAST(coalesce(sum(day * 4 + kind), 0) AS BIGINT) FROM calendar_day")

static void fill(struct calendar *c, const struct rows *rows, struct arena *mem) {
    int last = day_ymd((day){ rows->p[rows->n - 1].v[0].i }).y;
    c->first_year = day_ymd((day){ rows->p[0].v[0].i }).y;
    c->nyears = last - c->first_year + 1;
    if (c->nyears > YEARS_MAX) c->nyears = YEARS_MAX;
    c->from = day_from(c->first_year, 1, 1);
    c->until = day_from(c->first_year + c->nyears, 1, 1);
    c->kind = NEW_N(mem, u8, (size_t)(c->until.n - c->from.n));
    int holidays[YEARS_MAX] = { 0 };
    for (size_t i = 0; i < rows->n; i++) {
        day d = { rows->p[i].v[0].i };
        i64 kind = rows->p[i].v[1].i;
        if (d.n >= c->until.n) break;
        c->kind[d.n - c->from.n] = (u8)kind;
        if (kind == CAL_HOLIDAY) holidays[day_ymd(d).y - c->first_year]++;
    }
    /* A notice for next year may move a day of this December; that alone does not make a year loaded. */
    for (int i = 0; i < c->nyears; i++) c->loaded[i] = holidays[i] >= 5;
}

err calendar_load(struct tx *tx) {
    struct rows rows;
    struct row shape;
    TRY(db_all_n(tx, &rows, &calendar_rows, NULL, 0));
    TRY(db_one_n(tx, &shape, &calendar_shape, NULL, 0));
    struct arena *mem = arena_new(MEMORY);
    if (!mem) return E_FULL;
    if (ARENA_CATCH(mem)) {
        arena_free(mem);
        return E_FULL;
    }
    struct calendar *c = NEW(mem, struct calendar);
    c->mem = mem;
    if (rows.n > 0) fill(c, &rows, mem);
    c->rows = shape.v[0].i;
    c->check = shape.v[1].i;
    arena_uncatch(mem);
    c->older = now();
    __atomic_store_n(&calendar, c, __ATOMIC_RELEASE);
    return OK;
}

err calendar_refresh(struct tx *tx) {
    struct calendar *c = now();
    struct row shape;
    TRY(db_one_n(tx, &shape, &calendar_shape, NULL, 0));
    return c && c->rows == shape.v[0].i && c->check == shape.v[1].i ? OK : calendar_load(tx);
}

static bool year_loaded(const struct calendar *c, int y) {
    return c && y >= c->first_year && y < c->first_year + c->nyears && c->loaded[y - c->first_year];
}

day calendar_loaded_until(void) {
    const struct calendar *c = now();
    int y = 0;
    for (int i = 0; c && i < c->nyears; i++)
        if (c->loaded[i] && (y == 0 || y == c->first_year + i - 1)) y = c->first_year + i;
    return y ? day_from(y, 12, 31) : (day){ 0 };
}

static i64 kind_of(const struct calendar *c, day d) {
    return c && c->kind && d.n >= c->from.n && d.n < c->until.n ? c->kind[d.n - c->from.n] : 0;
}

static bool worked(const struct calendar *c, day d, bool *provisional) {
    i64 kind = kind_of(c, d);
    if (provisional && !year_loaded(c, day_ymd(d).y)) *provisional = true;
    return kind ? kind == CAL_WORKDAY : day_weekday(d) <= 5;
}

bool workday(day d, bool *provisional) { return worked(now(), d, provisional); }

day workdays_after(day start, i64 n, bool *provisional) {
    const struct calendar *c = now();
    day d = start;
    while (n > 0) {
        d.n++;
        if (worked(c, d, provisional)) n--;
    }
    return d;
}

day calendar_deadline(day start, i64 n, enum calendar_unit unit, bool *provisional) {
    if (unit == UNIT_WORKDAY) return workdays_after(start, n, provisional);
    const struct calendar *c = now();
    day d = { start.n + n };
    while (n > 0 && kind_of(c, d) >= CAL_HOLIDAY) d.n++;
    if (provisional && !year_loaded(c, day_ymd(d).y)) *provisional = true;
    return d;
}

/* ---- filling ---- */

static bool read_kind(str s, i64 *ret) {
    *ret = str_is(s, "workday") ? CAL_WORKDAY : str_is(s, "holiday") ? CAL_HOLIDAY : 0;
    return *ret != 0;
}

static bool seed_line(str line, bool statutory, struct calendar_day *d) {
    str text, kind;
    *d = (struct calendar_day){ .kind = CAL_STATUTORY };
    return str_cut(&line, '\t', &text) && day_parse(text, &d->day) &&
           (statutory || (str_cut(&line, '\t', &kind) && read_kind(kind, &d->kind))) && str_cut(&line, '\t', &d->name);
}

SQL(calendar_add, "iit", "", "INSERT INTO calendar_day (day, kind, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")

static err seed_file(struct tx *tx, str tsv, bool statutory) {
    str line;
    bool head = true;
    while (str_cut(&tsv, '\n', &line)) {
        struct calendar_day d;
        if (line.n == 0 || line.p[0] == '#') continue;
        if (head) {
            head = false;
            continue;
        }
        if (!seed_line(line, statutory, &d)) {
            fprintf(stderr, "wuye: calendar: bad line %.*s\n", STR(line));
            return E_INPUT;
        }
        TRY(db_run(tx, &calendar_add, vi(d.day.n), vi(d.kind), vt(d.name)));
    }
    return OK;
}

err calendar_seed(struct tx *tx, str holidays_tsv, str statutory_tsv) {
    TRY(seed_file(tx, holidays_tsv, false));
    return seed_file(tx, statutory_tsv, true);
}

/* ---- calendar.year.load ---- */

#define YEAR_LOAD_IN(F)                                                                                          \
    F(year, INT, "年份", .flags = REQ, .min = 2024, .max = 2100)                                                 \
    F(days, LINES, "放假和调休", .flags = REQ, .max = 4000,                                                      \
      .hint = "一行一天：日期、holiday 或 workday、名称，用空格分开", .example = "2027-01-01 holiday 元旦")
struct year_load_in { FIELD_STRUCT(YEAR_LOAD_IN) };
#define ENT struct year_load_in
static const struct field year_load_fields[] = { FIELD_LIST(YEAR_LOAD_IN) FIELD_END };
#undef ENT

#define YEAR_LOADED(F) F(year, INT, "年份")
struct year_loaded_event { FIELD_STRUCT(YEAR_LOADED) };
#define ENT struct year_loaded_event
static const struct field year_loaded_fields[] = { FIELD_LIST(YEAR_LOADED) FIELD_END };
#undef ENT

SQL(calendar_year, "ii", "iit", "SELECT day, kind, name FROM calendar_day WHERE day >= $1 AND day <= $2 ORDER BY day")
SQL(calendar_drop, "i", "", "DELETE FROM calendar_day WHERE day = $1")

struct days { struct calendar_day *p; size_t n, cap; };

static const struct calendar_day *find(const struct days *list, day d) {
    for (size_t i = 0; i < list->n; i++)
        if (list->p[i].day.n == d.n) return &list->p[i];
    return NULL;
}

static err bad_line(struct tx *tx, i64 no, const char *what) {
    return op_fail(tx, E_INPUT, "days", str_c(tx->a, str_fmt(tx->a, "第 %lld 行%s", (long long)no, what)));
}

static err read_line(struct tx *tx, const struct year_load_in *in, i64 no, str line, struct days *days) {
    struct calendar_day d = { .kind = 0 };
    str text, kind;
    if (!str_cut(&line, ' ', &text) || !str_cut(&line, ' ', &kind) || !day_parse(text, &d.day) ||
        !read_kind(kind, &d.kind))
        return bad_line(tx, no, "看不懂，请写成“2027-01-01 holiday 元旦”这样。");
    d.name = str_trim(line);
    struct ymd at = day_ymd(d.day);
    /* The notice for a year may make a weekend day of the December before a working day. */
    if (at.y != in->year && !(at.y == in->year - 1 && at.m == 12)) return bad_line(tx, no, "不是这一年的日期。");
    if (d.kind == CAL_WORKDAY && day_weekday(d.day) <= 5) return bad_line(tx, no, "本来就是工作日，不用写。");
    if (find(days, d.day)) return bad_line(tx, no, "写了两遍。");
    *VEC_ADD(tx->a, days) = d;
    return OK;
}

/* A notice names at least the days that are fixed by law; a list without them is not a whole year. */
static err whole_year(struct tx *tx, const struct year_load_in *in, const struct days *days, const struct days *known) {
    static const struct { int m, d; const char *missing; } fixed[] = {
        { 1, 1, "缺少元旦（1 月 1 日）。" }, { 5, 1, "缺少劳动节（5 月 1 日）。" },
        { 10, 1, "缺少国庆节（10 月 1 日）。" }, { 10, 2, "缺少国庆节（10 月 2 日）。" },
    };
    for (size_t i = 0; i < COUNT(fixed); i++) {
        const struct calendar_day *d = find(days, day_from((int)in->year, fixed[i].m, fixed[i].d));
        if (!d || d->kind != CAL_HOLIDAY) return op_fail(tx, E_INPUT, "days", fixed[i].missing);
    }
    for (size_t i = 0; i < known->n; i++) {
        if (known->p[i].kind != CAL_STATUTORY) continue;
        const struct calendar_day *d = find(days, known->p[i].day);
        buf text = buf_in(tx->a, 200);
        if (d && d->kind == CAL_HOLIDAY) continue;
        buf_lit(&text, "缺少法定节日：");
        day_put(&text, known->p[i].day);
        buf_s(&text, known->p[i].name);
        buf_lit(&text, "。");
        return op_fail(tx, E_INPUT, "days", str_c(tx->a, buf_str(&text)));
    }
    return OK;
}

static err replace(struct tx *tx, const struct days *known, const struct days *days) {
    for (size_t i = 0; i < known->n; i++)
        if (!find(days, known->p[i].day)) TRY(db_run(tx, &calendar_drop, vi(known->p[i].day.n)));
    for (size_t i = 0; i < days->n; i++) {
        const struct calendar_day *d = &days->p[i], *old = find(known, d->day);
        struct calendar_day before;
        err e = old ? OK : entity_get(tx, &calendar_day_entity, &before, vi(d->day.n));
        if (e == OK) TRY(entity_update(tx, &calendar_day_entity, old ? old : &before, d));
        else if (e == E_MISSING) TRY(entity_insert(tx, &calendar_day_entity, d));
        else return e;
    }
    return OK;
}

static err year_load_run(struct tx *tx, const void *p) {
    const struct year_load_in *in = p;
    struct days days = { 0 }, known = { 0 };
    struct rows rows;
    str rest = in->days, line;
    for (i64 no = 1; str_cut(&rest, '\n', &line); no++)
        if (str_trim(line).n > 0) TRY(read_line(tx, in, no, str_trim(line), &days));
    TRY(db_all(tx, &rows, &calendar_year, vi(day_from((int)in->year, 1, 1).n), vi(day_from((int)in->year, 12, 31).n)));
    for (size_t i = 0; i < rows.n; i++) entity_load(tx->a, &calendar_day_entity, VEC_ADD(tx->a, &known), rows.p[i].v);
    TRY(whole_year(tx, in, &days, &known));
    TRY(replace(tx, &known, &days));
    /* The block in memory is read anew by whoever takes the event, after this has been committed. */
    op_event(tx, "calendar.year.loaded", year_loaded_fields, &(struct year_loaded_event){ in->year });
    return OK;
}

static const struct command commands[] = {
    { .name = "calendar.year.load", .title = "载入一年的放假安排", .right = "admin.jobs", .shard = SHARD_HOUSE,
      .in = year_load_fields, .in_size = sizeof(struct year_load_in), .run = year_load_run,
      .said = "已经载入，暂定的时限正在重新计算。" },
    COMMAND_END
};

const struct module calendar_module = {
    .name = "calendar",
    .label = "工作日历",
    .entities = (struct entity *const[]){ &calendar_day_entity, NULL },
    .commands = commands,
    .rights = (const char *const[]){ "admin.jobs", NULL },
    .emits = (const char *const[]){ "calendar.year.loaded", NULL },
    .load = calendar_load,
};
