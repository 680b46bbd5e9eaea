/* area.c - the tree in memory; see area.h. */
#include <pthread.h>
#include "kit/area/area.h"

const struct item area_levels[] = { AREA_LEVEL(ITEM_ROW) { 0, NULL, NULL } };
#define ENT struct area
ENTITY(area, "区域", AREA_FIELDS, AREA_KEYS)
#undef ENT
#define ENT struct area_past
ENTITY(area_past, "原区划代码", AREA_PAST_FIELDS, AREA_PAST_KEYS)
#undef ENT

#define ENT struct area_changed
const struct field area_changed_fields[] = { FIELD_LIST(AREA_CHANGED) FIELD_END };
#undef ENT

static const i64 spans[] = { 0, 100000000000000LL, 10000000000LL, 10000000LL, 10000LL, 1LL };

i64 area_span(i64 level) { return level >= 1 && level <= 5 ? spans[level] : 0; }

i64 area_code_level(i64 code) {
    for (i64 level = 1; level < 5; level++)
        if (code % spans[level] == 0) return level;
    return 5;
}

i64 area_parent_code(i64 code) {
    i64 level = area_code_level(code);
    if (level <= 1) return 0;
    return code - code % spans[level - 1];
}

void area_code_put(buf *out, i64 code) {
    static const int digits[] = { 0, 2, 6, 9, 12, 16 };
    char text[20];
    snprintf(text, sizeof text, "%016lld", (long long)code);
    buf_put(out, text, (size_t)digits[area_code_level(code)]);
}

str area_code_text(struct arena *a, i64 code) {
    buf b = buf_in(a, 20);
    area_code_put(&b, code);
    return buf_str(&b);
}

bool area_code_parse(str s, i64 *ret) {
    if (s.n != 2 && s.n != 6 && s.n != 9 && s.n != 12 && s.n != 16) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    i64 v = 0;
    if (!str_i64(s, &v)) return false;
    for (size_t i = s.n; i < 16; i++) v *= 10;
    *ret = v;
    return true;
}

/* ---- the tree: one immutable block, swapped as a whole ---- */

struct tree {
    struct tree *before;                 /* the one it replaced: readers may still hold it */
    struct arena *mem;
    size_t n;
    struct area *row;                    /* in order of code */
    const struct area **by_code, **by_id;
    const struct area **level[6];        /* by level, in order of code */
    size_t nlevel[6];
};
static struct tree *tree;

/* At start-up the tree is read beside everything else; whoever needs it first waits the few milliseconds. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t loaded = PTHREAD_COND_INITIALIZER;
static bool expected;

static void settle(struct tree *t) {
    pthread_mutex_lock(&lock);
    if (t) {
        t->before = tree;
        __atomic_store_n(&tree, t, __ATOMIC_RELEASE);
    }
    expected = false;
    pthread_cond_broadcast(&loaded);
    pthread_mutex_unlock(&lock);
}

void area_expect(void) {
    pthread_mutex_lock(&lock);
    expected = true;
    pthread_mutex_unlock(&lock);
}

static struct tree *now(void) {
    struct tree *t = __atomic_load_n(&tree, __ATOMIC_ACQUIRE);
    if (t) return t;
    pthread_mutex_lock(&lock);
    while (expected) pthread_cond_wait(&loaded, &lock);
    t = tree;
    pthread_mutex_unlock(&lock);
    return t;
}

static int cmp_code(const void *a, const void *b) {
    i64 x = (*(const struct area *const *)a)->code, y = (*(const struct area *const *)b)->code;
    return x < y ? -1 : x > y;
}

static int cmp_id(const void *a, const void *b) {
    i64 x = (*(const struct area *const *)a)->id, y = (*(const struct area *const *)b)->id;
    return x < y ? -1 : x > y;
}

/* In the order of the file: sorting in memory is cheaper than following an index to every row. */
SQL(area_rows, "", "iiittti",
    "SELECT id, code, level, name, short_name, kind, residents FROM area WHERE to_day IS NULL")

SQL(area_most, "", "i", "SELECT count(*) FROM area")

