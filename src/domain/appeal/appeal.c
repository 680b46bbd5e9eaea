/* appeal.c - the room of appeals: flow, commands, pages; see README.md. */
#include "domain/appeal/inner.h"
#include "domain/estate/estate.h"

#define ENT struct appeal_draft
ENTITY(appeal_draft, "没填完的报事", APPEAL_DRAFT_FIELDS, APPEAL_DRAFT_KEYS)
#undef ENT
#define ENT struct appeal_follow
ENTITY(appeal_follow, "我也遇到了", APPEAL_FOLLOW_FIELDS, APPEAL_FOLLOW_KEYS)
#undef ENT

/* ---- inputs ---- */

const struct item appeal_hand_sides[] = {
    { SIDE_ENTERPRISE, "ENTERPRISE", "物业企业" }, { SIDE_COMMUNITY, "COMMUNITY", "社区" }, { SIDE_STREET, "STREET", "街道乡镇" },
    { SIDE_DISTRICT, "DISTRICT", "区" }, { 0, NULL, NULL },
};
#define ENT struct place_in
const struct field appeal_place_fields[] = { FIELD_LIST(PLACE_IN) FIELD_END };
#undef ENT
#define ENT struct kind_in
const struct field appeal_kind_fields[] = { FIELD_LIST(KIND_IN) FIELD_END };
#undef ENT
#define ENT struct words_in
const struct field appeal_words_fields[] = { FIELD_LIST(WORDS_IN) FIELD_END };
#undef ENT
#define ENT struct contact_in
const struct field appeal_contact_fields[] = { FIELD_LIST(CONTACT_IN) FIELD_END };
#undef ENT
#define ENT struct report_in
const struct field appeal_report_fields[] = { FIELD_LIST(REPORT_IN) FIELD_END };
#undef ENT
#define ENT struct case_in
const struct field appeal_case_fields[] = { FIELD_LIST(CASE_IN) FIELD_END };
const struct field appeal_told_fields[] = { FIELD_LIST(TOLD_IN) FIELD_END };
#undef ENT
#define ENT struct hand_in
const struct field appeal_hand_fields[] = { FIELD_LIST(HAND_IN) FIELD_END };
#undef ENT
#define ENT struct sort_in
const struct field appeal_sort_fields[] = { FIELD_LIST(SORT_IN) FIELD_END };
#undef ENT
#define ENT struct rate_in
const struct field appeal_rate_fields[] = { FIELD_LIST(RATE_IN) FIELD_END };
#undef ENT
#define ENT struct reveal_in
const struct field appeal_reveal_fields[] = { FIELD_LIST(REVEAL_IN) FIELD_END };
#undef ENT

/* ---- the flow ---- */

static const struct step steps[] = {
    { "report", 0, CASE_WAITING, "appeal.report", NULL, false },
    { "accept", CASE_WAITING, CASE_WORKING, "appeal.handle", NULL, false },
    { "arrive", CASE_WORKING, CASE_ARRIVED, "appeal.handle", NULL, false },
    { "done", CASE_WORKING, CASE_DONE, "appeal.handle", NULL, true },
    { "done", CASE_ARRIVED, CASE_DONE, "appeal.handle", NULL, true },
    { "confirm", CASE_DONE, CASE_CLOSED, "appeal.confirm", NULL, false },
    { "unanswered", CASE_DONE, CASE_CLOSED, NULL, "confirm", false },   /* by the clock alone */
    { "reopen", CASE_DONE, CASE_WAITING, "appeal.confirm", NULL, false },
    { "reopen", CASE_CLOSED, CASE_WAITING, "appeal.confirm", NULL, false },
    { "withdraw", CASE_WAITING, CASE_CLOSED, "appeal.confirm", NULL, false },
    { "withdraw", CASE_WORKING, CASE_CLOSED, "appeal.confirm", NULL, false },
    { "withdraw", CASE_ARRIVED, CASE_CLOSED, "appeal.confirm", NULL, false },
};
static const struct flow flow = { "case_head", "state", case_states, steps, COUNT(steps) };

static enum case_urgency urgency_of(i64 category) {
    const struct appeal_kind *k = appeal_kind(category);
    return k ? (enum case_urgency)k->urgency : ORDINARY;
}

static enum case_side side_of(i64 category) {
    const struct appeal_kind *k = appeal_kind(category);
    return k ? k->side : SIDE_ENTERPRISE;
}

