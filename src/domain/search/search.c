/* search.c - keys in, things out; see README.md. */
#include "domain/search/search.h"
#include "domain/search/tpl.h"
#include "kit/area/area.h"
#include "kit/module/data.h"
#include "kit/search/keys.h"

#define ENT struct search_doc
ENTITY(search_doc, "可查找的地方", SEARCH_DOC_FIELDS, SEARCH_DOC_KEYS)
#undef ENT
#define ENT struct search_key
ENTITY(search_key, "查找键", SEARCH_KEY_FIELDS, SEARCH_KEY_KEYS)
#undef ENT

enum { KEYS_ASKED = 4, HITS = 40 };

/* Readings of characters, made at the first use and kept: only indexing needs them. */
static const struct pinyin *readings(void) {
    static struct pinyin *py;
    struct pinyin *have = __atomic_load_n(&py, __ATOMIC_ACQUIRE);
    if (have) return have;
    struct arena *a = arena_new(16 << 20);
    if (!a || ARENA_CATCH(a) || pinyin_load(a, data_text("pinyin.tsv"), data_text("names.tsv"), &have) != OK) abort();
    arena_uncatch(a);
    __atomic_store_n(&py, have, __ATOMIC_RELEASE);
    return have;
}

SQL(doc_drop, "ti", "", "DELETE FROM search_doc WHERE kind = $1 AND ref = $2")
SQL(key_drop, "ti", "", "DELETE FROM search_key WHERE kind = $1 AND ref = $2")
SQL(key_add, "titi", "", "INSERT INTO search_key (key, rank, kind, ref) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
/* The first key leads; each further one, where there is one, must be there too. */
SQL(hits_by_key, "ttttti", "tiittt",
    "SELECT search_doc.kind, search_doc.ref, search_doc.rank, search_doc.label, search_doc.note, search_doc.url "
    "FROM search_key JOIN search_doc ON search_doc.kind = search_key.kind AND search_doc.ref = search_key.ref "
    "WHERE search_key.key >= $1 AND search_key.key <= $2 "
    "AND ($3 = '' OR EXISTS (SELECT 1 FROM search_key AS k WHERE k.kind = search_key.kind AND k.ref = search_key.ref "
    "AND k.key = $3)) "
    "AND ($4 = '' OR EXISTS (SELECT 1 FROM search_key AS k WHERE k.kind = search_key.kind AND k.ref = search_key.ref "
    "AND k.key = $4)) "
    "AND ($5 = '' OR EXISTS (SELECT 1 FROM search_key AS k WHERE k.kind = search_key.kind AND k.ref = search_key.ref "
    "AND k.key = $5)) "
    "ORDER BY search_key.rank, search_doc.kind, search_doc.ref LIMIT $6")

err search_put(struct tx *tx, const struct search_doc *d, str text) {
    struct search_keys keys = { 0 };
    TRY(db_run(tx, &doc_drop, vt(d->kind), vi(d->ref)));
    TRY(db_run(tx, &key_drop, vt(d->kind), vi(d->ref)));
    TRY(entity_insert(tx, &search_doc_entity, d));
    search_keys(tx->a, readings(), text, &keys);
    for (size_t i = 0; i < keys.n; i++) TRY(db_run(tx, &key_add, vt(keys.p[i]), vi(d->rank), vt(d->kind), vi(d->ref)));
    return OK;
}

err search_find(struct tx *tx, str query, int limit, struct search_hits *ret) {
    struct search_query q = { 0 };
    struct rows rows;
    str key[KEYS_ASKED];
    *ret = (struct search_hits){ 0 };
    search_query(tx->a, query, &q);
    if (q.keys.n == 0) return OK;
    for (size_t i = 0; i < KEYS_ASKED; i++) key[i] = i < q.keys.n ? q.keys.p[i] : S("");
    str last = q.prefix ? str_cat(tx->a, key[0], S("\xEF\xBF\xBD")) : key[0];
    TRY(db_all(tx, &rows, &hits_by_key, vt(key[0]), vt(last), vt(key[1]), vt(key[2]), vt(key[3]), vi(limit * 4)));
    for (size_t i = 0; i < rows.n && ret->n < (size_t)limit; i++) {
        struct search_doc d;
        bool again = false;
        entity_load(tx->a, &search_doc_entity, &d, rows.p[i].v);
        for (size_t k = 0; k < ret->n; k++) again |= ret->p[k].ref == d.ref && str_eq(ret->p[k].kind, d.kind);
        if (!again) *VEC_ADD(tx->a, ret) = d;
    }
    return OK;
}

/* ---- places ---- */

static err put_area(struct tx *tx, const struct area *x) {
    const struct area *up = area_parent(x);
    struct search_doc d = { .kind = S("area"), .ref = x->id, .rank = x->level, .label = x->short_name,
                            .note = up ? area_label(tx->a, up) : S("") };
    d.url = x->level == ESTATE ? str_fmt(tx->a, "/e/%.*s", STR(id_text(tx->a, x->id)))
                               : str_fmt(tx->a, "/division/%.*s", STR(area_code_text(tx->a, x->code)));
    return search_put(tx, &d, x->name);
}

static err put_levels(struct tx *tx, i64 from, i64 to) {
    const struct area *const *all;
    size_t n = area_all(&all);
    for (size_t i = 0; i < n; i++)
        if (all[i]->level >= from && all[i]->level <= to) TRY(put_area(tx, all[i]));
    return OK;
}

static err facts(struct tx *tx) { return put_levels(tx, CITY, COMMUNITY); }
static err seed(struct seed *s) { return put_levels(s->tx, ESTATE, ESTATE); }

static err index_run(struct tx *tx, const void *p) {
    const struct area_changed *in = p;
    TRY(area_load(tx));
    const struct area *x = area_by_id(in->area_id);
    return x ? put_area(tx, x) : OK;
}

static err show(struct rq *rq) {
    struct search_view v = { .head = rq->head, .q = str_trim(rq_arg(rq, "q")) };
    v.asked = v.q.n > 0;
    if (utf8_len(v.q) <= 60 && utf8_clean(v.q, false)) TRY(search_find(rq->tx, v.q, HITS, &v.hits));
    tpl_search_page(rq->out, &v);
    return OK;
}

static void menu(struct rq *rq, struct menu *ret) {
    if (rq->actor.person)
        *VEC_ADD(rq->a, ret) = (struct menu_item){ 80, S("/search"), S("查找"), "search", false };
}

static struct entity *const entities[] = { &search_doc_entity, &search_key_entity, NULL };
static const struct command commands[] = {
    { .name = "search.area.index", .title = "编入查找", .shard = SHARD_HOUSE, .in = area_changed_fields,
      .in_size = sizeof(struct area_changed), .run = index_run, .internal = true },
    COMMAND_END,
};
static const struct subscription on[] = { { "area.changed", "search.area.index" }, { NULL, NULL } };
static const struct page pages[] = {
    { .path = "/search", .title = "查找", .flags = PAGE_OPEN | PAGE_QUICK, .show = show },
    PAGE_END,
};
const struct module search_module = { .name = "search", .label = "查找", .entities = entities, .commands = commands,
                                      .pages = pages, .on = on, .facts = facts, .menu = menu,
                                      .seed = seed };
