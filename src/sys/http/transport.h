/* transport.h - what the files of sys/http share: the daemon, a connection, a request behind its public face. */
#ifndef WUYE_HTTP_TRANSPORT_H
#define WUYE_HTTP_TRANSPORT_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include "sys/http/form.h"

#define ARENA_MAX (8 << 20)
#define OUT_MAX (8 << 20)
#define REPLY_HEADERS_MAX 32
#define IP_BUCKETS 8192
#define IDLE_MS 75000                /* longer than the 60 s after which the proxy in front drops its own side */

/* A connection and the deadline of what it is doing. Phase and deadline share one word, so the sweeper takes a
 * connection down in one compare-and-swap, and a request that was complete a moment before is never cut. */
/* Of one connection in libmicrohttpd: a head, its table and the head of the reply. All of it is cleared twice for each
 * request: at 24 KiB that and what it drove out of the caches was a twentieth of a kept page. */
#define CONNECTION_MEMORY (15 << 10)
#define HEADER_RECORD 64             /* of a header or a cookie in that table */

enum phase { PH_NEW, PH_IDLE, PH_HEAD, PH_BODY, PH_BUSY, PH_SEND, PH_SWEPT };

struct conn {
    struct http *h;
    int fd;
    bool trusted;                    /* the peer is one of conf.proxies */
    int bucket;                      /* of the count per address; -1 when not counted */
    _Atomic u64 word;                /* deadline in ms << 3 | phase */
    struct conn *prev, *next;
    char peer[INET6_ADDRSTRLEN];
};

enum body_kind { BODY_NONE, BODY_FORM, BODY_RAW, BODY_MULTI };
enum reply_kind { REPLY_OUT, REPLY_STATIC, REPLY_FILE, REPLY_KEPT };
enum step { STEP_NEW, STEP_BODY, STEP_WAIT, STEP_SENT };
enum load { LOAD_NONE, LOAD_HANDLING, LOAD_SENDING };

struct box {
    struct http_rq rq;               /* first: a struct http_rq * is a struct box * */
    struct http *h;
    struct worker *w;                /* of the thread that took it */
    struct conn *c;
    struct MHD_Connection *mc;
    struct box *next;                /* in the pool */
    enum step step;
    enum load load;
    bool waiting, handled;
    /* The head. `target` is the line as sent, in libmicrohttpd's memory; see on_target in http.c. */
    char *target;
    size_t target_n, query_at;       /* query_at: behind the '?'; 0 if none */
    char hidden;
    size_t taken;                    /* of CONNECTION_MEMORY, at most */
    struct head head;
    struct http_pair headers[HTTP_HEADERS_MAX];
    /* The body. */
    enum body_kind kind;
    int late_refusal;                /* status, once the rest of the body has been read and thrown away */
    buf body;
    struct multipart *multipart;
    int spill_fd;
    size_t nspill;
    char *spill[HTTP_FILES_MAX];     /* every file made, to be removed */
    /* The reply. */
    int status;
    enum reply_kind reply;
    size_t nreply_headers;
    struct http_pair reply_headers[REPLY_HEADERS_MAX];   /* NUL-terminated */
    buf out;
    const void *memory;
    size_t memory_n;
    int file;
    i64 file_size;
    struct http_kept *kept;
};

/* What a request touches, of one HTTP thread: shared by all of them it would go from core to core with every request.
 * A seventeenth thread shares with the first. */
struct worker {
    alignas(64) pthread_mutex_t lock;
    struct box *pool;                /* boxes at rest */
    size_t pool_n;
    _Atomic i64 requests, handling, sending;
};

struct http {
    struct http_conf conf;
    struct MHD_Daemon *daemon;
    int port;
    _Atomic int stopping;
    _Atomic i64 open, accepted, refused, swept, suspended;
    _Atomic int per_ip[IP_BUCKETS];
    u64 ip_seed;
    /* conn.c */
    pthread_mutex_t conn_lock;
    pthread_cond_t conn_wake;
    struct conn *conns;
    pthread_t sweeper;
    bool sweeping, sweep_stop;
    _Atomic unsigned threads;        /* that have taken a request */
    struct worker worker[HTTP_WORKERS_MAX];
};

/* conn.c */
i64 now_ms(void);
enum MHD_Result conn_policy(void *h, const struct sockaddr *address, socklen_t n);
void conn_notify(void *h, struct MHD_Connection *mc, void **context, enum MHD_ConnectionNotificationCode code);
/* Goes to a phase with a deadline in ms from now (0: none); false if the sweeper was faster. */
bool conn_to(struct conn *c, enum phase to, i64 ms);
bool sweeper_start(struct http *h);
void sweeper_stop(struct http *h);

/* body.c: each returns 0 or a status. They allocate from the arena and so run under its catch. */
int body_begin(struct box *b);
int body_take(struct box *b, const char *p, size_t n);
int body_end(struct box *b);
void body_drop(struct box *b);       /* closes and removes spill files */
void spill_sweep(const char *dir);   /* removes what a crash left behind */

/* reply.c */
void reply_reset(struct box *b);
enum MHD_Result reply_queue(struct box *b);
/* Replaces the reply by a short fixed text. */
void reply_plain(struct box *b, int status);

#endif
