/* account.c - login, session, demonstration people. */
#include "domain/account/account.h"
#include "kit/house/house.h"
#include "kit/search/namekey.h"
#include "kit/session/rate.h"
#include "kit/session/session.h"
#include "sys/crypt/crypt.h"
#include "sys/crypt/idcheck.h"
#include "sys/crypt/password.h"

enum { SESSION_SECONDS = 30 * 24 * 3600, FAILED_TOLD = 10 };

#define ENT struct demo_person
ENTITY(demo_person, "演示人物", DEMO_PERSON_FIELDS, DEMO_PERSON_KEYS)
#undef ENT
#define ENT struct login_in
const struct field login_in_fields[] = { FIELD_LIST(LOGIN_IN) FIELD_END };
#undef ENT
#define ENT struct failed_in
static const struct field failed_in_fields[] = { FIELD_LIST(FAILED_IN) FIELD_END };
#undef ENT
#define ENT struct become_in
static const struct field become_in_fields[] = { FIELD_LIST(BECOME_IN) FIELD_END };
#undef ENT
#define ENT struct advance_in
const struct field advance_in_fields[] = { FIELD_LIST(ADVANCE_IN) FIELD_END };
#undef ENT
static const struct field no_fields[] = { FIELD_END };

hash account_login_hash(str login) { return blind(BLIND_LOGIN, login); }

/* ---- login ---- */

SQL(login_get, "i", "t", "SELECT password FROM login WHERE person_id = $1")
SQL(login_failed, "i", "", "UPDATE login SET failed = failed + 1 WHERE person_id = $1")
SQL(login_fine, "i", "", "UPDATE login SET failed = 0 WHERE person_id = $1")

struct lookup { str login, password; i64 person; };
static i64 failed_total;

i64 account_logins_failed(void) { return __atomic_load_n(&failed_total, __ATOMIC_RELAXED); }

static err lookup_run(struct tx *tx, void *arg) {
    struct lookup *l = arg;
    struct row r;
    hash h = account_login_hash(name_key(tx->a, l->login));
    if (directory_find(tx, DIR_LOGIN, &h, &l->person) != OK) return OK;   /* unknown: the check takes as long */
    TRY(db_one(tx, &r, &login_get, vi(l->person)));
    l->password = r.v[0].s;
    return OK;
}

/* One password tried on many names comes from one address. What comes from this machine has no address of its own. */
static bool too_many(struct prep *p, str login) {
    bool here = str_is(p->peer, "unix") || str_is(p->peer, "::1") || str_starts(p->peer, S("127."));
    if (!here && !rate_take(RATE_PEER, blind(BLIND_LOGIN, p->peer), p->now)) return true;
    /* By the name as it is looked up: another way of writing it gives no further tries. */
    return !rate_take(RATE_LOGIN, account_login_hash(name_key(p->a, login)), p->now);
}

/* On a worker: one wording and one time for an unknown name and a wrong password. */
static err login_prepare(struct prep *p, void *input) {
    struct login_in *in = input;
    struct lookup l = { .login = in->login };
    in->person_id = (opt_i64){ 0 };
    TRY(p->read(p, lookup_run, &l));
    if (too_many(p, in->login)) return E_RATE;
    if (!password_check_sync(in->password, l.password)) {
        /* Recorded for an unknown name too, which takes the same time. Nobody is shut out by the count: others could
         * then shut out anybody; the limit of tries slows them. */
        struct failed_in failed = { .person_id = { l.person != 0, l.person } };
        __atomic_add_fetch(&failed_total, 1, __ATOMIC_RELAXED);
        TRY(p->record(p, "account.login.failed", &failed));
        fault_add(p->a, p->faults, field_find(login_in_fields, S("password")), "login", S("登录名或口令不对，请再看一下。"));
        return E_INPUT;
    }
    in->person_id = (opt_i64){ true, l.person };
    return OK;
}

static err failed_run(struct tx *tx, const void *p) {
    const struct failed_in *in = p;
    return in->person_id.has ? db_run(tx, &login_failed, vi(in->person_id.v)) : OK;
}

SQL(login_count, "i", "i", "SELECT failed FROM login WHERE person_id = $1")

/* Whoever had his name tried out by others should know. */
static err failures_told(struct tx *tx, i64 person) {
    struct row r;
    TRY(db_one(tx, &r, &login_count, vi(person)));
    if (r.v[0].i < FAILED_TOLD) return OK;
    struct notice_in n = { .person_id = person, .title = S("有人多次用您的登录名试口令"), .url = S("") };
    n.words = str_fmt(tx->a, "您上次登录以后，口令错了 %lld 次。如果不是您自己，请换一个口令，并告诉管理员。",
                      (long long)r.v[0].i);
    notice_tell(tx, &n);
    return OK;
}

