/* estate.c - the room as the rest of the house sees it. */
#include "domain/estate/inner.h"
#include "domain/org/org.h"
#include "kit/event/event.h"
#include "kit/page/page.h"

const struct item estate_kinds[] = { ESTATE_KIND(ITEM_ROW) { 0, NULL, NULL } };
const struct item area_sources[] = { AREA_SOURCE(ITEM_ROW) { 0, NULL, NULL } };
const struct item home_uses[] = { HOME_USE(ITEM_ROW) { 0, NULL, NULL } };
const struct item import_states[] = { IMPORT_STATE(ITEM_ROW) { 0, NULL, NULL } };

#define ENT struct estate
ENTITY(estate, "小区", ESTATE_FIELDS, ESTATE_KEYS)
#undef ENT
#define ENT struct building
ENTITY(building, "楼栋", BUILDING_FIELDS, BUILDING_KEYS)
#undef ENT
#define ENT struct entrance
ENTITY(entrance, "单元", ENTRANCE_FIELDS, ENTRANCE_KEYS)
#undef ENT
#define ENT struct home
ENTITY(home, "房屋", HOME_FIELDS, HOME_KEYS)
#undef ENT
#define ENT struct project
ENTITY(project, "物业项目", PROJECT_FIELDS, PROJECT_KEYS)
#undef ENT
#define ENT struct import_batch
ENTITY(import_batch, "导入批次", IMPORT_BATCH_FIELDS, IMPORT_BATCH_KEYS)
#undef ENT
#define ENT struct import_part
ENTITY(import_part, "导入内容", IMPORT_PART_FIELDS, IMPORT_PART_KEYS)
#undef ENT
#define ENT struct import_person
ENTITY(import_person, "导入登记的人", IMPORT_PERSON_FIELDS, IMPORT_PERSON_KEYS)
#undef ENT

#define ENT struct estate_add_in
const struct field estate_add_fields[] = { FIELD_LIST(ESTATE_ADD_IN) FIELD_END };
#undef ENT
#define ENT struct estate_edit_in
const struct field estate_edit_fields[] = { FIELD_LIST(ESTATE_EDIT_IN) FIELD_END };
#undef ENT
#define ENT struct manager_in
const struct field manager_fields[] = { FIELD_LIST(MANAGER_IN) FIELD_END };
#undef ENT
#define ENT struct home_add_in
const struct field home_add_fields[] = { FIELD_LIST(HOME_ADD_IN) FIELD_END };
#undef ENT
#define ENT struct tie_add_in
const struct field tie_add_fields[] = { FIELD_LIST(TIE_ADD_IN) FIELD_END };
#undef ENT
#define ENT struct tie_end_in
const struct field tie_end_fields[] = { FIELD_LIST(TIE_END_IN) FIELD_END };
#undef ENT
#define ENT struct upload_in
const struct field upload_fields[] = { FIELD_LIST(UPLOAD_IN) FIELD_END };
#undef ENT
#define ENT struct batch_in
const struct field batch_fields[] = { FIELD_LIST(BATCH_IN) FIELD_END };
#undef ENT
#define ENT struct columns_in
const struct field columns_fields[] = { FIELD_LIST(COLUMNS_IN) FIELD_END };
#undef ENT
#define ENT struct withdraw_in
const struct field withdraw_fields[] = { FIELD_LIST(WITHDRAW_IN) FIELD_END };
#undef ENT
#define ENT struct more_in
const struct field more_fields[] = { FIELD_LIST(MORE_IN) FIELD_END };
#undef ENT

#define ENT struct estate_added
const struct field estate_added_fields[] = { FIELD_LIST(ESTATE_ADDED) FIELD_END };
#undef ENT

static const struct metric metrics[] = {
    { METRIC_HOMES, "estate.homes", "建档住宅", "套" },
    { METRIC_ESTATES, "estate.estates", "小区", "个" },
    { 0, NULL, NULL, NULL },
};

static struct entity *const entities[] = {
    &estate_entity,       &building_entity,    &entrance_entity,      &home_entity, &project_entity,
    &import_batch_entity, &import_part_entity, &import_person_entity, NULL,
};

