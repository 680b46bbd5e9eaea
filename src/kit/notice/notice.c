/* notice.c - the inbox; see notice.h. */
#include "kit/notice/notice.h"
#include "sys/clock/clock.h"

#define ENT struct notice
ENTITY(notice, "消息", NOTICE_FIELDS, NOTICE_KEYS)
#undef ENT
#define ENT struct notice_in
const struct field notice_in_fields[] = { FIELD_LIST(NOTICE_IN) FIELD_END };
#undef ENT

SQL(notice_last, "ii", "iiittti",
    "SELECT person_id, id, at, title, words, url, seen FROM notice WHERE person_id = $1 ORDER BY id DESC LIMIT $2")
SQL(notice_new, "i", "i", "SELECT count(*) FROM notice WHERE person_id = $1 AND seen = 0")
SQL(notice_mark, "i", "", "UPDATE notice SET seen = 1 WHERE person_id = $1 AND seen = 0")

void notice_tell(struct tx *tx, const struct notice_in *n) { op_event(tx, "notice.told", notice_in_fields, n); }

err notice_list(struct tx *tx, i64 person, int limit, struct notices *ret) {
    struct rows rows;
    *ret = (struct notices){ 0 };
    TRY(db_all(tx, &rows, &notice_last, vi(person), vi(limit)));
    for (size_t i = 0; i < rows.n; i++) entity_load(tx->a, &notice_entity, VEC_ADD(tx->a, ret), rows.p[i].v);
    return OK;
}

err notice_unread(struct tx *tx, i64 person, i64 *ret) {
    struct row r;
    TRY(db_one(tx, &r, &notice_new, vi(person)));
    *ret = r.v[0].i;
    return OK;
}

static err put_run(struct tx *tx, const void *p) {
    const struct notice_in *in = p;
    struct notice n = { .person_id = in->person_id,
                        .id = id_new(),
                        .at = tx->now,
                        .title = in->title,
                        .words = in->words,
                        .url = in->url };
    return entity_insert(tx, &notice_entity, &n);
}

struct none { char nothing; };
static const struct field no_fields[] = { FIELD_END };

static err seen_run(struct tx *tx, const void *p) {
    (void)p;
    return db_run(tx, &notice_mark, vi(op_actor(tx)->person));
}

static struct entity *const entities[] = { &notice_entity, NULL };
static const struct command commands[] = {
    { .name = "notice.item.put", .title = "通知", .shard = SHARD_PERSON, .in = notice_in_fields,
      .in_size = sizeof(struct notice_in), .run = put_run, .internal = true },
    { .name = "notice.inbox.seen", .title = "全部看过", .shard = SHARD_PERSON, .in = no_fields,
      .in_size = sizeof(struct none), .run = seen_run, .said = "都标为看过了。" },
    COMMAND_END,
};
static const char *const emits[] = { "notice.told", NULL };
static const struct subscription on[] = { { "notice.told", "notice.item.put" }, { NULL, NULL } };
const struct module notice_module = { .name = "notice", .label = "消息", .entities = entities, .commands = commands,
                                      .emits = emits, .on = on };
