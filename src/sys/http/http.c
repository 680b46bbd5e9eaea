#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "sys/http/transport.h"
#include "sys/log/log.h"

#define POOL_KEEP 64                 /* boxes at rest of one thread; more are given back */
#define STOP_SEND_MS 3000
#define FILES_BESIDE 512             /* descriptors for everything but connections */

/* ---- the pool ---- */

static void box_free(struct box *b) {
    buf_free(&b->out);
    arena_free(b->rq.a);
    free(b);
}

static struct box *box_new(struct http *h) {
    struct box *b = calloc(1, sizeof *b);
    if (b == NULL) return NULL;
    b->rq.a = arena_new(ARENA_MAX);
    if (b->rq.a == NULL) {
        free(b);
        return NULL;
    }
    b->h = h;
    b->out = buf_new(OUT_MAX);
    b->rq.transport = b;
    b->file = b->spill_fd = -1;
    b->status = 200;
    return b;
}

static struct worker *worker_of_thread(struct http *h) {
    static _Thread_local unsigned number;   /* from 1; a thread serves one daemon all its life */
    if (number == 0) number = atomic_fetch_add(&h->threads, 1) + 1;
    return &h->worker[(number - 1) % HTTP_WORKERS_MAX];
}

static struct box *box_take(struct http *h) {
    struct worker *w = worker_of_thread(h);
    pthread_mutex_lock(&w->lock);
    struct box *b = w->pool;
    if (b != NULL) {
        w->pool = b->next;
        w->pool_n--;
    }
    pthread_mutex_unlock(&w->lock);
    if (b == NULL) b = box_new(h);
    if (b != NULL) b->w = w;
    return b;
}

/* Everything of the request is forgotten here, so that box_take hands out clean boxes. */
static void box_put(struct box *b) {
    struct worker *w = b->w;
    struct arena *a = b->rq.a;
    body_drop(b);
    reply_reset(b);
    arena_uncatch(a);
    arena_reset(a);
    b->rq = (struct http_rq){ .a = a, .transport = b };
    b->c = NULL;
    b->mc = NULL;
    b->step = STEP_NEW;
    b->load = LOAD_NONE;
    b->waiting = b->handled = false;
    b->query_at = b->taken = 0;
    b->head = (struct head){ 0 };
    b->kind = BODY_NONE;
    b->late_refusal = 0;
    b->body = (buf){ 0 };
    b->multipart = NULL;
    pthread_mutex_lock(&w->lock);
    bool keep = w->pool_n < POOL_KEEP;
    if (keep) {
        b->next = w->pool;
        w->pool = b;
        w->pool_n++;
    }
    pthread_mutex_unlock(&w->lock);
    if (!keep) box_free(b);
}

/* Runs one step that may exhaust the arena; 503 if it did. */
static int guarded(struct box *b, int (*step)(struct box *b)) {
    if (ARENA_CATCH(b->rq.a)) return 503;
    int status = step(b);
    if (!b->waiting) arena_uncatch(b->rq.a);
    return status;
}

/* ---- the head ---- */

/* Called with the request target before libmicrohttpd touches it. It would split the query, make a record of every
 * argument in the memory of the connection and fall silent when that is full; so the query is hidden from it by a
 * NUL behind the '?', and uncovered in take_head. Needs no arena and cannot fail. */
static void *on_target(void *arg, const char *uri, struct MHD_Connection *mc) {
    struct http *h = arg;
    struct conn *c = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct box *b = c == NULL || uri == NULL ? NULL : box_take(h);
    if (b == NULL) return NULL;
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    b->rq.began_ns = (i64)ts.tv_sec * 1000000000 + ts.tv_nsec;
    b->rq.worker = (unsigned)(b->w - h->worker);
    i64 before = atomic_fetch_add_explicit(&b->w->requests, 1, memory_order_relaxed);
    b->rq.no = (u64)(before + 1) * HTTP_WORKERS_MAX + b->rq.worker;
    b->c = c;
    b->mc = mc;
    b->target = (char *)(uintptr_t)uri;
    b->target_n = strlen(uri);
    char *query = memchr(b->target, '?', b->target_n);
    if (query != NULL) {
        b->query_at = (size_t)(query - b->target) + 1;
        b->hidden = b->target[b->query_at];
        b->target[b->query_at] = '\0';
    }
    conn_to(c, PH_HEAD, h->conf.head_ms);
    return b;
}

