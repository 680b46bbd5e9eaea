#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "sys/http/transport.h"
#include "sys/log/log.h"

#define OUT_KEEP ((size_t)64 << 10)
#define SEND_MS 60000
#define SEND_BYTES_PER_MS 16         /* 16 KiB/s */
#define REPLY_LINES 256              /* status, date, length and connection: what libmicrohttpd adds to a reply */

static struct box *box_of(const struct http_rq *rq) { return rq->transport; }

void http_status(struct http_rq *rq, int status) { box_of(rq)->status = status; }
int http_status_of(const struct http_rq *rq) { return box_of(rq)->status; }

void http_add(struct http_rq *rq, const char *name, str value) {
    struct box *b = box_of(rq);
    bool clean = name[0] != '\0' && strpbrk(name, "\r\n \t:") == NULL && b->nreply_headers < REPLY_HEADERS_MAX;
    for (size_t i = 0; i < value.n; i++) {
        clean = clean && value.p[i] != '\r' && value.p[i] != '\n' && value.p[i] != '\0';
    }
    if (!clean) {
        log_error("http", "refused_header=%s value=%.*s", name, STR(value));
        return;
    }
    b->reply_headers[b->nreply_headers].name = str_of(name);
    b->reply_headers[b->nreply_headers++].value = str_dup(rq->a, value);
}

void http_add_fixed(struct http_rq *rq, const char *name, const char *value) {
    struct box *b = box_of(rq);
    if (b->nreply_headers == REPLY_HEADERS_MAX) return;
    b->reply_headers[b->nreply_headers++] = (struct http_pair){ str_of(name), str_of(value) };
}

buf *http_out(struct http_rq *rq) {
    box_of(rq)->reply = REPLY_OUT;
    return &box_of(rq)->out;
}

str http_body(const struct http_rq *rq) {
    const struct box *b = box_of(rq);
    return b->reply == REPLY_OUT ? buf_str(&b->out) : (str){ 0 };
}

void http_static(struct http_rq *rq, const void *p, size_t n) {
    struct box *b = box_of(rq);
    b->reply = REPLY_STATIC;
    b->memory = p;
    b->memory_n = n;
}

void http_sendfile(struct http_rq *rq, int fd, i64 size) {
    struct box *b = box_of(rq);
    if (b->file >= 0) close(b->file);
    b->reply = REPLY_FILE;
    b->file = fd;
    b->file_size = size;
}

bool http_not_modified(struct http_rq *rq, str etag) {
    http_add(rq, "ETag", str_fmt(rq->a, "\"%.*s\"", STR(etag)));
    if (str_is(rq->method, "POST") || !etag_matches(http_header(rq, "If-None-Match"), etag)) return false;
    http_status(rq, 304);
    return true;
}

bool http_accepts(const struct http_rq *rq, const char *coding) {
    return coding_accepted(http_header(rq, "Accept-Encoding"), coding);
}

/* ---- kept replies ---- */

/* libmicrohttpd counts the users of a response by itself; `refs` counts ours. */
struct http_kept {
    _Atomic int refs;
    struct MHD_Response *r;
    size_t n;
};

void http_kept_drop(struct http_kept *k) {
    if (k == NULL || atomic_fetch_sub(&k->refs, 1) > 1) return;
    MHD_destroy_response(k->r);
    free(k);
}

struct http_kept *http_kept_more(struct http_kept *k) {
    atomic_fetch_add(&k->refs, 1);
    return k;
}

static void add_headers(const struct box *b, struct MHD_Response *r) {
    for (size_t i = 0; i < b->nreply_headers; i++) {
        MHD_add_response_header(r, b->reply_headers[i].name.p, b->reply_headers[i].value.p);
    }
}

struct http_kept *http_keep(struct http_rq *rq) {
    struct box *b = box_of(rq);
    if (b->reply != REPLY_OUT || b->out.over || b->status != MHD_HTTP_OK) return NULL;
    struct http_kept *k = calloc(1, sizeof *k);
    if (k == NULL) return NULL;
    k->r = MHD_create_response_from_buffer(b->out.n, b->out.p, MHD_RESPMEM_MUST_COPY);
    if (k->r == NULL) {
        free(k);
        return NULL;
    }
    k->n = b->out.n;
    atomic_init(&k->refs, 1);
    add_headers(b, k->r);
    return k;
}

