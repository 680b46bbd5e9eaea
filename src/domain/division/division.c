/* division.c - what may be done with areas; see README.md. */
#include "domain/division/division.h"
#include "kit/page/list.h"
#include "kit/search/namekey.h"

#define ENT struct rename_in
const struct field rename_in_fields[] = { FIELD_LIST(RENAME_IN) FIELD_END };
#undef ENT

/* ---- a name is corrected ---- */

static err rename_object(struct tx *tx, const void *p, struct object *ret) {
    const struct rename_in *in = p;
    struct area a;
    TRY(entity_get(tx, &area_entity, &a, vi(in->area_id)));
    ret->code = a.code;
    return OK;
}

static err rename_run(struct tx *tx, const void *p) {
    const struct rename_in *in = p;
    struct area was, now;
    TRY(entity_get(tx, &area_entity, &was, vi(in->area_id)));
    now = was;
    now.name = in->name;
    now.short_name = in->short_name;
    TRY(entity_update(tx, &area_entity, &was, &now));
    op_result(tx, "basis", in->basis);
    op_event(tx, "area.changed", area_changed_fields, &(struct area_changed){ in->area_id });
    op_next(tx, str_fmt(tx->a, "/division/%.*s", STR(area_code_text(tx->a, was.code))));
    return OK;
}

/* ---- facts that must hold ---- */

SQL(check_parent, "", "it",
    "SELECT area.id, area.name FROM area WHERE area.level > 1 AND area.to_day IS NULL AND NOT EXISTS (SELECT "
    "1 FROM area AS up "
    "WHERE up.level = area.level - 1 AND up.to_day IS NULL AND up.code = CASE area.level "
    "WHEN 2 THEN area.code / 100000000000000 * 100000000000000 WHEN 3 THEN area.code / 10000000000 * "
    "10000000000 "
    "WHEN 4 THEN area.code / 10000000 * 10000000 ELSE area.code / 10000 * 10000 END) ORDER BY area.id LIMIT "
    "20")
SQL(check_residents, "", "i",
    "SELECT CAST(coalesce(sum(residents), 0) AS BIGINT) FROM area WHERE level = 2 "
    "HAVING CAST(coalesce(sum(residents), 0) AS BIGINT) > 0 AND CAST(coalesce(sum(residents), 0) AS BIGINT) "
    "<> 21893095")

static const struct check checks[] = {
    { "每个区域都有上级", &check_parent },
    { "各区常住人口合计等于 2020 年普查数", &check_residents },
    { NULL, NULL },
};

/* ---- named queries ---- */

#define AREAS_IN(F)                                                                                              \
    F(level, OPT_ENUM, "层级", .items = area_levels)                                                             \
    F(name, OPT_TEXT, "名称开头")                                                                                \
    F(after, OPT_TEXT, "上一页的末尾")                                                                           \
    F(limit, OPT_INT, "条数", .min = 1, .max = 200)
struct areas_in { FIELD_STRUCT(AREAS_IN) };
#define ENT struct areas_in
static const struct field areas_in_fields[] = { FIELD_LIST(AREAS_IN) FIELD_END };
#undef ENT

static err areas_run(struct rq *rq, const void *p, buf *out) {
    const struct areas_in *in = p;
    struct pair filters[2] = { { S("level"), S("") }, { S("name"), in->name.v } };
    if (in->level.has) filters[0].value = str_of(item_by_value(area_levels, in->level.v)->name);
    struct entity_query q = { .hi = INT64_MAX,
                              .filters = { filters, 2 },
                              .after = in->after.v,
                              .limit = in->limit.has ? (int)in->limit.v : 50 };
    return list_json(rq->tx, &q, &area_entity, out);
}

#define AREA_IN(F) F(code, TEXT, "区划代码", .flags = REQ, .max = 16, .hint = "2、6、9、12 或 16 位")
struct area_in { FIELD_STRUCT(AREA_IN) };
#define ENT struct area_in
static const struct field area_in_fields[] = { FIELD_LIST(AREA_IN) FIELD_END };
#undef ENT

static err area_run(struct rq *rq, const void *p, buf *out) {
    const struct area_in *in = p;
    struct area a;
    i64 code = 0;
    const struct area *known = area_code_parse(in->code, &code) ? area_by_code(code) : NULL;
    if (!known) return E_MISSING;
    TRY(entity_get(rq->tx, &area_entity, &a, vi(known->id)));
    fields_json(out, rq->a, area_entity.fields, &a);
    return OK;
}

static const struct query queries[] = {
    { .name = "division.area.get",
      .title = "一个区域",
      .in = area_in_fields,
      .in_size = sizeof(struct area_in),
      .shard = SHARD_HOUSE,
      .run = area_run,
      .flags = PAGE_OPEN | PAGE_QUICK },
    { .name = "division.area.list", .title = "区域列表", .in = areas_in_fields, .in_size = sizeof(struct areas_in),
      .shard = SHARD_HOUSE, .run = areas_run, .flags = PAGE_OPEN | PAGE_QUICK },
    { .name = NULL },
};

static const struct command commands[] = {
    { .name = "division.area.rename", .title = "改区域名称", .right = "division.edit", .shard = SHARD_HOUSE,
      .in = rename_in_fields, .in_size = sizeof(struct rename_in), .object = rename_object, .run = rename_run,
      .said = "名称改好了。" },
    COMMAND_END,
};
static const char *const edit_forms[] = { "division.area.rename", NULL };

static err city_object(struct rq *rq, struct object *ret) {
    (void)rq;
    ret->code = AREA_CITY_CODE;
    return OK;
}

static err area_object(struct rq *rq, struct object *ret) {
    return area_code_parse(rq_param(rq, "area"), &ret->code) ? OK : E_MISSING;
}

static const struct page pages[] = {
    { .path = "/division",
      .title = "区划",
      .flags = PAGE_OPEN | PAGE_QUICK,
      .show = division_list_page,
      .object = city_object },
    { .path = "/division/{area}",
      .title = "区划",
      .flags = PAGE_OPEN | PAGE_QUICK,
      .show = division_one_page },
    { .path = "/division/{area}/edit",
      .title = "改区域名称",
      .right = "division.edit",
      .flags = PAGE_QUICK,
      .show = division_edit_page,
      .object = area_object,
      .commands = edit_forms },
    PAGE_END,
};
static void menu(struct rq *rq, struct menu *ret) {
    if (rq_may_somewhere(rq, "division.edit"))
        *VEC_ADD(rq->a, ret) = (struct menu_item){ 30, S("/division"), S("区划"), "map", false };
}

static const char *const rights[] = { "division.view", "division.edit", NULL };
static const char *const emits[] = { "area.changed", NULL };

const struct module division_module = {
    .name = "division", .label = "区划", .commands = commands, .pages = pages, .queries = queries, .rights = rights,
    .emits = emits, .checks = checks, .facts = division_facts, .menu = menu,
};
