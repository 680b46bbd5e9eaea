/* session.c - who is at the other end; see session.h. */
#include "kit/session/session.h"
#include "kit/grant/grant.h"
#include "kit/rule/rule.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

#define STAMP_EVERY_US MINUTE_US

SQL(session_read, "ii", "biiit",
    "SELECT session.secret, session.ends_at, session.closed, session.made_at, person.name FROM session "
    "JOIN person ON person.id = session.person_id WHERE session.person_id = $1 AND session.id = $2")
SQL(session_shut, "ii", "", "UPDATE session SET closed = 1 WHERE person_id = $1 AND id = $2 AND closed = 0")

/* 63 bits that only the house can make for this session and these words. */
static i64 mark_of(hash secret, const char *use, str words, i64 number) {
    struct sm3 s;
    sm3_init(&s);
    sm3_field(&s, str_of(use));
    sm3_field(&s, (str){ (const char *)secret.b, SM3_LEN });
    sm3_field(&s, words);
    sm3_i64(&s, number);
    hash told = sm3_end(&s), mac = pepper(told.b, SM3_LEN);
    u64 v = 0;
    for (size_t i = 0; i < sizeof v; i++) v = v << 8 | mac.b[i];
    return (i64)(v >> 1);
}

static bool stamp_read(str text, struct cookie *ret) {
    str seen;
    i64 seconds, mac;
    if (!str_cut(&text, '.', &seen) || !id_parse(seen, &seconds) || !id_parse(text, &mac)) return false;
    i64 want = mark_of(ret->secret, "session.seen", S(""), seconds);
    bool ours = bytes_equal((str){ (const char *)&mac, sizeof mac }, (str){ (const char *)&want, sizeof want });
    if (ours && seconds < INT64_MAX / SECOND_US) ret->seen = (instant){ seconds * SECOND_US };
    return true;
}

bool cookie_read(str text, struct cookie *ret) {
    str rest = text, person, session, secret;
    *ret = (struct cookie){ 0 };
    if (!str_cut(&rest, '.', &person) || !str_cut(&rest, '.', &session) || !str_cut(&rest, '.', &secret)) return false;
    if (secret.n != TOKEN_TEXT || !id_parse(person, &ret->person) || !id_parse(session, &ret->session)) return false;
    ret->secret = token_hash(secret);
    ret->token = str_sub(text, 0, person.n + session.n + secret.n + 2);
    return ret->token.n == text.n || stamp_read(rest, ret);
}

str session_renew(struct arena *a, const struct cookie *c, instant now) {
    if (now.us - c->seen.us < STAMP_EVERY_US) return (str){ 0 };
    i64 seconds = now.us / SECOND_US, mac = mark_of(c->secret, "session.seen", S(""), seconds);
    return str_fmt(a, "%.*s.%.*s.%.*s", STR(c->token), STR(id_text(a, seconds)), STR(id_text(a, mac)));
}

str session_done(struct arena *a, hash secret, str path, str command) {
    i64 mark = mark_of(secret, "session.done", str_fmt(a, "%.*s %.*s", STR(command), STR(path)), 0);
    return str_fmt(a, "%.*s.%.*s", STR(command), STR(id_text(a, mark)));
}

str session_done_read(struct arena *a, hash secret, str path, str done) {
    str command = done.n > ID_TEXT + 1 ? str_sub(done, 0, done.n - ID_TEXT - 1) : S("");
    return command.n && bytes_equal(session_done(a, secret, path, command), done) ? command : (str){ 0 };
}

static str claim(const struct http_rq *h) {
    str bearer = http_header(h, "Authorization");
    if (str_starts(bearer, S("Bearer "))) return str_from(bearer, 7);
    return http_cookie(h, h->https ? "__Host-wuye" : "wuye");
}

bool session_claimed(const struct http_rq *h) { return claim(h).n > 0; }

bool session_cookie(const struct http_rq *h, struct cookie *ret) {
    str c = claim(h);
    return c.n > 0 && cookie_read(c, ret);
}

/* The rule of that name, or its usual length where the house has none. */
static instant ends(const char *name, day d, instant from, i64 otherwise) {
    struct rule_value v;
    return rule_at(str_of(name), d, &v) == OK ? rule_deadline(&v, from, NULL) : (instant){ from.us + otherwise };
}

static enum session_end official_end(const struct cookie *c, instant made, instant now, day d) {
    instant last = c->seen.us > made.us ? c->seen : made;
    if (ends("session.official.whole", d, made, 8 * HOUR_US).us <= now.us) return SESSION_OVER;
    return ends("session.official.idle", d, last, 30 * MINUTE_US).us <= now.us ? SESSION_IDLE : SESSION_NONE;
}

err session_load(struct tx *tx, const struct cookie *c, struct actor *ret) {
    struct row r;
    instant now = clock_now();
    *ret = (struct actor){ 0 };
    TRY(db_maybe(tx, &r, &session_read, vi(c->person), vi(c->session)));
    if (!r.v || r.v[2].i) return OK;
    if (!bytes_equal(r.v[0].s, (str){ (const char *)c->secret.b, SM3_LEN })) return OK;
    if (r.v[1].i <= now.us) {
        ret->ended = SESSION_OVER;
        return OK;
    }
    instant made = { r.v[3].i };
    ret->person = c->person;
    ret->session = c->session;
    ret->name = r.v[4].s;
    TRY(grants_load(tx, ret));
    enum session_end why = ret->ngrants ? official_end(c, made, now, day_of(tx->now)) : SESSION_NONE;
    if (why) *ret = (struct actor){ .ended = why };
    return OK;
}

err session_open(struct tx *tx, i64 person, str agent, i64 seconds, str *ret_cookie) {
    str secret = token_text(tx->a);
    hash h = token_hash(secret);
    instant now = clock_now();   /* sessions end by the real clock, also where a story moves the other one */
    struct session row = { .person_id = person, .id = id_new(), .secret = { (const char *)h.b, SM3_LEN },
                           .made_at = now, .ends_at = { now.us + seconds * SECOND_US },
                           .agent = utf8_head(agent, 120) };
    TRY(entity_insert(tx, &session_entity, &row));
    buf b = buf_in(tx->a, 128);
    id_put(&b, person);
    buf_c(&b, '.');
    id_put(&b, row.id);
    buf_c(&b, '.');
    buf_s(&b, secret);
    *ret_cookie = buf_str(&b);
    return OK;
}

err session_close(struct tx *tx, i64 person, i64 session) {
    return db_run(tx, &session_shut, vi(person), vi(session));
}