static size_t keep_target(void *arg, struct MHD_Connection *mc, char *s) {
    (void)arg;
    (void)mc;
    return strlen(s);                /* decoding is ours */
}

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n,
    const char *value, size_t value_n) {
    struct box *b = arg;
    (void)kind;
    b->taken += HEADER_RECORD;
    if (name_is((str){ name, name_n }, "Cookie")) {        /* copied, and a record made of every pair */
        b->taken += value_n + HEADER_RECORD;
        for (size_t i = 0; i < value_n; i++) b->taken += value[i] == ';' ? HEADER_RECORD : 0;
    }
    if (b->head.n++ >= HTTP_HEADERS_MAX) return MHD_YES;   /* counted; the gate refuses */
    b->headers[b->head.n - 1] = (struct http_pair){ { name, name_n }, { value, value_n } };
    return MHD_YES;
}

static bool blanks(const char *from, const char *to) {
    for (; from < to; from++) {
        if (*from != ' ' && *from != '\t') return false;
    }
    return from == to;
}

/* libmicrohttpd 0.9.75 cuts a header at a NUL, takes a bare LF for a line end and joins folded lines, all without a
 * trace in what it reports. But it parses in place: in an honest head every byte of the memory between method and
 * body is a name, a colon, blanks, a value or one CRLF (zeroed by then). Any byte unaccounted for is a refusal. */
static bool head_accounted(const struct box *b, const char *method, const char *version) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(b->mc, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (info == NULL || b->head.n > HTTP_HEADERS_MAX) return info != NULL;
    if (b->target != method + strlen(method) + 1 || version != b->target + b->target_n + 1) return false;
    const char *end = version + strlen(version);
    for (size_t i = 0; i < b->head.n; i++) {
        str name = b->headers[i].name, value = b->headers[i].value;
        if (name.p != end + 2 || end[0] != '\0' || end[1] != '\0') return false;
        if (value.p <= name.p + name.n || !blanks(name.p + name.n + 1, value.p)) return false;
        end = value.p + value.n;
    }
    return end + 4 == method + info->header_size;
}

/* The address behind a proxy we trust; whatever else stands there is ignored. */
static void take_peer(struct box *b) {
    b->rq.peer = str_of(b->c->peer);
    if (!b->c->trusted) return;
    b->rq.https = name_is(http_header(&b->rq, "X-Forwarded-Proto"), "https");
    str real = http_header(&b->rq, "X-Real-IP");
    char text[INET6_ADDRSTRLEN];
    struct in6_addr bin;
    if (real.n == 0 || real.n >= sizeof text) return;
    memcpy(text, real.p, real.n);
    text[real.n] = '\0';
    if (inet_pton(AF_INET, text, &bin) == 1 || inet_pton(AF_INET6, text, &bin) == 1) b->rq.peer = real;
}

static int head_step(struct box *b) {
    int refusal = head_gate(&b->head);
    if (refusal != 0) return refusal;
    take_peer(b);
    str path = b->head.target;
    if (b->query_at > 0) {
        path.n = b->query_at - 1;
        b->rq.query = str_from(b->head.target, b->query_at);
    }
    refusal = path_parse(b->rq.a, path, &b->rq.path);
    if (refusal == 0) {
        refusal = form_parse(b->rq.a, b->rq.query, HTTP_PAIRS_MAX, &b->rq.args, &b->rq.nargs);
    }
    return refusal != 0 ? refusal : body_begin(b);
}

