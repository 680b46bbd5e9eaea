/* query.c - the same reads for programs: GET /api/..., wuye get. */
#include "domain/estate/inner.h"
#include "kit/page/list.h"

#define ESTATES_IN(F)                                                                                            \
    F(area, OPT_TEXT, "区域代码", .max = 16, .hint = "如 110105；不写就是您能看的全部")                          \
    F(kind, OPT_ENUM, "类型", .items = estate_kinds)                                                             \
    F(name, OPT_TEXT, "名称开头")                                                                                \
    F(after, OPT_TEXT, "上一页的末尾")                                                                           \
    F(limit, OPT_INT, "条数", .min = 1, .max = 200)
struct estates_in { FIELD_STRUCT(ESTATES_IN) };
#define ENT struct estates_in
static const struct field estates_fields[] = { FIELD_LIST(ESTATES_IN) FIELD_END };
#undef ENT

#define HOMES_IN(F)                                                                                              \
    F(use, OPT_ENUM, "用途", .items = home_uses)                                                                 \
    F(after, OPT_TEXT, "上一页的末尾")                                                                           \
    F(limit, OPT_INT, "条数", .min = 1, .max = 200)
struct homes_in { FIELD_STRUCT(HOMES_IN) };
#define ENT struct homes_in
static const struct field homes_fields[] = { FIELD_LIST(HOMES_IN) FIELD_END };
#undef ENT

static str item_name(const struct item *items, const opt_i64 *v) {
    const struct item *it = v->has ? item_by_value(items, v->v) : NULL;
    return str_of(it ? it->name : "");
}

/* The widest area in which he may see estates, cut to the one asked for. */
static err estates_run(struct rq *rq, const void *p, buf *out) {
    const struct estates_in *in = p;
    struct pair filters[2] = { { S("kind"), item_name(estate_kinds, &in->kind) }, { S("name"), in->name.v } };
    struct entity_query q = { .filters = { filters, 2 },
                              .after = in->after.v,
                              .limit = in->limit.has ? (int)in->limit.v : 50 };
    i64 code;
    access_scope(&rq->actor, "estate.view", &q.lo, &q.hi);
    if (q.lo == q.hi) return E_DENIED;
    if (in->area.has) {
        if (!area_code_parse(in->area.v, &code)) return E_MISSING;
        if (access_may(&rq->actor, "estate.view", &(struct object){ .code = code }) != OK) return E_MISSING;
        q.lo = code;
        q.hi = code + area_span(area_code_level(code));
    }
    return list_json(rq->tx, &q, &estate_entity, out);
}

/* By a post: an owner's right is to his own home. */
static err homes_run(struct rq *rq, const void *p, buf *out) {
    const struct homes_in *in = p;
    struct object here = { .code = rq->code, .estate = rq->estate, .person = STAFF_ONLY };
    struct pair filters[1] = { { S("use"), item_name(home_uses, &in->use) } };
    struct entity_query q = { .shard = rq->estate, .filters = { filters, 1 }, .after = in->after.v,
                              .limit = in->limit.has ? (int)in->limit.v : 50 };
    TRY(access_may(&rq->actor, "home.view", &here));
    return list_json(rq->tx, &q, &home_entity, out);
}

const struct query estate_queries[] = {
    { .name = "estate.estate.list", .title = "小区列表", .in = estates_fields, .in_size = sizeof(struct estates_in),
      .shard = SHARD_HOUSE, .run = estates_run },
    { .name = "estate.home.list", .title = "房屋列表", .right = "home.view", .in = homes_fields,
      .in_size = sizeof(struct homes_in), .shard = SHARD_ESTATE, .run = homes_run },
    { .name = NULL },
};
