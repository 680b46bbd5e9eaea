/* session.test.c - when a session ends, and that nobody but the house says when somebody was last here. */
#include "base/test.h"
#include "kit/area/area.h"
#include "kit/event/bed.h"
#include "kit/grant/grant.h"
#include "kit/rule/rule.h"
#include "kit/session/session.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

static struct entity *const tables[] = { &person_entity, &session_entity, &post_entity, NULL };
static const struct module party = { .name = "party", .entities = tables };
static const struct module *const house[] = { &party, &calendar_module, &rule_module, NULL };

enum { RESIDENT = 9001, OFFICIAL = 9002 };

/* `ago`: how long before now he logged in and was last here, in minutes; -1: the cookie does not say. */
struct visit { i64 person, in_ago, seen_ago; const char *rules; struct actor got; };

SQL(backdate, "ii", "", "UPDATE session SET made_at = made_at - $2, ends_at = ends_at - $2 WHERE person_id = $1")

static err furnish(struct tx *tx, void *arg) {
    (void)arg;
    for (i64 id = RESIDENT; id <= OFFICIAL; id++) {
        struct person p = { .id = id, .name = S("某人"), .name_key = S("某人"), .made_at = tx->now };
        TRY(entity_insert(tx, &person_entity, &p));
    }
    struct post post = { .person_id = OFFICIAL, .id = 1, .role = S("clerk"), .area_id = BED_ESTATE, .function = S(""),
                         .title = S(""), .from_day = day_from(2020, 1, 1), .basis = S("聘书") };
    return entity_insert(tx, &post_entity, &post);
}

static err visit_run(struct tx *tx, void *arg) {
    struct visit *v = arg;
    struct cookie c;
    str text;
    if (v->rules) TRY(rule_seed(tx, str_of(v->rules)));
    TRY(rule_load(tx));
    TRY(session_open(tx, v->person, S(""), 30 * 24 * 3600, &text));
    TRY(db_run(tx, &backdate, vi(v->person), vi(v->in_ago * MINUTE_US)));
    CHECK(cookie_read(text, &c));
    if (v->seen_ago >= 0) {
        text = session_renew(tx->a, &c, (instant){ clock_now().us - v->seen_ago * MINUTE_US });
        CHECK(cookie_read(text, &c) && c.seen.us > 0);
    }
    return session_load(tx, &c, &v->got);
}

static void comes(struct bed *b, struct visit v, enum session_end want) {
    CHECK(bed_tx(b, clock_now(), true, visit_run, &v) == OK);
    CHECK_I64(v.got.ended, want);
    CHECK_I64(v.got.person, want ? 0 : v.person);
}

static void sessions_end(struct bed *b) {
    CHECK(access_load(S("id\ttitle\tkind\tlevel\trights\nclerk\t前台\tenterprise\testate\testate.view\n")));
    CHECK(bed_tx(b, clock_now(), true, furnish, NULL) == OK);
    comes(b, (struct visit){ RESIDENT, 29 * 24 * 60, -1, NULL, { 0 } }, SESSION_NONE);
    comes(b, (struct visit){ RESIDENT, 31 * 24 * 60, 0, NULL, { 0 } }, SESSION_OVER);
    comes(b, (struct visit){ OFFICIAL, 29, -1, NULL, { 0 } }, SESSION_NONE);
    comes(b, (struct visit){ OFFICIAL, 31, -1, NULL, { 0 } }, SESSION_IDLE);
    comes(b, (struct visit){ OFFICIAL, 479, 29, NULL, { 0 } }, SESSION_NONE);
    comes(b, (struct visit){ OFFICIAL, 479, 31, NULL, { 0 } }, SESSION_IDLE);
    comes(b, (struct visit){ OFFICIAL, 481, 0, NULL, { 0 } }, SESSION_OVER);
    comes(b, (struct visit){ OFFICIAL, 20, -1,
                             "id\nsession.official.idle\tx\t15\tminute\tDEFAULT\t\t2025-01-01\t\n", { 0 } },
          SESSION_IDLE);
}
TEST(a_session_of_a_post_ends_soon_and_another_late) {
    crypt_load_seeded(3);
    bed_each(a, house, sessions_end);
    crypt_unload();
}

TEST(nobody_but_the_house_says_when_somebody_was_here) {
    struct cookie c, again, other;
    crypt_load_seeded(3);
    str plain = str_fmt(a, "%.*s.%.*s.%.*s", STR(id_text(a, 5)), STR(id_text(a, 6)), STR(token_text(a)));
    CHECK(cookie_read(plain, &c) && c.seen.us == 0);
    instant now = { 1790000000 * SECOND_US };
    str fresh = session_renew(a, &c, now);
    CHECK(cookie_read(fresh, &again) && again.seen.us == now.us);
    CHECK_STR(again.token, plain);
    CHECK(hash_eq(again.secret, c.secret));
    CHECK(session_renew(a, &again, (instant){ now.us + 59 * SECOND_US }).n == 0);
    CHECK(session_renew(a, &again, (instant){ now.us + 60 * SECOND_US }).n > 0);
    for (size_t i = plain.n + 1; i < fresh.n; i++) {   /* another time or another mac counts for nothing */
        char *p = str_c(a, fresh);
        p[i] = p[i] == '0' ? '1' : '0';
        CHECK(!cookie_read((str){ p, fresh.n }, &other) || other.seen.us == 0);
    }
    CHECK(!cookie_read(str_sub(fresh, 0, fresh.n - 1), &other));
    CHECK(!cookie_read(str_cat(a, plain, S(".")), &other));
    CHECK(!cookie_read(str_cat(a, fresh, S(".0000000000000")), &other));
    crypt_unload();
}

TEST(only_its_own_session_and_page_say_that_something_is_done) {
    crypt_load_seeded(3);
    hash mine = token_hash(token_text(a)), other = token_hash(token_text(a)), nobody = { 0 };
    str done = session_done(a, mine, S("/me"), S("a.b.c"));
    CHECK_STR(session_done_read(a, mine, S("/me"), done), S("a.b.c"));
    CHECK(session_done_read(a, other, S("/me"), done).n == 0);
    CHECK(session_done_read(a, nobody, S("/me"), done).n == 0);
    CHECK(session_done_read(a, mine, S("/"), done).n == 0);
    CHECK(session_done_read(a, mine, S("/me"), S("a.b.c")).n == 0);
    CHECK(session_done_read(a, mine, S("/me"), str_sub(done, 1, done.n - 1)).n == 0);
    CHECK(session_done_read(a, mine, S("/me"), str_cat(a, S("x"), done)).n == 0);
    CHECK(session_done_read(a, mine, S("/me"), S("")).n == 0);
    CHECK(session_done_read(a, mine, S("/me"), S(".0000000000000")).n == 0);
    crypt_unload();
}
