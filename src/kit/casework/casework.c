/* casework.c - the rows of cases, reading them, and the module; see casework.h. */
#include "kit/casework/internal.h"

const struct item case_states[] = { CASE_STATE(ITEM_ROW) { 0, NULL, NULL } };
const struct item case_urgencies[] = { CASE_URGENCY(ITEM_ROW) { 0, NULL, NULL } };
const struct item case_places[] = { CASE_PLACE(ITEM_ROW) { 0, NULL, NULL } };
const struct item case_sides[] = { CASE_SIDE(ITEM_ROW) { 0, NULL, NULL } };
const struct item case_outcomes[] = { CASE_OUTCOME(ITEM_ROW) { 0, NULL, NULL } };
const struct item case_contacts[] = { CASE_CONTACT(ITEM_ROW) { 0, NULL, NULL } };
const struct item case_parts[] = { CASE_PART(ITEM_ROW) { 0, NULL, NULL } };

#define ENT struct case_head
ENTITY(case_head, "案件", CASE_HEAD_FIELDS, CASE_HEAD_KEYS)
#undef ENT
#define ENT struct case_text
ENTITY(case_text, "案件内容", CASE_TEXT_FIELDS, CASE_TEXT_KEYS)
#undef ENT
#define ENT struct case_entry
ENTITY(case_entry, "办理过程", CASE_ENTRY_FIELDS, CASE_ENTRY_KEYS)
#undef ENT
#define ENT struct case_serial
ENTITY(case_serial, "受理序号", CASE_SERIAL_FIELDS, CASE_SERIAL_KEYS)
#undef ENT
#define ENT struct case_part
ENTITY(case_part, "共同责任方", CASE_PART_FIELDS, CASE_PART_KEYS)
#undef ENT

extern const struct casework *const __start_wuye_casework[] __attribute__((weak));
extern const struct casework *const __stop_wuye_casework[] __attribute__((weak));

const struct casework *casework_by_kind(str kind) {
    for (const struct casework *const *k = __start_wuye_casework; k < __stop_wuye_casework; k++)
        if (str_is(kind, (*k)->kind)) return *k;
    return NULL;
}

/* ---- one case ---- */

/* A case without a home and without a reporter (a call taken at the desk) is open to posts alone: an object that
 * narrows
 * by neither would be everybody's who lives there. No person has a number below zero. */
struct object case_object(const struct case_head *h, i64 code) {
    bool whose = h->home_id.has || h->reporter_id.has;
    return (struct object){ .code = code, .estate = h->estate_id, .home = h->home_id.has ? h->home_id.v : 0,
                            .person = h->reporter_id.has ? h->reporter_id.v : whose ? 0 : -1, .at = h->opened_at };
}

err case_get(struct tx *tx, const struct casework *k, i64 estate, i64 id, i64 version, struct case_head *ret) {
    TRY(entity_get(tx, &case_head_entity, ret, vi(estate), vi(id)));
    if (!str_is(ret->kind, k->kind)) return E_MISSING;
    return version >= 0 && version != ret->version ? E_CONFLICT : OK;
}

err case_words(struct tx *tx, i64 estate, i64 id, struct case_text *ret) {
    return entity_get(tx, &case_text_entity, ret, vi(estate), vi(id));
}

SQL(case_of_day, "iii", "it", "SELECT id, no FROM case_head WHERE estate_id = $1 AND day = $2 AND serial = $3")