static int take_head(struct box *b, const char *method, const char *version) {
    if (b->query_at > 0) {
        b->target[b->query_at - 1] = '?';
        b->target[b->query_at] = b->hidden;
    }
    b->rq.method = b->head.method = str_of(method);
    b->rq.path = b->rq.query = b->rq.type = S("");
    b->head.target = (str){ b->target, b->target_n };
    b->head.http11 = strcmp(version, "HTTP/1.0") != 0;
    b->head.headers = b->headers;
    MHD_get_connection_values_n(b->mc, MHD_HEADER_KIND, take_header, b);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(b->mc, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    b->taken += info->header_size;
    if (!head_accounted(b, method, version)) return 400;
    if (info->header_size > HTTP_HEAD_MAX) return b->target_n > HTTP_URI_MAX ? 414 : 431;
    return guarded(b, head_step);
}

/* ---- the handler ---- */

static int refuse_step(struct box *b) {
    b->h->conf.refuse(&b->rq, b->status, b->h->conf.arg);
    return 0;
}

static enum MHD_Result refuse(struct box *b, int status) {
    atomic_fetch_add_explicit(&b->h->refused, 1, memory_order_relaxed);
    b->handled = true;
    reply_reset(b);
    b->status = status;
    if (b->head.n > HTTP_HEADERS_MAX) b->head.n = HTTP_HEADERS_MAX;
    if (b->h->conf.refuse == NULL || guarded(b, refuse_step) != 0) reply_plain(b, status);
    return reply_queue(b);
}

static int handle_step(struct box *b) {
    b->h->conf.handle(&b->rq, b->h->conf.arg);
    return 0;
}

/* The whole request is here. */
static enum MHD_Result complete(struct box *b) {
    struct http *h = b->h;
    atomic_fetch_add(&b->w->handling, 1);
    b->load = LOAD_HANDLING;
    if (!conn_to(b->c, PH_BUSY, 0)) return MHD_NO;
    int refusal = b->kind == BODY_NONE ? 0 : guarded(b, body_end);
    if (refusal == 0 && atomic_load(&h->stopping)) refusal = 503;
    if (refusal != 0) return refuse(b, refusal);
    b->handled = true;
    refusal = guarded(b, handle_step);
    /* When the handler waits, another thread may already be at work on the request: touch nothing more. */
    if (b->waiting && refusal == 0) return MHD_YES;
    return refusal != 0 ? refuse(b, refusal) : reply_queue(b);
}

static int feed_step_p(struct box *b, const char *p, size_t n) {
    if (ARENA_CATCH(b->rq.a)) return 503;
    int status = body_take(b, p, n);
    arena_uncatch(b->rq.a);
    return status;
}

static enum MHD_Result on_access(void *arg, struct MHD_Connection *mc, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_n, void **context) {
    struct box *b = *context;
    (void)arg;
    (void)mc;
    (void)url;
    if (b == NULL) return MHD_NO;
    switch (b->step) {
    case STEP_NEW: {
        b->step = STEP_BODY;
        int refusal = take_head(b, method, version);
        if (refusal == 408) return MHD_NO;   /* the sweeper has spoken */
        return refusal != 0 ? refuse(b, refusal) : MHD_YES;
    }
    case STEP_BODY:
        if (*upload_n == 0) return complete(b);
        if (b->late_refusal == 0) {
            b->late_refusal = feed_step_p(b, upload, *upload_n);
            if (b->late_refusal != 0) body_drop(b);
        }
        *upload_n = 0;
        return MHD_YES;
    case STEP_WAIT:                          /* resumed */
        b->waiting = false;
        atomic_fetch_sub(&b->h->suspended, 1);
        return reply_queue(b);
    default:
        return MHD_YES;
    }
}

void http_wait(struct http_rq *rq) {
    struct box *b = rq->transport;
    arena_uncatch(rq->a);
    b->waiting = true;
    b->step = STEP_WAIT;
    atomic_fetch_add(&b->h->suspended, 1);
    MHD_suspend_connection(b->mc);
}

void http_done(struct http_rq *rq) {
    struct box *b = rq->transport;
    MHD_resume_connection(b->mc);
}

static void on_completed(void *arg, struct MHD_Connection *mc, void **context, enum MHD_RequestTerminationCode code) {
    struct http *h = arg;
    struct box *b = *context;
    (void)mc;
    (void)code;
    if (b == NULL) return;
    *context = NULL;
    if (b->rq.on_free != NULL) b->rq.on_free(&b->rq);
    if (!b->handled) atomic_fetch_add_explicit(&h->refused, 1, memory_order_relaxed);
    if (b->waiting) atomic_fetch_sub(&h->suspended, 1);   /* resumed, but the client had gone */
    conn_to(b->c, PH_IDLE, IDLE_MS);
    enum load load = b->load;
    struct worker *w = b->w;
    box_put(b);
    if (load == LOAD_HANDLING) atomic_fetch_sub(&w->handling, 1);
    if (load == LOAD_SENDING) atomic_fetch_sub(&w->sending, 1);
}

/* ---- what a handler reads ---- */

str http_header(const struct http_rq *rq, const char *name) {
    const struct head *head = &((const struct box *)rq->transport)->head;
    for (size_t i = 0; i < head->n; i++) {
        if (name_is(head->headers[i].name, name)) return head->headers[i].value;
    }
    return (str){ 0 };
}

str http_cookie(const struct http_rq *rq, const char *name) {
    return cookie_find(((const struct box *)rq->transport)->head.cookie, name);
}

static str pair_find(const struct http_pair *p, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++) {
        if (str_is(p[i].name, name)) return p[i].value;
    }
    return (str){ 0 };
}