void http_send_kept(struct http_rq *rq, struct http_kept *k) {
    struct box *b = box_of(rq);
    http_kept_drop(b->kept);
    b->reply = REPLY_KEPT;
    b->kept = k;
}

/* ---- from the reply under construction to the connection ---- */

void reply_reset(struct box *b) {
    if (b->file >= 0) close(b->file);
    b->file = -1;
    http_kept_drop(b->kept);
    b->kept = NULL;
    b->status = 200;
    b->reply = REPLY_OUT;
    b->nreply_headers = 0;
    buf_clear(&b->out);
    if (b->out.cap > OUT_KEEP) buf_free(&b->out);
}

void reply_plain(struct box *b, int status) {
    static const char sorry[] = "这次没有办成，请稍后再试。\n";
    reply_reset(b);
    b->status = status;
    http_static(&b->rq, sorry, sizeof sorry - 1);
    b->reply_headers[0] = (struct http_pair){ S("Content-Type"), S("text/plain; charset=utf-8") };
    b->nreply_headers = 1;
}

/* The body stays where it is, in the box or in static memory: the box outlives the sending. */
static struct MHD_Response *response(struct box *b) {
    struct MHD_Response *r;
    if (b->reply == REPLY_FILE) {
        r = MHD_create_response_from_fd64((u64)b->file_size, b->file);
        if (r != NULL) b->file = -1;
    } else {
        bool out = b->reply == REPLY_OUT;
        void *p = out ? b->out.p : (void *)(uintptr_t)b->memory;
        r = MHD_create_response_from_buffer(out ? b->out.n : b->memory_n, p, MHD_RESPMEM_PERSISTENT);
    }
    if (r == NULL) return NULL;
    add_headers(b, r);
    if (atomic_load_explicit(&b->h->stopping, memory_order_relaxed)) {
        MHD_add_response_header(r, "Connection", "close");
    }
    return r;
}

static i64 reply_size(const struct box *b) {
    switch (b->reply) {
    case REPLY_FILE: return b->file_size;
    case REPLY_KEPT: return (i64)b->kept->n;
    case REPLY_OUT: return (i64)b->out.n;
    default: return (i64)b->memory_n;
    }
}

static enum MHD_Result measure(void *arg, enum MHD_ValueKind kind, const char *name, const char *value) {
    size_t *n = arg;
    (void)kind;
    *n += strlen(name) + strlen(value) + sizeof ": \r\n" - 1;
    return MHD_YES;
}

/* Where the head of the request has left no memory for that of the reply, libmicrohttpd would hang up in silence. */
static bool fits(const struct box *b, struct MHD_Response *r) {
    if (b->taken < CONNECTION_MEMORY / 4) return true;   /* three quarters hold any head of ours: nothing to count */
    size_t n = b->taken + REPLY_LINES;
    MHD_get_response_headers(r, measure, &n);
    return n <= CONNECTION_MEMORY;
}

/* Straight to the socket, on which nothing else of this request has been written. */
static void say_too_long(struct box *b) {
    static const char words[] = "网址或浏览器带来的信息太长。\n";
    bool uri = b->target_n > HTTP_URI_MAX;
    char text[256];
    b->status = uri ? 414 : 431;
    int n = snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: %zu\r\nConnection: close\r\n\r\n%s", b->status,
        uri ? "URI Too Long" : "Request Header Fields Too Large", sizeof words - 1, words);
    if (send(b->c->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
}

enum MHD_Result reply_queue(struct box *b) {
    if (b->reply == REPLY_OUT && b->out.over) {
        log_error("http", "reply_too_large=%.*s", STR(b->rq.path));
        reply_plain(b, 503);
    }
    bool kept = b->reply == REPLY_KEPT;
    struct MHD_Response *r = kept ? b->kept->r : response(b);
    if (r == NULL) return MHD_NO;
    bool alive = conn_to(b->c, PH_SEND, SEND_MS + reply_size(b) / SEND_BYTES_PER_MS);
    b->step = STEP_SENT;
    if (b->load == LOAD_HANDLING) {
        atomic_fetch_add(&b->w->sending, 1);
        atomic_fetch_sub(&b->w->handling, 1);
        b->load = LOAD_SENDING;
    }
    bool fine = alive && fits(b, r);
    if (alive && !fine) say_too_long(b);
    enum MHD_Result done = fine ? MHD_queue_response(b->mc, (unsigned)b->status, r) : MHD_NO;
    if (!kept) MHD_destroy_response(r);
    return done;
}