static bool same_number(str a, str b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++) {
        char x = a.p[i], y = b.p[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return true;
}

err case_by_no(struct tx *tx, i64 estate, str no, i64 *ret_id) {
    str piece[3], rest = str_trim(no);
    size_t n = 0;
    i64 date, serial;
    struct row r;
    while (n < 3 && str_cut(&rest, '-', &piece[n])) n++;
    if (rest.p || n < 2 || piece[n - 2].n != 6 || !str_i64(piece[n - 2], &date) || !str_i64(piece[n - 1], &serial))
        return E_MISSING;
    int y = (int)(2000 + date / 10000), m = (int)(date / 100 % 100), d = (int)(date % 100);
    if (!day_exists(y, m, d)) return E_MISSING;
    TRY(db_one(tx, &r, &case_of_day, vi(estate), vi(day_from(y, m, d).n), vi(serial)));
    if (n == 3 && !same_number(str_trim(no), r.v[1].s)) return E_MISSING;
    *ret_id = r.v[0].i;
    return OK;
}

SQL(case_timeline, "iii", "iiiiititt" "ti",
    "SELECT estate_id, case_id, id, at, actor_id, actor_name, side, action, words, photos, open FROM case_entry "
    "WHERE estate_id = $1 AND case_id = $2 AND open >= $3 ORDER BY id")

err case_entries(struct tx *tx, i64 estate, i64 id, bool all, struct case_entries *ret) {
    struct rows rows;
    *ret = (struct case_entries){ 0 };
    TRY(db_all(tx, &rows, &case_timeline, vi(estate), vi(id), vi(all ? 0 : 1)));
    for (size_t i = 0; i < rows.n; i++) entity_load(tx->a, &case_entry_entity, VEC_ADD(tx->a, ret), rows.p[i].v);
    return OK;
}

SQL(case_parts_all, "ii", "iiiiiii",
    "SELECT estate_id, case_id, side, area_id, state, since, due_at FROM case_part "
    "WHERE estate_id = $1 AND case_id = $2 ORDER BY side, area_id")

err case_parts_of(struct tx *tx, i64 estate, i64 id, struct case_parts *ret) {
    struct rows rows;
    *ret = (struct case_parts){ 0 };
    TRY(db_all(tx, &rows, &case_parts_all, vi(estate), vi(id)));
    for (size_t i = 0; i < rows.n; i++) entity_load(tx->a, &case_part_entity, VEC_ADD(tx->a, ret), rows.p[i].v);
    return OK;
}

/* ---- lists ---- */

#define LINE_OUT "iittii" "iiiiii" "iiiiii" "iiiiii" "iiiii" "t"
#define LINE_SELECT                                                                                              \
    "SELECT h.estate_id, h.id, h.kind, h.no, h.serial, h.day, h.state, h.category, h.urgency, h.place, "         \
    "h.reporter_id, h.home_id, h.opened_at, h.accepted_at, h.arrived_at, h.done_at, h.closed_at, h.outcome, "    \
    "h.side, h.level, h.due_at, h.provisional, h.overdue, h.late, h.late_at, h.paused_at, h.reopened, h.rating, " \
    "h.version, t.title "                                                                                        \
    "FROM case_head AS h JOIN case_text AS t ON t.estate_id = h.estate_id AND t.id = h.id "                      \
    "WHERE h.estate_id = $1 AND h.kind = $2 AND h.id < $3 AND h.state < $4 "
#define LINE_END "ORDER BY h.id DESC LIMIT $5"

/* One text for each filter, so that each has its index; what a filter leaves over is looked at row by row. */
SQL(case_lines_all, "itiii", LINE_OUT, LINE_SELECT LINE_END)
SQL(case_lines_open, "itiii", LINE_OUT, LINE_SELECT "AND h.state < 9 " LINE_END)
SQL(case_lines_state, "itiiii" "i", LINE_OUT, LINE_SELECT "AND h.state = $6 AND ($7 = 0 OR h.category = $7) " LINE_END)
SQL(case_lines_category, "itiiii", LINE_OUT, LINE_SELECT "AND h.category = $6 " LINE_END)
SQL(case_lines_reporter, "itiiii" "ii", LINE_OUT,
    LINE_SELECT "AND h.reporter_id = $6 AND ($7 = 0 OR h.state = $7) AND ($8 = 0 OR h.category = $8) " LINE_END)

err case_list(struct tx *tx, const struct casework *k, const struct case_query *q, struct case_lines *ret) {
    struct rows rows;
    int limit = q->limit < 1 ? 50 : q->limit > 200 ? 200 : q->limit;
    i64 top = q->open_only ? CASE_CLOSED : CASE_CLOSED + 1;
    val first[] = { vi(q->estate), vt(str_of(k->kind)), vi(q->before ? q->before : INT64_MAX), vi(top), vi(limit + 1) };
    *ret = (struct case_lines){ 0 };
    if (q->reporter)
        TRY(db_all(tx, &rows, &case_lines_reporter, first[0], first[1], first[2], first[3], first[4], vi(q->reporter),
                   vi(q->state), vi(q->category)));
    else if (q->state)
        TRY(db_all(tx, &rows, &case_lines_state, first[0], first[1], first[2], first[3], first[4], vi(q->state),
                   vi(q->category)));
    else if (q->category)
        TRY(db_all(tx, &rows, &case_lines_category, first[0], first[1], first[2], first[3], first[4], vi(q->category)));
    else
        TRY(db_all_n(tx, &rows, q->open_only ? &case_lines_open : &case_lines_all, first, (int)COUNT(first)));
    size_t n = rows.n > (size_t)limit ? (size_t)limit : rows.n;
    for (size_t i = 0; i < n; i++) {
        struct case_line *l = VEC_ADD(tx->a, ret);
        entity_load(tx->a, &case_head_entity, &l->head, rows.p[i].v);
        l->title = rows.p[i].v[sizeof LINE_OUT - 2].s;
    }
    ret->next = rows.n > n ? ret->p[n - 1].head.id : 0;
    return OK;
}

/* ---- what must always hold ---- */

SQL(check_closed, "", "ti",
    "SELECT no, state FROM case_head WHERE (state = 9 AND (closed_at IS NULL OR outcome IS NULL)) "
    "OR (state <> 9 AND (closed_at IS NOT NULL OR outcome IS NOT NULL)) ORDER BY no")
SQL(check_state, "", "ti", "SELECT no, state FROM case_head WHERE state NOT IN (1, 2, 3, 4, 9) ORDER BY no")
SQL(check_late, "", "tii",
    "SELECT no, late, overdue FROM case_head WHERE (late <> 0 AND (overdue = 0 OR late_at IS NULL OR state IN (4, 9))) "
    "OR (late = 0 AND (late_at IS NOT NULL OR level <> side)) ORDER BY no")
SQL(check_clock, "", "tt",
    "SELECT h.no, c.kind FROM clock AS c JOIN case_head AS h ON h.estate_id = c.estate_id AND h.id = c.ref "
    "WHERE c.kind LIKE 'case.%' AND (c.running = 1 OR c.left_us IS NOT NULL) AND "
    "(h.state = 9 OR (h.state = 4 AND c.kind <> 'case.confirm') OR (h.paused_at IS NOT NULL AND c.running = 1)) "
    "ORDER BY h.no")
SQL(check_serial, "", "iii",
    "SELECT h.estate_id, h.day, count(*) FROM case_head AS h "
    "JOIN case_serial AS s ON s.estate_id = h.estate_id AND s.day = h.day "
    "GROUP BY h.estate_id, h.day, s.n HAVING count(*) <> s.n OR max(h.serial) <> s.n ORDER BY h.estate_id, h.day")
SQL(check_entry, "", "t",
    "SELECT h.no FROM case_head AS h LEFT JOIN case_entry AS e ON e.estate_id = h.estate_id AND e.case_id = h.id "
    "GROUP BY h.no HAVING count(e.id) = 0 ORDER BY h.no")
/* Desks follow by events: they are compared only when the carrier has nothing left to do. */
#define CARRIED                                                                                                  \
    "AND NOT EXISTS (SELECT 1 FROM op WHERE seq IS NULL) AND NOT EXISTS (SELECT 1 FROM chain "                   \
    "LEFT JOIN event_feed ON event_feed.shard = chain.shard AND event_feed.subscriber = 'casework' "             \
    "WHERE chain.seq > coalesce(event_feed.seq, 0)) "
SQL(check_desk_closed, "", "ti",
    "SELECT h.no, d.desk_id FROM desk_item AS d JOIN case_head AS h ON h.estate_id = d.estate_id AND h.id = d.ref "
    "AND h.kind = d.kind WHERE (h.state = 9 OR (h.state = 4 AND d.desk <> 3)) " CARRIED "ORDER BY h.no, d.desk_id")
SQL(check_desk_open, "", "ti",
    "SELECT h.no, h.state FROM case_head AS h LEFT JOIN (SELECT DISTINCT estate_id, kind, ref FROM desk_item) AS d "
    "ON d.estate_id = h.estate_id AND d.kind = h.kind AND d.ref = h.id "
    "WHERE h.state IN (1, 2, 3) AND d.ref IS NULL " CARRIED "ORDER BY h.no")

const struct check case_checks[] = {
    { "结案的案件都有结案时间和结果，没结案的都没有", &check_closed },
    { "案件状态在流程里", &check_state },
    { "超期标记与所在层级相符", &check_late },
    { "结案、待确认和暂停的案件没有不该走的时限", &check_clock },
    { "受理号每天从一连续编号", &check_serial },
    { "每件案件都有办理过程", &check_entry },
    { "办完的案件不在待办里", &check_desk_closed },
    { "在办的案件都在待办里", &check_desk_open },
    { NULL, NULL },
};

/* ---- the module ---- */

static const struct command commands[] = {
    { .name = "desk.item.put", .title = "放上待办", .shard = SHARD_HOUSE, .internal = true, .in = case_desk_put_fields,
      .in_size = sizeof(struct desk_item), .run = case_desk_put_run },
    { .name = "desk.item.take", .title = "撤下待办", .shard = SHARD_HOUSE, .internal = true, .in = case_desk_take_fields,
      .in_size = sizeof(struct desk_take_in), .run = case_desk_take_run },
    { .name = "case.clock.expire", .title = "时限到期", .shard = SHARD_ESTATE, .internal = true, .in = clock_event_fields,
      .in_size = sizeof(struct clock_event), .run = case_expire_run },
    { .name = "case.due.refresh", .title = "更新时限", .shard = SHARD_ESTATE, .internal = true, .in = clock_event_fields,
      .in_size = sizeof(struct clock_event), .run = case_refresh_run },
    COMMAND_END
};

static const struct subscription on[] = {
    { "desk.put", "desk.item.put" },
    { "desk.take", "desk.item.take" },
    { "clock.case.accept", "case.clock.expire" },
    { "clock.case.arrive", "case.clock.expire" },
    { "clock.case.done", "case.clock.expire" },
    { "clock.case.confirm", "case.clock.expire" },
    { "clock.case.escalate", "case.clock.expire" },
    { "clock.moved", "case.due.refresh" },
    { NULL, NULL },
};

const struct module casework_module = {
    .name = "casework",
    .label = "案件",
    .entities = (struct entity *const[]){ &case_head_entity, &case_text_entity, &case_entry_entity, &case_serial_entity,
                                          &case_part_entity, NULL },
    .commands = commands,
    .checks = case_checks,
    .on = on,
    .emits = (const char *const[]){ "desk.put", "desk.take", NULL },
};