static err login_run(struct tx *tx, const void *p) {
    const struct login_in *in = p;
    const struct actor *who = op_actor(tx);
    str cookie;
    if (!in->person_id.has) return E_DENIED;
    /* The session it replaces ends. One of another person belongs to another shard: its cookie is overwritten. */
    if (who->session && who->person == in->person_id.v) TRY(session_close(tx, who->person, who->session));
    TRY(failures_told(tx, in->person_id.v));
    TRY(db_run(tx, &login_fine, vi(in->person_id.v)));
    TRY(session_open(tx, in->person_id.v, S(""), SESSION_SECONDS, &cookie));
    op_cookie(tx, cookie);
    op_next(tx, page_back(in->back));
    return OK;
}

static err logout_run(struct tx *tx, const void *p) {
    (void)p;
    const struct actor *who = op_actor(tx);
    TRY(session_close(tx, who->person, who->session));
    op_cookie(tx, S("-"));
    op_next(tx, S("/login"));
    return OK;
}

/* ---- demonstration ---- */

SQL(demo_offered, "i", "i", "SELECT no FROM demo_person WHERE person_id = $1")

static err become_run(struct tx *tx, const void *p) {
    const struct become_in *in = p;
    struct row r;
    str cookie;
    if (!house_demo()) return E_MISSING;
    TRY(db_one(tx, &r, &demo_offered, vi(in->person_id)));
    TRY(session_open(tx, in->person_id, S("演示"), SESSION_SECONDS, &cookie));
    op_cookie(tx, cookie);
    op_next(tx, S("/"));
    return OK;
}

static err advance_run(struct tx *tx, const void *p) {
    const struct advance_in *in = p;
    str was;
    i64 us = 0;
    if (!house_demo()) return E_MISSING;
    TRY(house_get(tx, "clock", &was));
    if (!str_i64(was, &us)) us = 0;
    us += in->hours * HOUR_US;
    TRY(house_put(tx, "clock", str_fmt(tx->a, "%lld", (long long)us)));
    house_advance(us);   /* shown at once; a crash before COMMIT leaves the clock of this process ahead, no row wrong */
    op_next(tx, S("/demo"));
    return OK;
}

/* All demonstration people share one password; each record has its own salt, which is made once per run. */
static str demo_password(struct arena *a) { return password_hash_sync(a, S("wuye2026")); }

err account_demo_person(struct tx *tx, const struct demo_person *p) {
    struct login l = {
        .person_id = p->person_id, .name = p->login, .password = demo_password(tx->a), .changed_at = tx->now
    };
    hash h = account_login_hash(name_key(tx->a, p->login));
    TRY(entity_insert(tx, &demo_person_entity, p));
    TRY(entity_insert(tx, &login_entity, &l));
    return directory_claim(tx, DIR_LOGIN, &h, p->person_id);
}

static struct entity *const entities[] = { &demo_person_entity, NULL };
static const struct command commands[] = {
    { .name = "account.session.open", .title = "登录", .shard = SHARD_PERSON, .in = login_in_fields,
      .in_size = sizeof(struct login_in), .prepare = login_prepare, .run = login_run, .open = true },
    { .name = "account.login.failed", .title = "口令不对", .shard = SHARD_PERSON, .in = failed_in_fields,
      .in_size = sizeof(struct failed_in), .run = failed_run, .internal = true },
    { .name = "account.session.close", .title = "退出登录", .shard = SHARD_PERSON, .in = no_fields, .in_size = 1,
      .run = logout_run, .said = "已经退出。" },
    { .name = "demo.person.become", .title = "换个身份看", .shard = SHARD_PERSON, .in = become_in_fields,
      .in_size = sizeof(struct become_in), .run = become_run, .open = true },
    { .name = "demo.clock.advance", .title = "拨快演示时间", .shard = SHARD_HOUSE, .in = advance_in_fields,
      .in_size = sizeof(struct advance_in), .run = advance_run, .open = true, .said = "演示时间拨快了。" },
    COMMAND_END,
};
static const char *const login_forms[] = { "account.session.open", NULL };
static const char *const me_forms[] = { "account.session.close", NULL };
static const char *const inbox_forms[] = { "notice.inbox.seen", NULL };
static const char *const demo_forms[] = { "demo.person.become", "demo.clock.advance", NULL };
static const struct page pages[] = {
    { .path = "/login",
      .title = "登录",
      .flags = PAGE_OPEN | PAGE_QUICK,
      .show = account_login_page,
      .commands = login_forms },
    { .path = "/me", .title = "我的", .flags = PAGE_QUICK, .show = account_me_page, .commands = me_forms },
    { .path = "/me/inbox",
      .title = "消息",
      .flags = PAGE_QUICK,
      .show = account_inbox_page,
      .commands = inbox_forms },
    { .path = "/me/looks", .title = "谁看过我的信息", .flags = PAGE_QUICK, .show = account_looks_page },
    { .path = "/demo",
      .title = "换个身份看",
      .flags = PAGE_OPEN | PAGE_QUICK | PAGE_DEMO,
      .show = account_demo_page,
      .commands = demo_forms },
    PAGE_END,
};
static const char *const emits[] = { "notice.told", NULL };
const struct module account_module = {
    .name = "account", .label = "我的", .entities = entities, .commands = commands, .pages = pages, .emits = emits,
    .menu = account_menu,
};