#define IN(fields, type) .in = fields, .in_size = sizeof(struct type)
static const struct command commands[] = {
    { .name = "estate.estate.count",
      .title = "计入小区数",
      .shard = SHARD_ESTATE,
      IN(estate_added_fields, estate_added),
      .run = estate_count_run,
      .internal = true },
    { .name = "estate.estate.add",
      .title = "登记小区",
      .right = "estate.edit",
      .shard = SHARD_HOUSE,
      IN(estate_add_fields, estate_add_in),
      .object = estate_add_object,
      .run = estate_add_run,
      .said = "小区登记好了，几秒钟后就能打开。" },
    { .name = "estate.estate.edit",
      .title = "改小区资料",
      .right = "estate.edit",
      .shard = SHARD_ESTATE,
      IN(estate_edit_fields, estate_edit_in),
      .object = edit_object,
      .run = estate_edit_run,
      .said = "改好了。" },
    { .name = "estate.manager.set",
      .title = "登记物业企业和负责人",
      .right = "estate.edit",
      .shard = SHARD_ESTATE,
      IN(manager_fields, manager_in),
      .object = edit_object,
      .run = manager_set_run,
      .said = "登记好了。" },
    { .name = "estate.home.add",
      .title = "登记房屋",
      .right = "estate.edit",
      .shard = SHARD_ESTATE,
      IN(home_add_fields, home_add_in),
      .object = staff_object,
      .run = home_add_run,
      .said = "房屋登记好了。" },
    { .name = "estate.tie.add",
      .title = "登记房屋关系",
      .right = "home.relations",
      .shard = SHARD_ESTATE,
      IN(tie_add_fields, tie_add_in),
      .object = tie_add_object,
      .run = tie_add_run,
      .said = "登记好了。" },
    { .name = "estate.tie.end",
      .title = "结束房屋关系",
      .right = "home.relations",
      .shard = SHARD_ESTATE,
      IN(tie_end_fields, tie_end_in),
      .object = tie_end_object,
      .run = tie_end_run,
      .said = "这个关系结束了。" },
    { .name = "estate.import.upload",
      .title = "上传台账",
      .right = "estate.import",
      .shard = SHARD_ESTATE,
      IN(upload_fields, upload_in),
      .object = staff_object,
      .prepare = upload_prepare,
      .run = upload_run },
    { .name = "estate.import.columns",
      .title = "核对台账的列",
      .right = "estate.import",
      .shard = SHARD_ESTATE,
      IN(columns_fields, columns_in),
      .object = staff_object,
      .prepare = columns_prepare,
      .run = columns_run },
    { .name = "estate.import.confirm",
      .title = "确认导入",
      .right = "estate.import",
      .shard = SHARD_ESTATE,
      IN(batch_fields, batch_in),
      .object = staff_object,
      .run = confirm_run },
    { .name = "estate.import.drop",
      .title = "放弃导入",
      .right = "estate.import",
      .shard = SHARD_ESTATE,
      IN(batch_fields, batch_in),
      .object = staff_object,
      .run = drop_run,
      .said = "这一批放弃了，什么也没有写入。" },
    { .name = "estate.import.withdraw",
      .title = "撤回导入",
      .right = "estate.import",
      .shard = SHARD_ESTATE,
      IN(withdraw_fields, withdraw_in),
      .object = staff_object,
      .run = withdraw_run },
    { .name = "estate.import.write",
      .title = "写入或撤回一段",
      .shard = SHARD_ESTATE,
      IN(more_fields, more_in),
      .run = more_run,
      .internal = true },
    { .name = "estate.area.follow",
      .title = "街道的兜底小区",
      .shard = SHARD_HOUSE,
      .in = area_changed_fields,
      .in_size = sizeof(struct area_changed),
      .run = estate_follow_run,
      .internal = true },
    { .name = "estate.tie.expire", .title = "关系到期", .shard = SHARD_ESTATE, .in = clock_event_fields,
      .in_size = sizeof(struct clock_event), .run = tie_expire_run, .internal = true },
    COMMAND_END,
};

/* ---- pages ---- */

static err area_object(struct rq *rq, struct object *ret) {
    return area_code_parse(rq_param(rq, "area"), &ret->code) && area_by_code(ret->code) ? OK : E_MISSING;
}

static err home_object(struct rq *rq, struct object *ret) {
    return rq_id(rq, "home", &ret->home);
}

static err by_post_object(struct rq *rq, struct object *ret) {
    (void)rq;
    ret->person = STAFF_ONLY;
    return OK;
}

static err above_object(struct rq *rq, struct object *ret) {
    *ret = above(rq->code);
    return OK;
}

