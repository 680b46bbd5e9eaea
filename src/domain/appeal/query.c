/* query.c - reading for programs: the same rows and the same scope as the pages. */
#include "domain/appeal/inner.h"
#include "kit/page/page.h"

#define LIST_IN(F)                                                                                               \
    F(state, OPT_ENUM, "状态", .items = case_states)                                                             \
    F(category, OPT_INT, "类别", .hint = "二级类别的代码")                                                       \
    F(open, FLAG, "只看没结案的")                                                                                \
    F(before, OPT_REF, "上一页最后一件", .hint = "上一次回答里的 next")                                          \
    F(limit, OPT_INT, "条数", .min = 1, .max = 200)
#define GET_IN(F) F(id, REF, "诉求", .flags = REQ)
struct list_in { FIELD_STRUCT(LIST_IN) };
struct get_in { FIELD_STRUCT(GET_IN) };
struct nothing_in { char nothing; };
#define ENT struct list_in
static const struct field list_fields[] = { FIELD_LIST(LIST_IN) FIELD_END };
#undef ENT
#define ENT struct get_in
static const struct field get_fields[] = { FIELD_LIST(GET_IN) FIELD_END };
#undef ENT
static const struct field no_fields[] = { FIELD_END };

static void member(buf *out, const char *name, str value) {
    buf_c(out, ',');
    buf_json(out, str_of(name));
    buf_c(out, ':');
    buf_json(out, value);
}

/* The head with a title; whoever is not the reporter's side sees the same fields, all of them without secrets. */
static void put_head(buf *out, struct arena *a, const struct case_head *h, str title) {
    fields_json(out, a, case_head_entity.fields, h);
    out->n--;   /* opens the object again for what stands beside */
    member(out, "title", title);
    member(out, "category_name", appeal_kind_label(a, h->category));
}

static err list_run(struct rq *rq, const void *p, buf *out) {
    const struct list_in *in = p;
    struct case_lines lines;
    struct object here = { .code = rq->code, .estate = rq->estate };
    struct case_query q = { .estate = rq->estate,
                            .state = in->state.has ? in->state.v : 0,
                            .open_only = in->open != 0,
                            .category = in->category.has ? in->category.v : 0,
                            .before = in->before.has ? in->before.v : 0,
                            .limit = in->limit.has ? (int)in->limit.v : 50 };
    /* A resident has his own, nothing else. */
    if (appeal_side(&rq->actor, "appeal.view", &here) == SIDE_OWNER) q.reporter = rq->actor.person;
    TRY(case_list(rq->tx, &appeal_casework, &q, &lines));
    buf_lit(out, "{\"rows\":[");
    for (size_t i = 0; i < lines.n; i++) {
        if (i) buf_c(out, ',');
        put_head(out, rq->a, &lines.p[i].head, lines.p[i].title);
        buf_c(out, '}');
    }
    buf_lit(out, "],\"next\":");
    buf_json(out, lines.next ? id_text(rq->a, lines.next) : S(""));
    buf_c(out, '}');
    return OK;
}

static void put_entry(struct rq *rq, buf *out, const struct case_entry *e, bool owner) {
    bool stranger = owner && str_is(e->action, "follow");   /* neighbours have no name for each other */
    buf_lit(out, "{\"id\":");
    buf_json(out, id_text(rq->a, e->id));
    buf at = buf_in(rq->a, 40);
    instant_put(&at, e->at);
    member(out, "at", buf_str(&at));
    member(out, "action", e->action);
    member(out, "side", str_of(item_label(case_sides, e->side)));
    member(out, "actor", stranger ? S("") : e->actor_name);
    member(out, "words", e->words);
    buf_fmt(out, ",\"photos\":%zu}", appeal_photos_count(e->photos));
}

static err get_run(struct rq *rq, const void *p, buf *out) {
    const struct get_in *in = p;
    struct case_head h;
    struct case_text t;
    struct case_entries entries;
    struct case_clocks clocks;
    TRY(case_get(rq->tx, &appeal_casework, rq->estate, in->id, -1, &h));
    struct object o = case_object(&h, rq->code);
    TRY(access_may(&rq->actor, "appeal.view", &o));
    bool owner = appeal_side(&rq->actor, "appeal.view", &o) == SIDE_OWNER;
    TRY(case_words(rq->tx, rq->estate, h.id, &t));
    TRY(case_entries(rq->tx, rq->estate, h.id, !owner, &entries));
    TRY(case_clocks(rq->tx, rq->estate, h.id, &clocks));
    put_head(out, rq->a, &h, t.title);
    member(out, "words", t.words);
    member(out, "spot", t.spot);
    buf_lit(out, ",\"entries\":[");
    for (size_t i = 0; i < entries.n; i++) {
        if (i) buf_c(out, ',');
        put_entry(rq, out, &entries.p[i], owner);
    }
    buf_lit(out, "],\"clocks\":[");
    for (size_t i = 0; i < clocks.n; i++) {
        const struct case_clock *c = &clocks.p[i];
        buf due = buf_in(rq->a, 40);
        instant_put(&due, c->due_at);
        buf_fmt(out, "%s{\"name\":", i ? "," : "");
        buf_json(out, c->name);
        member(out, "due_at", buf_str(&due));
        buf_fmt(out, ",\"running\":%s,\"provisional\":%s}", c->running ? "true" : "false",
                c->provisional ? "true" : "false");
    }
    buf_lit(out, "]}");
    return OK;
}

static err kinds_run(struct rq *rq, const void *p, buf *out) {
    const struct appeal_kind *first[32], *second[APPEAL_KINDS_MAX];
    size_t n = appeal_kinds(0, day_of(rq->now), first, COUNT(first));
    bool more = false;
    (void)p;
    buf_lit(out, "{\"rows\":[");
    for (size_t i = 0; i < n; i++) {
        size_t m = appeal_kinds(first[i]->code, day_of(rq->now), second, COUNT(second));
        for (size_t k = 0; k < m; k++) {
            buf_fmt(out, "%s{\"code\":%lld,\"parent\":%lld", more ? "," : "", (long long)second[k]->code,
                    (long long)first[i]->code);
            member(out, "name", second[k]->name);
            member(out, "group", first[i]->name);
            member(out, "urgency", str_of(item_label(case_urgencies, second[k]->urgency)));
            buf_fmt(out, ",\"emergency\":%s}", second[k]->emergency ? "true" : "false");
            more = true;
        }
    }
    buf_lit(out, "]}");
    return OK;
}

const struct query appeal_queries[] = {
    { .name = "appeal.case.list",
      .title = "诉求列表",
      .right = "appeal.view",
      .in = list_fields,
      .in_size = sizeof(struct list_in),
      .shard = SHARD_ESTATE,
      .run = list_run,
      .flags = PAGE_QUICK },
    { .name = "appeal.case.get",
      .title = "一件诉求",
      .right = "appeal.view",
      .in = get_fields,
      .in_size = sizeof(struct get_in),
      .shard = SHARD_ESTATE,
      .run = get_run,
      .flags = PAGE_QUICK },
    { .name = "appeal.kind.list",
      .title = "诉求类别",
      .in = no_fields,
      .in_size = sizeof(struct nothing_in),
      .shard = SHARD_HOUSE,
      .run = kinds_run,
      .flags = PAGE_OPEN | PAGE_QUICK },
    { .name = NULL },
};
