/* session.c - who is at the other end; see session.h. */
#include "kit/session/session.h"
#include "kit/grant/grant.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

SQL(session_read, "ii", "biit",
    "SELECT session.secret, session.ends_at, session.closed, person.name FROM session "
    "JOIN person ON person.id = session.person_id WHERE session.person_id = $1 AND session.id = $2")
SQL(session_shut, "ii", "", "UPDATE session SET closed = 1 WHERE person_id = $1 AND id = $2 AND closed = 0")

bool cookie_read(str text, struct cookie *ret) {
    str person, session;
    if (!str_cut(&text, '.', &person) || !str_cut(&text, '.', &session) || text.n != TOKEN_TEXT) return false;
    if (!id_parse(person, &ret->person) || !id_parse(session, &ret->session)) return false;
    ret->secret = token_hash(text);
    return true;
}

bool session_cookie(const struct http_rq *h, struct cookie *ret) {
    str bearer = http_header(h, "Authorization");
    if (str_starts(bearer, S("Bearer "))) return cookie_read(str_from(bearer, 7), ret);
    str c = http_cookie(h, h->https ? "__Host-wuye" : "wuye");
    return c.n > 0 && cookie_read(c, ret);
}

err session_load(struct tx *tx, const struct cookie *c, struct actor *ret) {
    struct row r;
    *ret = (struct actor){ 0 };
    TRY(db_maybe(tx, &r, &session_read, vi(c->person), vi(c->session)));
    if (!r.v || r.v[2].i || r.v[1].i <= clock_now().us) return OK;
    if (!bytes_equal(r.v[0].s, (str){ (const char *)c->secret.b, SM3_LEN })) return OK;
    ret->person = c->person;
    ret->session = c->session;
    ret->name = r.v[3].s;
    return grants_load(tx, ret);
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