static err fill(struct tx *tx, struct tree *t) {
    struct cur c;
    struct row r;
    str kind = { 0 };
    TRY(db_one_n(tx, &r, &area_most, NULL, 0));
    size_t most = (size_t)r.v[0].i;
    t->row = NEW_N(t->mem, struct area, most + 1);
    TRY(db_each_n(tx, &c, &area_rows, NULL, 0));
    while (t->n < most && db_next(&c, &r)) {
        if (r.v[2].i < CITY || r.v[2].i > ESTATE) continue;
        struct area *a = &t->row[t->n++];
        *a = (struct area){ .id = r.v[0].i, .code = r.v[1].i, .level = r.v[2].i, .name = str_dup(t->mem, r.v[3].s) };
        a->short_name = str_eq(r.v[3].s, r.v[4].s) ? a->name : str_dup(t->mem, r.v[4].s);
        if (!str_eq(r.v[5].s, kind)) kind = str_dup(t->mem, r.v[5].s);
        a->kind = kind;
        a->residents = (opt_i64){ r.v[6].t != 0, r.v[6].i };
    }
    return db_end(&c);
}

/* Rows come in order of id, and in blocks in order of code: what is in order already is not sorted. */
static void sort(const struct area **list, size_t n, int (*cmp)(const void *, const void *)) {
    for (size_t i = 1; i < n; i++)
        if (cmp(&list[i - 1], &list[i]) > 0) {
            qsort(list, n, sizeof *list, cmp);
            return;
        }
}

static void arrange(struct tree *t) {
    t->by_code = NEW_N(t->mem, const struct area *, t->n + 1);
    t->by_id = NEW_N(t->mem, const struct area *, t->n + 1);
    for (size_t i = 0; i < t->n; i++) t->by_code[i] = t->by_id[i] = &t->row[i];
    sort(t->by_code, t->n, cmp_code);
    sort(t->by_id, t->n, cmp_id);
    size_t n[AREA_LEVELS + 1] = { 0 };
    for (size_t i = 0; i < t->n; i++) n[t->row[i].level]++;
    for (int level = CITY; level <= ESTATE; level++) t->level[level] = NEW_N(t->mem, const struct area *, n[level] + 1);
    for (size_t i = 0; i < t->n; i++) {
        const struct area *a = t->by_code[i];
        t->level[a->level][t->nlevel[a->level]++] = a;
    }
}

err area_load(struct tx *tx) {
    struct arena *mem = arena_new(64 << 20);
    if (!mem || ARENA_CATCH(mem)) {
        arena_free(mem);
        settle(NULL);
        return E_FULL;
    }
    struct tree *t = NEW(mem, struct tree);
    t->mem = mem;
    err e = fill(tx, t);
    if (e == OK) arrange(t);
    arena_uncatch(mem);
    if (e != OK) arena_free(mem);
    settle(e == OK ? t : NULL);
    return e;
}

static const struct area *find(const struct area **list, size_t n, int (*cmp)(const void *, const void *),
                               struct area *probe) {
    const struct area *p = probe, **hit = bsearch(&p, list, n, sizeof *list, cmp);
    return hit ? *hit : NULL;
}

const struct area *area_by_id(i64 id) {
    struct tree *t = now();
    return t ? find(t->by_id, t->n, cmp_id, &(struct area){ .id = id }) : NULL;
}

const struct area *area_by_code(i64 code) {
    struct tree *t = now();
    return t ? find(t->by_code, t->n, cmp_code, &(struct area){ .code = code }) : NULL;
}

const struct area *area_parent(const struct area *a) {
    return a->level > 1 ? area_by_code(area_parent_code(a->code)) : NULL;
}

size_t area_path(i64 id, const struct area *path[AREA_LEVELS]) {
    const struct area *up[AREA_LEVELS];
    size_t n = 0;
    for (const struct area *a = area_by_id(id); a && n < AREA_LEVELS; a = area_parent(a)) up[n++] = a;
    for (size_t i = 0; i < n; i++) path[i] = up[n - 1 - i];
    return n;
}

static size_t lower(const struct area **list, size_t n, i64 code) {
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (list[mid]->code < code) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

size_t area_children(const struct area *a, const struct area *const **ret) {
    struct tree *t = now();
    *ret = NULL;
    if (!t || a->level >= 5) return 0;
    const struct area **list = t->level[a->level + 1];
    size_t from = lower(list, t->nlevel[a->level + 1], a->code);
    *ret = list + from;
    return lower(list, t->nlevel[a->level + 1], a->code + area_span(a->level)) - from;
}

size_t area_all(const struct area *const **ret) {
    struct tree *t = now();
    *ret = t ? t->by_code : NULL;
    return t ? t->n : 0;
}

str area_label(struct arena *a, const struct area *x) {
    const struct area *path[AREA_LEVELS];
    buf b = buf_in(a, 512);
    size_t n = area_path(x->id, path);
    for (size_t i = n > 1 ? 1 : 0; i < n; i++) {
        if (b.n) buf_lit(&b, " · ");
        buf_s(&b, path[i]->short_name);
    }
    return buf_str(&b);
}