/* By category this room counts itself, under the first level. */
const struct casework appeal_casework = {
    .kind = "appeal",
    .label = "诉求",
    .flow = &flow,
    .sign = estate_sign,
    .urgency = urgency_of,
    .side = side_of,
    .expired = appeal_expired,
    .metrics = { .reported = APPEAL_REPORTED,
                 .done = APPEAL_DONE,
                 .overdue = APPEAL_OVERDUE,
                 .reopened = APPEAL_REOPENED,
                 .closed = APPEAL_CLOSED,
                 .solved = APPEAL_SOLVED,
                 .unanswered = APPEAL_UNANSWERED,
                 .rated = APPEAL_RATED,
                 .stars = APPEAL_STARS },
};
CASEWORK(appeal_casework)

static const struct metric metrics[] = {
    { APPEAL_REPORTED, "appeal.reported", "报事", "件" },
    { APPEAL_DONE, "appeal.done", "办完", "件" },
    { APPEAL_OVERDUE, "appeal.overdue", "超期", "件" },
    { APPEAL_REOPENED, "appeal.reopened", "没修好重办", "件" },
    { APPEAL_CLOSED, "appeal.closed", "结案", "件" },
    { APPEAL_SOLVED, "appeal.solved", "报事人确认解决", "件" },
    { APPEAL_UNANSWERED, "appeal.unanswered", "按期未反馈", "件" },
    { APPEAL_RATED, "appeal.rated", "评过分", "件" },
    { APPEAL_STARS, "appeal.stars", "评分合计", "分" },
    { APPEAL_KIND + 100, "appeal.kind.100", "报事：停车管理", "件" },
    { APPEAL_KIND + 200, "appeal.kind.200", "报事：设施维修", "件" },
    { APPEAL_KIND + 300, "appeal.kind.300", "报事：物业收费", "件" },
    { APPEAL_KIND + 400, "appeal.kind.400", "报事：环境卫生", "件" },
    { APPEAL_KIND + 500, "appeal.kind.500", "报事：电梯", "件" },
    { APPEAL_KIND + 600, "appeal.kind.600", "报事：消防通道", "件" },
    { APPEAL_KIND + 700, "appeal.kind.700", "报事：公共收益", "件" },
    { APPEAL_KIND + 900, "appeal.kind.900", "报事：其他", "件" },
    { 0, NULL, NULL, NULL },
};

/* ---- addresses ---- */

str appeal_url(struct arena *a, i64 estate, i64 case_id) {
    return str_fmt(a, "/e/%.*s/appeal/%.*s", STR(id_text(a, estate)), STR(id_text(a, case_id)));
}

str appeal_cases_url(struct arena *a, i64 area_code, i64 month, i64 metric, i64 category) {
    buf b = buf_in(a, 160);
    buf_fmt(&b, "/a/%.*s/appeal?metric=%lld&month=%04lld-%02lld", STR(area_code_text(a, area_code)), (long long)metric,
            (long long)(month / 100), (long long)(month % 100));
    if (category) buf_fmt(&b, "&category=%lld", (long long)category);
    return buf_str(&b);
}

/* ---- commands ---- */