static const char *const new_forms[] = { "estate.estate.add", NULL };
static const char *const edit_forms[] = { "estate.estate.edit", NULL };
static const char *const manager_forms[] = { "estate.manager.set", NULL };
static const char *const home_forms[] = { "estate.home.add", NULL };
static const char *const tie_forms[] = { "estate.tie.add", NULL };
static const char *const end_forms[] = { "estate.tie.end", NULL };
static const char *const import_forms[] = { "estate.import.upload", NULL };
static const char *const batch_forms[] = { "estate.import.columns", "estate.import.confirm", "estate.import.drop",
                                           "estate.import.withdraw", NULL };
static const struct page pages[] = {
    { .path = "/a/{area}/estates",
      .title = "小区",
      .right = "estate.view",
      .show = estate_list_page,
      .object = area_object },
    { .path = "/a/{area}/estates/new",
      .title = "登记小区",
      .right = "estate.edit",
      .flags = PAGE_QUICK,
      .show = estate_new_page,
      .object = area_object,
      .commands = new_forms },
    { .path = "/e/{estate}", .title = "小区", .right = "estate.view", .show = estate_one_page },
    { .path = "/e/{estate}/edit",
      .title = "改小区资料",
      .right = "estate.edit",
      .flags = PAGE_QUICK,
      .show = estate_edit_page,
      .object = above_object,
      .commands = edit_forms },
    { .path = "/e/{estate}/manager",
      .title = "物业企业和负责人",
      .right = "estate.edit",
      .flags = PAGE_QUICK,
      .show = estate_manager_page,
      .object = above_object,
      .commands = manager_forms },
    { .path = "/e/{estate}/homes",
      .title = "房屋台账",
      .right = "home.view",
      .show = estate_homes_page,
      .object = by_post_object },
    { .path = "/e/{estate}/homes/new",
      .title = "登记房屋",
      .right = "estate.edit",
      .flags = PAGE_QUICK,
      .show = estate_home_new_page,
      .object = by_post_object,
      .commands = home_forms },
    { .path = "/e/{estate}/home/{home}",
      .title = "房屋",
      .right = "home.view",
      .flags = PAGE_QUICK,
      .show = estate_home_page,
      .object = home_object },
    { .path = "/e/{estate}/home/{home}/tie",
      .title = "登记房屋关系",
      .right = "home.relations",
      .flags = PAGE_QUICK,
      .show = estate_tie_page,
      .object = home_object,
      .commands = tie_forms },
    { .path = "/e/{estate}/home/{home}/tie/{tie}",
      .title = "结束房屋关系",
      .right = "home.relations",
      .flags = PAGE_QUICK,
      .show = estate_tie_end_page,
      .object = home_object,
      .commands = end_forms },
    { .path = "/e/{estate}/import",
      .title = "导入台账",
      .right = "estate.import",
      .flags = PAGE_QUICK,
      .show = estate_import_page,
      .object = by_post_object,
      .commands = import_forms },
    { .path = "/e/{estate}/import/{batch}",
      .title = "导入台账",
      .right = "estate.import",
      .show = estate_batch_page,
      .object = by_post_object,
      .commands = batch_forms },
    PAGE_END,
};

/* ---- facts that must hold ---- */

SQL(check_area, "", "it",
    "SELECT estate.id, estate.name FROM estate WHERE NOT EXISTS (SELECT 1 FROM area WHERE area.id = "
    "estate.id AND area.code = estate.code) ORDER BY estate.id LIMIT 20")
SQL(check_estate_row, "", "it",
    "SELECT area.id, area.name FROM area WHERE area.level = 5 AND area.to_day IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM estate WHERE estate.id = area.id) ORDER BY area.id LIMIT 20")
SQL(check_sign, "", "it",
    "SELECT estate.id, estate.sign FROM estate WHERE NOT EXISTS (SELECT 1 FROM directory WHERE "
    "directory.kind = 5 AND directory.ref = estate.id) ORDER BY estate.id LIMIT 20")
SQL(check_tie, "", "ii",
    "SELECT tie.estate_id, tie.id FROM tie WHERE NOT EXISTS (SELECT 1 FROM home WHERE home.estate_id = "
    "tie.estate_id AND home.id = tie.home_id) OR (tie.person_id IS NULL AND tie.org_id IS NULL) ORDER BY "
    "tie.estate_id, tie.id LIMIT 20")