str http_arg(const struct http_rq *rq, const char *name) { return pair_find(rq->args, rq->nargs, name); }

str http_field(const struct http_rq *rq, const char *name) { return pair_find(rq->form, rq->nform, name); }

/* ---- the daemon ---- */

static int listen_unix(const char *path) {
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    size_t n = strlen(path);
    if (n >= sizeof un.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(un.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    unlink(path);                    /* left behind by a crash; the lock file says that no other server lives */
    if (bind(fd, (const struct sockaddr *)&un, sizeof un) == 0 && chmod(path, 0660) == 0 && listen(fd, 128) == 0) {
        return fd;
    }
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int listen_at(const char *address, int port, int *ret_port) {
    *ret_port = 0;
    if (address[0] == '/') return listen_unix(address);
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    bool six = inet_pton(AF_INET6, address, &in6.sin6_addr) == 1;
    if (!six && inet_pton(AF_INET, address, &in4.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    const struct sockaddr *sa = six ? (const struct sockaddr *)&in6 : (const struct sockaddr *)&in4;
    socklen_t n = six ? sizeof in6 : sizeof in4;
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, sa, n) != 0 || listen(fd, 1024) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    n = sizeof in6;
    getsockname(fd, (struct sockaddr *)&in6, &n);    /* the port stands at the same place in both families */
    *ret_port = ntohs(in6.sin6_port);
    return fd;
}

/* Many systems let a process open 1,024 files unless it asks for more; a server that runs out of them accepts and
 * drops in a circle. */
static void files_reserve(struct http *h) {
    struct rlimit rl;
    rlim_t want = (rlim_t)h->conf.connections + FILES_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur >= want) return;
    rl.rlim_cur = want < rl.rlim_max ? want : rl.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur >= want) return;
    int fit = rl.rlim_cur > FILES_BESIDE * 2 ? (int)(rl.rlim_cur - FILES_BESIDE) : FILES_BESIDE;
    log_warn("http", "few files allowed connections=%d instead_of=%d", fit, h->conf.connections);
    h->conf.connections = fit;
}

static bool daemon_start(struct http *h, int fd) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int threads = h->conf.threads > 0 ? h->conf.threads : cores > 1 ? (int)cores : 1;
    /* The pool option is not for one thread. STRICT_FOR_CLIENT stays off: what it checks the gate checks too, and
     * 0.9.75 answers those requests with two heads or none. */
    const struct MHD_OptionItem pool[] = {
        { threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    h->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, (uint16_t)h->port,
        conn_policy, h, on_access, h,
        MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)h->conf.connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, 0U,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, h,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_target, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, conn_notify, h,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_ARRAY, pool,
        MHD_OPTION_END);
    return h->daemon != NULL;
}

static void http_free(struct http *h) {
    for (struct worker *w = h->worker; w < h->worker + HTTP_WORKERS_MAX; w++) {
        while (w->pool != NULL) {
            struct box *b = w->pool;
            w->pool = b->next;
            box_free(b);
        }
        pthread_mutex_destroy(&w->lock);
    }
    pthread_mutex_destroy(&h->conn_lock);
    pthread_cond_destroy(&h->conn_wake);
    free(h);
}

static struct http *http_new(const struct http_conf *conf) {
    struct http *h = aligned_alloc(alignof(struct http), sizeof *h);
    if (h == NULL) return NULL;
    memset(h, 0, sizeof *h);
    h->conf = *conf;
    if (h->conf.connections <= 0) h->conf.connections = 4096;
    if (h->conf.per_ip <= 0) h->conf.per_ip = 1000;
    if (h->conf.head_ms <= 0) h->conf.head_ms = 10000;
    if (h->conf.body_ms <= 0) h->conf.body_ms = 60000;
    if (getrandom(&h->ip_seed, sizeof h->ip_seed, 0) != sizeof h->ip_seed) h->ip_seed = (u64)(uintptr_t)h;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    for (int i = 0; i < HTTP_WORKERS_MAX; i++) pthread_mutex_init(&h->worker[i].lock, NULL);
    pthread_mutex_init(&h->conn_lock, NULL);
    pthread_cond_init(&h->conn_wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return h;
}

struct http *http_start(const struct http_conf *conf) {
    struct http *h = http_new(conf);
    if (h == NULL) return NULL;
    if (conf->spill_dir != NULL) spill_sweep(conf->spill_dir);
    files_reserve(h);
    int fd = listen_at(conf->address, conf->port, &h->port);
    if (fd < 0) {
        int why = errno;
        http_free(h);
        errno = why;
        return NULL;
    }
    if (!daemon_start(h, fd)) {
        log_error("http", "cannot start libmicrohttpd port=%d", h->port);
        close(fd);
        http_free(h);
        return NULL;
    }
    if (!sweeper_start(h)) {
        log_error("http", "cannot start a thread port=%d", h->port);
        MHD_stop_daemon(h->daemon);
        http_free(h);
        return NULL;
    }
    return h;
}

int http_port(const struct http *h) { return h->port; }

static i64 over_workers(const struct http *h, size_t offset) {
    i64 sum = 0;
    for (int i = 0; i < HTTP_WORKERS_MAX; i++)
        sum += atomic_load((const _Atomic i64 *)((const char *)&h->worker[i] + offset));
    return sum;
}

struct http_stat http_stats(const struct http *h) {
    return (struct http_stat){
        .open = atomic_load(&h->open),
        .accepted = atomic_load(&h->accepted),
        .requests = over_workers(h, offsetof(struct worker, requests)),
        .refused = atomic_load(&h->refused),
        .swept = atomic_load(&h->swept),
        .suspended = atomic_load(&h->suspended),
    };
}

/* Not MHD_quiesce_daemon: in 0.9.75 it and the epoll loops may both take the listening socket out of the epoll set,
 * and the second one aborts the process. New connections are turned away by conn_policy instead. Stopping with a
 * suspended connection aborts as well, hence the wait without limit; a client that reads slowly gets a little time. */
void http_stop(struct http *h) {
    const struct timespec nap = { 0, 2000000 };
    atomic_store(&h->stopping, 1);
    i64 began = now_ms();
    while (over_workers(h, offsetof(struct worker, handling)) > 0) {
        nanosleep(&nap, NULL);
        began = now_ms();
    }
    while (over_workers(h, offsetof(struct worker, sending)) > 0 && now_ms() - began < STOP_SEND_MS)
        nanosleep(&nap, NULL);
    MHD_stop_daemon(h->daemon);
    sweeper_stop(h);
    if (h->conf.address[0] == '/') unlink(h->conf.address);
    http_free(h);
}
