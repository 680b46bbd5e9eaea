#include <stdlib.h>
#include <unistd.h>
#include "sys/http/transport.h"
#include "sys/log/log.h"

#define OUT_KEEP ((size_t)64 << 10)
#define SEND_MS 60000
#define SEND_BYTES_PER_MS 16         /* 16 KiB/s */

static struct box *box_of(const struct http_rq *rq) { return rq->transport; }

void http_status(struct http_rq *rq, int status) { box_of(rq)->status = status; }

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
    b->reply_headers[b->nreply_headers].name = str_dup(rq->a, str_of(name));
    b->reply_headers[b->nreply_headers++].value = str_dup(rq->a, value);
}

buf *http_out(struct http_rq *rq) {
    box_of(rq)->reply = REPLY_OUT;
    return &box_of(rq)->out;
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

void reply_reset(struct box *b) {
    if (b->file >= 0) close(b->file);
    b->file = -1;
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
    if (b->reply == REPLY_FILE) {
        struct MHD_Response *r = MHD_create_response_from_fd64((u64)b->file_size, b->file);
        if (r != NULL) b->file = -1;
        return r;
    }
    bool out = b->reply == REPLY_OUT;
    void *p = out ? b->out.p : (void *)(uintptr_t)b->memory;
    return MHD_create_response_from_buffer(out ? b->out.n : b->memory_n, p, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result reply_queue(struct box *b) {
    if (b->reply == REPLY_OUT && b->out.over) {
        log_error("http", "reply_too_large=%.*s", STR(b->rq.path));
        reply_plain(b, 503);
    }
    struct MHD_Response *r = response(b);
    if (r == NULL) return MHD_NO;
    for (size_t i = 0; i < b->nreply_headers; i++) {
        MHD_add_response_header(r, b->reply_headers[i].name.p, b->reply_headers[i].value.p);
    }
    if (atomic_load_explicit(&b->h->stopping, memory_order_relaxed)) {
        MHD_add_response_header(r, "Connection", "close");
    }
    i64 size = b->reply == REPLY_FILE ? b->file_size : (i64)(b->reply == REPLY_OUT ? b->out.n : b->memory_n);
    bool alive = conn_to(b->c, PH_SEND, SEND_MS + size / SEND_BYTES_PER_MS);
    b->step = STEP_SENT;
    if (b->load == LOAD_HANDLING) {
        atomic_fetch_add(&b->h->sending, 1);
        atomic_fetch_sub(&b->h->handling, 1);
        b->load = LOAD_SENDING;
    }
    enum MHD_Result done = alive ? MHD_queue_response(b->mc, (unsigned)b->status, r) : MHD_NO;
    MHD_destroy_response(r);
    return done;
}
