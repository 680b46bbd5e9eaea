/* session.h - who is at the other end. The cookie is person id + secret, so that the session's shard is in the cookie
 * itself; only the hash of the secret is stored.
 *
 * Whoever holds a post stays logged in only while he works and for one working day (rules session.official.idle and
 * session.official.whole): a screen left alone shows other people's data. When he was last here stands in the cookie
 * under the house's key, because a read writes nothing and any server must know it. */
#ifndef WUYE_SESSION_H
#define WUYE_SESSION_H

#include "kit/access/access.h"
#include "kit/party/party.h"
#include "sys/http/http.h"

struct cookie {
    i64 person, session;
    hash secret;
    str token;       /* "person.session.secret", borrowed */
    instant seen;    /* 0: not said, or said by somebody else than the house */
};

/* Reads "person.session.secret[.seen.mac]" in base32 and base64url; false if there is none or it is damaged. */
bool cookie_read(str text, struct cookie *ret) MUST;
/* The session cookie of a request: __Host-wuye behind HTTPS, wuye in a plain HTTP demonstration; or a bearer token. */
bool session_cookie(const struct http_rq *h, struct cookie *ret) MUST;
/* Does the request come with one at all, sound or not? Costs no digest. */
bool session_claimed(const struct http_rq *h) MUST;
/* Fills the actor (name, posts) if the session is open; leaves nobody otherwise, with the reason. */
err session_load(struct tx *tx, const struct cookie *c, struct actor *ret) MUST;
/* Opens a session for a person: returns the cookie's value. Inside a command of that person's shard. */
err session_open(struct tx *tx, i64 person, str agent, i64 seconds, str *ret_cookie) MUST;
/* The cookie's value with `now` as when he was last here; empty while the old one is good enough. */
str session_renew(struct arena *a, const struct cookie *c, instant now);
/* "command.mark": what an address says of a command just done, for this session at this path only, so that a link made
 * by anybody else says nothing. The second gives the command back; empty if the mark is not its own. */
str session_done(struct arena *a, hash secret, str path, str command);
str session_done_read(struct arena *a, hash secret, str path, str done);
err session_close(struct tx *tx, i64 person, i64 session) MUST;

#endif
