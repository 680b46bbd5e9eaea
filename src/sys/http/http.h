/* http.h - the seam to libmicrohttpd. One daemon, as many epoll loops as cores, no thread ever waits.
 *
 * A handler is called once, on an HTTP thread, when the whole request is in memory (or in spill files). It either
 * fills the reply and returns, or calls http_wait() *first*, then hands the request to another thread, and returns;
 * that thread fills the reply and calls http_done() exactly once, and touches the request no more. */
#ifndef WUYE_HTTP_H
#define WUYE_HTTP_H

#include "base/base.h"

#define HTTP_HEAD_MAX 9216           /* bytes of request line and headers -> 431 */
#define HTTP_FORM_MAX (1 << 20)      /* bytes of a form or JSON body kept in memory -> 413 */
#define HTTP_FILE_MAX (10 << 20)     /* bytes of one uploaded file -> 413 */
#define HTTP_BODY_MAX (40 << 20)     /* bytes of a whole multipart body -> 413 */
#define HTTP_PAIRS_MAX 1000          /* fields of a form or query -> 413 */
#define HTTP_FILES_MAX 12

struct http_pair { str name, value; };
struct http_file { str field, name, type; const char *path; i64 size; };   /* `path` is removed with the request */

#define HTTP_WORKERS_MAX 16

struct http_rq {
    struct arena *a;                 /* lives until the reply is sent; ceiling 8 MiB */
    str method, path, query;         /* path percent-decoded once, valid UTF-8, no NUL, no "//", no dot segments */
    str peer;                        /* address of the client, or X-Real-IP from a trusted proxy, or "unix" */
    bool https;                      /* by X-Forwarded-Proto of a trusted proxy */
    const struct http_pair *args;    /* of the query */
    size_t nargs;
    const struct http_pair *form;    /* urlencoded or multipart fields */
    size_t nform;
    const struct http_file *files;
    size_t nfiles;
    str body;                        /* raw body when it is application/json or another small type */
    str type;                        /* media type of the body, lower case, without parameters */
    i64 began_ns;                    /* monotonic */
    u64 no;                          /* for the log: no other request of this run has it */
    unsigned worker;                 /* number of the HTTP thread, below HTTP_WORKERS_MAX */
    void *user;                      /* of the handler */
    void (*on_free)(struct http_rq *rq);   /* called once when the connection has finished with the request */
    void *transport;                 /* private to http.c */
};

str http_header(const struct http_rq *rq, const char *name);      /* {NULL,0} if absent */
str http_cookie(const struct http_rq *rq, const char *name);
str http_arg(const struct http_rq *rq, const char *name);         /* first of that name in the query */
str http_field(const struct http_rq *rq, const char *name);       /* first of that name in the form */

bool http_accepts(const struct http_rq *rq, const char *coding);   /* "br": named in Accept-Encoding, q > 0 */

/* The reply. Exactly one body form. Names are literals; all other strings are copied or live in rq->a. */
void http_status(struct http_rq *rq, int status);
int http_status_of(const struct http_rq *rq);                     /* 0: none set yet */
void http_add(struct http_rq *rq, const char *name, str value);   /* refuses CR, LF and NUL */
/* A literal: neither checked nor copied. */
void http_add_fixed(struct http_rq *rq, const char *name, const char *value);
buf *http_out(struct http_rq *rq);                                /* body under construction, max 8 MiB */
str http_body(const struct http_rq *rq);                          /* as it stands; empty for the other body forms */
void http_static(struct http_rq *rq, const void *p, size_t n);    /* in rq->a, or outlives the daemon: no copy */
void http_sendfile(struct http_rq *rq, int fd, i64 size);         /* takes the descriptor */

/* A whole reply, kept to be sent to many: headers and body of `rq` as they stand (status 200, body from http_out).
 * NULL when that is not what `rq` holds or memory is short. Any thread; the last http_kept_drop frees it. */
struct http_kept;
struct http_kept *http_keep(struct http_rq *rq);
struct http_kept *http_kept_more(struct http_kept *k);   /* one more reference */
void http_kept_drop(struct http_kept *k);
void http_send_kept(struct http_rq *rq, struct http_kept *k);   /* instead of all above; takes the reference */

/* Sets ETag (opaque tag, without quotes); true, and status 304, when a GET or HEAD need not be answered in full. */
bool http_not_modified(struct http_rq *rq, str etag);

/* Suspends; only inside the handler, before the request is handed on. From here on the arena belongs to the thread
 * that answers, which sets its own ARENA_CATCH: the handler allocates nothing more from it. */
void http_wait(struct http_rq *rq);
void http_done(struct http_rq *rq);      /* resumes; from any thread, once */

struct http_conf {
    const char *address;             /* "127.0.0.1", "::1", or the absolute path of a Unix socket (mode 0660) */
    int port;                        /* 0 picks one; see http_port */
    int threads;                     /* 0: as many as cores */
    int connections;                 /* 4096; fewer, with a warning, if the process may not open so many files */
    int per_ip;                      /* 1000; loopback is not counted */
    int head_ms, body_ms;            /* deadlines for a complete head (10 s) and body (60 s, and 1 s per 128 KiB) */
    const char *spill_dir;
    const char *const *proxies;      /* addresses whose X-Real-IP and X-Forwarded-Proto are believed; NULL-ended */
    void (*handle)(struct http_rq *rq, void *arg);
    /* Writes the body of a refusal made before a handler could be called (400, 405, 411, 413, 414, 417, 431, 501, 503).
     * What libmicrohttpd itself refuses, and 408, carry a fixed short text. NULL: a fixed short text for all. */
    void (*refuse)(struct http_rq *rq, int status, void *arg);
    void *arg;
};

struct http;
/* NULL with errno when the address cannot be had, else with a line in the log. What the strings and lists of `conf`
 * point to must outlive the daemon. */
struct http *http_start(const struct http_conf *conf);
int http_port(const struct http *h);
struct http_stat { i64 open, accepted, requests, refused, swept, suspended; };
struct http_stat http_stats(const struct http *h);
/* Orderly stop: quiesce, wait until no request is suspended (the caller has told the lanes to answer), stop. */
void http_stop(struct http *h);

#endif