/* Shares floored to millionths: short of the whole by less than one each. */
SQL(check_share, "", "iii",
    "SELECT estate_id, home_id, CAST(coalesce(sum(CASE WHEN share_den = 0 THEN 0 ELSE share_num * 1000000 / "
    "share_den END), 0) AS BIGINT) FROM tie WHERE kind IN (1, 2) AND to_at IS NULL GROUP BY estate_id, "
    "home_id HAVING CAST(coalesce(sum(CASE WHEN share_den = 0 THEN 0 ELSE share_num * 1000000 / share_den "
    "END), 0) AS BIGINT) > 1000000 OR (count(*) = count(CASE WHEN share_den > 0 THEN 1 END) AND "
    "CAST(coalesce(sum(share_num * 1000000 / CASE WHEN share_den = 0 THEN 1 ELSE share_den END), 0) AS "
    "BIGINT) < 1000000 - count(*)) ORDER BY estate_id, home_id LIMIT 20")
SQL(check_households, "", "iti",
    "SELECT estate.id, estate.name, estate.households FROM estate WHERE estate.households < (SELECT "
    "count(*) FROM home WHERE home.estate_id = estate.id AND home.use = 1) ORDER BY estate.id LIMIT 20")
SQL(check_project, "", "it",
    "SELECT estate.id, estate.name FROM estate WHERE estate.org_id IS NOT NULL AND NOT EXISTS (SELECT 1 "
    "FROM project WHERE project.estate_id = estate.id AND project.to_day IS NULL AND project.org_id = "
    "estate.org_id AND coalesce(project.manager_id, 0) = coalesce(estate.manager_id, 0)) ORDER BY estate.id "
    "LIMIT 20")
SQL(check_street, "", "it",
    "SELECT area.id, area.name FROM area WHERE area.level IN (1, 3) AND area.to_day IS NULL AND EXISTS "
    "(SELECT 1 FROM estate) AND NOT EXISTS (SELECT 1 FROM estate WHERE estate.id = area.id) ORDER BY "
    "area.id LIMIT 20")
static const struct check checks[] = {
    { "每个小区有同代码的区域", &check_area },
    { "每个小区级区域有小区", &check_estate_row },
    { "每个小区有代号", &check_sign },
    { "每个房屋关系有房屋、有人或单位", &check_tie },
    { "一套房的份额不超过一整套，都写了的正好一整套", &check_share },
    { "住宅户数不少于已建档的住宅", &check_households },
    { "小区现在的物业企业就是没有结束的那个项目", &check_project },
    { "每个街道乡镇和全市有兜底小区", &check_street },
    { NULL, NULL },
};

/* ---- the room ---- */

SQL(served_by, "i", "itti",
    "SELECT id, name, address, households FROM estate WHERE org_id = $1 ORDER BY code LIMIT 200")

static err served(struct tx *tx, i64 org, struct org_places *ret) {
    struct rows rows;
    TRY(db_all(tx, &rows, &served_by, vi(org)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        *VEC_ADD(tx->a, ret) = (struct org_place){ v[1].s, str_fmt(tx->a, "/e/%.*s", STR(id_text(tx->a, v[0].i))),
                                                   str_fmt(tx->a, "%.*s，%lld 户", STR(v[2].s), (long long)v[3].i) };
    }
    return OK;
}

static err load(struct tx *tx) {
    (void)tx;
    org_places_from(served);
    return OK;
}

static const char *const needs[] = { "org", "people", "account", NULL };
static const char *const rights[] = { "estate.view", "estate.edit",    "estate.import",
                                      "home.view",   "home.relations", NULL };
static const char *const emits[] = { "area.changed", "estate.added", "estate.person-home.changed", "estate.import.more",
                                     NULL };
static const struct subscription on[] = {
    { "estate.import.more", "estate.import.write" },
    { "area.changed", "estate.area.follow" },
    { "estate.added", "estate.estate.count" },
    { "clock.tie.expire", "estate.tie.expire" },
    { NULL, NULL },
};

const struct module estate_module = {
    .name = "estate",
    .label = "小区",
    .needs = needs,
    .entities = entities,
    .commands = commands,
    .pages = pages,
    .queries = estate_queries,
    .rights = rights,
    .checks = checks,
    .metrics = metrics,
    .on = on,
    .emits = emits,
    .cards = estate_cards,
    .entries = estate_entries,
    .seed = estate_seed,
    .load = load,
};