#define ON_CASE(verb, words, rights, sentence)                                                                   \
    { .name = "appeal.case." #verb, .title = words, .right = rights, .shard = SHARD_ESTATE, .in = appeal_case_fields, \
      .in_size = sizeof(struct case_in), .object = appeal_case_object, .run = appeal_##verb##_run, .said = sentence }
#define ON_CASE_TOLD(verb, words, rights, sentence)                                                              \
    { .name = "appeal.case." #verb, .title = words, .right = rights, .shard = SHARD_ESTATE, .in = appeal_told_fields, \
      .in_size = sizeof(struct case_in), .object = appeal_case_object, .run = appeal_##verb##_run, .said = sentence }
#define DRAFT(verb, words, fields, type)                                                                         \
    { .name = "appeal.draft." #verb, .title = words, .right = "appeal.report", .shard = SHARD_ESTATE, .in = fields, \
      .in_size = sizeof(struct type), .run = appeal_##verb##_run }

static const struct command commands[] = {
    DRAFT(place, "写哪里的问题", appeal_place_fields, place_in),
    DRAFT(kind, "写什么问题", appeal_kind_fields, kind_in),
    DRAFT(words, "写情况和照片", appeal_words_fields, words_in),
    DRAFT(contact, "写怎么联系", appeal_contact_fields, contact_in),
    { .name = "appeal.case.report",
      .title = "报事",
      .right = "appeal.report",
      .shard = SHARD_ESTATE,
      .in = appeal_report_fields,
      .in_size = sizeof(struct report_in),
      .run = appeal_report_run },
    { .name = "appeal.case.follow",
      .title = "我也遇到了",
      .right = "appeal.report",
      .shard = SHARD_ESTATE,
      .in = appeal_case_fields,
      .in_size = sizeof(struct case_in),
      .run = appeal_follow_run,
      .said = "记下了。这件事解决了会告诉您，您不用再报。" },
    ON_CASE(accept, "受理", "appeal.handle", "已受理，已经告诉报事人。"),
    ON_CASE(arrive, "到场", "appeal.handle", "到场时间记下了。"),
    ON_CASE_TOLD(done, "办完", "appeal.handle", "记下了，已经请报事人看看。"),
    ON_CASE_TOLD(pause, "挂起", "appeal.handle", "时限停住了，原因已经告诉报事人。"),
    ON_CASE_TOLD(resume, "恢复", "appeal.handle", "时限接着走了。"),
    ON_CASE_TOLD(note, "写进展", "appeal.handle", "写进去了。"),
    ON_CASE_TOLD(supervise, "督办", "appeal.supervise", "督办记下了，双方都看得到。"),
    { .name = "appeal.case.hand",
      .title = "转给",
      .right = "appeal.handle",
      .shard = SHARD_ESTATE,
      .in = appeal_hand_fields,
      .in_size = sizeof(struct hand_in),
      .object = appeal_case_object,
      .run = appeal_hand_run,
      .said = "转出去了，时限接着走。" },
    { .name = "appeal.case.sort",
      .title = "改类别",
      .right = "appeal.handle",
      .shard = SHARD_ESTATE,
      .in = appeal_sort_fields,
      .in_size = sizeof(struct sort_in),
      .object = appeal_case_object,
      .run = appeal_sort_run,
      .said = "类别改好了，时限按新类别算。" },
    ON_CASE(confirm, "确认解决了", "appeal.confirm", "好的，这件事结了。还有问题，30 天内可以点“没修好”。"),
    ON_CASE(reopen, "没修好", "appeal.confirm", "已经重新办，时限从现在起算。"),
    ON_CASE(withdraw, "撤回", "appeal.confirm", "撤回了。还有问题，随时再报。"),
    { .name = "appeal.case.rate",
      .title = "评分",
      .right = "appeal.confirm",
      .shard = SHARD_ESTATE,
      .in = appeal_rate_fields,
      .in_size = sizeof(struct rate_in),
      .object = appeal_case_object,
      .run = appeal_rate_run,
      .said = "谢谢您的评分。" },
    { .name = "appeal.phone.reveal",
      .title = "看联系电话",
      .right = "people.reveal",
      .shard = SHARD_PERSON,
      .in = appeal_reveal_fields,
      .in_size = sizeof(struct reveal_in),
      .object = appeal_reveal_object,
      .run = appeal_reveal_run },
    COMMAND_END,
};

/* ---- pages ---- */

static err case_page_object(struct rq *rq, struct object *ret) {
    i64 id;
    struct case_head h;
    TRY(rq_id(rq, "case", &id));
    TRY(case_get(rq->tx, &appeal_casework, rq->estate, id, -1, &h));
    *ret = case_object(&h, rq->code);
    return OK;
}

static err area_page_object(struct rq *rq, struct object *ret) {
    return area_code_parse(rq_param(rq, "area"), &ret->code) && area_by_code(ret->code) ? OK : E_MISSING;
}

static const char *const place_forms[] = { "appeal.draft.place", NULL };
static const char *const kind_forms[] = { "appeal.draft.kind", NULL };
static const char *const words_forms[] = { "appeal.draft.words", "appeal.case.follow", NULL };
static const char *const contact_forms[] = { "appeal.draft.contact", NULL };
static const char *const check_forms[] = { "appeal.case.report", NULL };
static const char *const desk_forms[] = { "appeal.case.accept", "appeal.case.arrive", NULL };
static const char *const case_forms[] = {
    "appeal.case.accept", "appeal.case.arrive", "appeal.case.done", "appeal.case.pause", "appeal.case.resume",
    "appeal.case.note", "appeal.case.hand", "appeal.case.sort", "appeal.case.confirm", "appeal.case.reopen",
    "appeal.case.withdraw", "appeal.case.rate", "appeal.case.supervise", "appeal.phone.reveal", NULL,
};
static const struct page pages[] = {
    { .path = "/report", .title = "哪个小区的事", .flags = PAGE_QUICK, .show = appeal_report_page },
    { .path = "/e/{estate}/appeal",
      .title = "报事",
      .right = "appeal.view",
      .flags = PAGE_QUICK,
      .show = appeal_list_page },
    { .path = "/e/{estate}/appeal/new",
      .title = "哪里的问题",
      .right = "appeal.report",
      .flags = PAGE_QUICK,
      .show = appeal_new_page,
      .commands = place_forms },
    { .path = "/e/{estate}/appeal/new/kind",
      .title = "什么问题",
      .right = "appeal.report",
      .flags = PAGE_QUICK,
      .show = appeal_new_kind_page,
      .commands = kind_forms },
    { .path = "/e/{estate}/appeal/new/words",
      .title = "说说情况",
      .right = "appeal.report",
      .flags = PAGE_QUICK,
      .show = appeal_new_words_page,
      .commands = words_forms },
    { .path = "/e/{estate}/appeal/new/contact",
      .title = "怎么联系您",
      .right = "appeal.report",
      .flags = PAGE_QUICK,
      .show = appeal_new_contact_page,
      .commands = contact_forms },
    { .path = "/e/{estate}/appeal/new/check",
      .title = "看一遍再提交",
      .right = "appeal.report",
      .flags = PAGE_QUICK,
      .show = appeal_new_check_page,
      .commands = check_forms },
    { .path = "/e/{estate}/appeal/new/photo/{n}",
      .title = "照片",
      .right = "appeal.report",
      .show = appeal_draft_photo_page },
    { .path = "/e/{estate}/appeal/urgent",
      .title = "先打电话",
      .right = "appeal.report",
      .flags = PAGE_QUICK,
      .show = appeal_urgent_page },
    { .path = "/e/{estate}/appeal/{case}",
      .title = "诉求",
      .right = "appeal.view",
      .flags = PAGE_QUICK,
      .show = appeal_case_page,
      .object = case_page_object,
      .commands = case_forms },
    { .path = "/e/{estate}/appeal/{case}/sent",
      .title = "收到了",
      .right = "appeal.view",
      .flags = PAGE_QUICK,
      .show = appeal_sent_page,
      .object = case_page_object },
    { .path = "/e/{estate}/appeal/{case}/print",
      .title = "打印",
      .right = "appeal.view",
      .flags = PAGE_QUICK,
      .show = appeal_print_page,
      .object = case_page_object },
    { .path = "/e/{estate}/appeal/{case}/photo/{entry}/{n}",
      .title = "照片",
      .right = "appeal.view",
      .show = appeal_photo_page,
      .object = case_page_object },
    { .path = "/e/{estate}/desk",
      .title = "工单",
      .right = "appeal.handle",
      .flags = PAGE_QUICK,
      .show = appeal_desk_page,
      .commands = desk_forms },
    { .path = "/a/{area}/desk",
      .title = "要我出面的事",
      .right = "appeal.supervise",
      .flags = PAGE_QUICK,
      .show = appeal_office_page,
      .object = area_page_object },
    { .path = "/a/{area}/appeal",
      .title = "数字后面的案件",
      .right = "board.cases",
      .show = appeal_drill_page,
      .object = area_page_object },
    PAGE_END,
};

static err load(struct tx *tx) {
    (void)tx;
    return appeal_kinds_load();
}

static struct entity *const entities[] = { &appeal_draft_entity, &appeal_follow_entity, NULL };
static const struct flow *const flows[] = { &flow, NULL };
static const char *const needs[] = { "estate", "account", NULL };
static const char *const rights[] = { "appeal.report",    "appeal.view", "appeal.handle", "appeal.confirm",
                                      "appeal.supervise", "board.cases", "people.reveal", NULL };
static const char *const emits[] = { "notice.told", NULL };

const struct module appeal_module = {
    .name = "appeal",
    .label = "报事",
    .needs = needs,
    .entities = entities,
    .commands = commands,
    .pages = pages,
    .queries = appeal_queries,
    .rights = rights,
    .flows = flows,
    .metrics = metrics,
    .checks = appeal_checks,
    .emits = emits,
    .cards = appeal_cards,
    .entries = appeal_entries,
    .waiting = appeal_waiting,
    .menu = appeal_menu,
    .seed = appeal_seed,
    .load = load,
};
