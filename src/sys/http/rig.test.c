#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/test.h"
#include "sys/http/rig.test.h"

#define QUEUE_MAX 4096

struct rig {
    struct http *http;
    char dir[32];
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct http_rq *queue[QUEUE_MAX];
    size_t from, to;
    bool hold, end;
    pthread_t lane;
    _Atomic i64 freed;
};

static char page[20480];

/* ---- the server ---- */

static void on_free(struct http_rq *rq) {
    struct rig *r = rq->user;
    atomic_fetch_add(&r->freed, 1);
}

static void *lane_main(void *arg) {
    struct rig *r = arg;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->end && (r->hold || r->from == r->to)) pthread_cond_wait(&r->more, &r->lock);
        if (r->from == r->to) break;
        struct http_rq *rq = r->queue[r->from++ % QUEUE_MAX];
        pthread_mutex_unlock(&r->lock);
        if (ARENA_CATCH(rq->a)) {
            http_status(rq, 503);
        } else {
            buf_fmt(http_out(rq), "waited %.*s", STR(str_dup(rq->a, http_arg(rq, "n"))));
            arena_uncatch(rq->a);
        }
        http_done(rq);
        pthread_mutex_lock(&r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void hand_on(struct rig *r, struct http_rq *rq) {
    http_wait(rq);
    pthread_mutex_lock(&r->lock);
    r->queue[r->to++ % QUEUE_MAX] = rq;
    pthread_cond_signal(&r->more);
    pthread_mutex_unlock(&r->lock);
}

/* The bytes of a file, added up: enough to see that all arrived in order. */
static u64 file_sum(const char *path) {
    u64 sum = 0, at = 0;
    char block[4096];
    int fd = open(path, O_RDONLY);
    for (ssize_t n = read(fd, block, sizeof block); n > 0; n = read(fd, block, sizeof block)) {
        for (ssize_t i = 0; i < n; i++) sum += (u8)block[i] * (at++ % 251 + 1);
    }
    close(fd);
    return sum;
}

static void echo(struct http_rq *rq) {
    buf *out = http_out(rq);
    buf_fmt(out, "%.*s %.*s", STR(rq->method), STR(rq->path));
    for (size_t i = 0; i < rq->nargs; i++) buf_fmt(out, " ?%.*s=%.*s", STR(rq->args[i].name), STR(rq->args[i].value));
    for (size_t i = 0; i < rq->nform; i++) buf_fmt(out, " +%.*s=%.*s", STR(rq->form[i].name), STR(rq->form[i].value));
    for (size_t i = 0; i < rq->nfiles; i++) {
        const struct http_file *f = &rq->files[i];
        buf_fmt(out, " @%.*s=%.*s,%.*s,%lld,%llu", STR(f->field), STR(f->name), STR(f->type), (long long)f->size,
            (unsigned long long)file_sum(f->path));
    }
    if (rq->body.p != NULL) buf_fmt(out, " #%.*s=%.*s", STR(rq->type), STR(rq->body));
}

static void who(struct http_rq *rq) {
    buf_fmt(http_out(rq), "%.*s %s %.*s %.*s", STR(rq->peer), rq->https ? "https" : "http",
        STR(http_cookie(rq, "wuye")), STR(http_header(rq, "x-a")));
}

static void conditional(struct http_rq *rq) {
    if (http_not_modified(rq, S("v1"))) return;
    http_add(rq, "Content-Encoding", http_accepts(rq, "br") ? S("br") : S("none"));
    http_add(rq, "X-Forged", S("a\r\nX-Evil: 1"));
    buf_lit(http_out(rq), "fresh");
}

static void send_file(struct http_rq *rq) {
    FILE *f = tmpfile();
    fwrite(page, 1, sizeof page, f);
    fflush(f);
    http_sendfile(rq, dup(fileno(f)), sizeof page);
    CHECK(http_body(rq).n == 0);   /* and to look does not make it the reply */
    fclose(f);
}

static void handle(struct http_rq *rq, void *arg) {
    struct rig *r = arg;
    rq->user = r;
    rq->on_free = on_free;
    if (str_is(rq->path, "/wait")) {
        hand_on(r, rq);
    } else if (str_is(rq->path, "/echo")) {
        echo(rq);
    } else if (str_is(rq->path, "/who")) {
        who(rq);
    } else if (str_is(rq->path, "/etag")) {
        conditional(rq);
    } else if (str_is(rq->path, "/static")) {
        http_static(rq, page, sizeof page);
    } else if (str_is(rq->path, "/file")) {
        send_file(rq);
    } else if (str_is(rq->path, "/fail")) {
        i64 n = 0;
        if (str_i64(http_arg(rq, "n"), &n)) arena_fail_at(rq->a, (size_t)n);
    } else if (str_is(rq->path, "/exhaust")) {
        for (;;) arena_alloc(rq->a, 1 << 20);
    } else if (str_is(rq->path, "/huge")) {
        for (int i = 0; i < 500; i++) buf_put(http_out(rq), page, sizeof page);
    } else if (str_is(rq->path, "/large")) {
        for (int i = 0; i < 400; i++) buf_put(http_out(rq), page, sizeof page);
    } else {
        http_add(rq, "Content-Type", S("text/plain; charset=utf-8"));
        buf_lit(http_out(rq), "ok");
    }
}

static void refuse(struct http_rq *rq, int status, void *arg) {
    (void)arg;
    buf_fmt(http_out(rq), "refused %d", status);
}

struct rig *rig_start(const struct rig_conf *conf) {
    struct rig *r = calloc(1, sizeof *r);
    for (size_t i = 0; i < sizeof page; i++) page[i] = (char)('a' + i % 26);
    memcpy(r->dir, "/tmp/wuye-http-XXXXXX", 22);
    if (mkdtemp(r->dir) == NULL) abort();
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->more, NULL);
    pthread_create(&r->lane, NULL, lane_main, r);
    static const char *const proxies[] = { "127.0.0.1", NULL };
    r->http = http_start(&(struct http_conf){
        .address = conf->address != NULL ? conf->address : "127.0.0.1",
        .threads = conf->threads,
        .connections = conf->connections,
        .head_ms = conf->head_ms,
        .body_ms = conf->body_ms,
        .spill_dir = r->dir,
        .proxies = proxies,
        .handle = handle,
        .refuse = refuse,
        .arg = r,
    });
    if (r->http == NULL) abort();
    return r;
}

struct http *rig_http(struct rig *r) { return r->http; }

int rig_port(const struct rig *r) { return http_port(r->http); }

void rig_hold(struct rig *r, bool hold) {
    pthread_mutex_lock(&r->lock);
    r->hold = hold;
    pthread_cond_signal(&r->more);
    pthread_mutex_unlock(&r->lock);
}

i64 rig_freed(const struct rig *r) { return atomic_load(&r->freed); }

int rig_spilled(const struct rig *r) {
    int n = 0;
    DIR *d = opendir(r->dir);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

void rig_stop(struct rig *r) {
    http_stop(r->http);
    pthread_mutex_lock(&r->lock);
    r->end = true;
    pthread_cond_signal(&r->more);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->lane, NULL);
    CHECK_I64(rig_spilled(r), 0);
    CHECK_I64(rmdir(r->dir), 0);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->more);
    free(r);
}

/* ---- the client ---- */

int dial(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct timeval patience = { 20, 0 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int dial_unix(const char *path) {
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    CHECK(connect(fd, (const struct sockaddr *)&un, sizeof un) == 0);
    return fd;
}

bool say(int fd, str bytes) {
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = str_from(bytes, (size_t)n);
    }
    return true;
}

static i64 length_of(str head) {
    str rest = head, line;
    while (str_cut(&rest, '\n', &line)) {
        i64 n;
        if (!str_starts(line, S("Content-Length: "))) continue;
        if (str_i64(str_trim(str_from(line, 16)), &n)) return n;
    }
    return 0;
}

struct answer hear(struct arena *a, int fd, bool head_only) {
    struct answer got = { 0 };
    buf in = buf_in(a, 16 << 20);
    size_t need = SIZE_MAX;          /* unknown until the head is complete */
    while (in.n < need) {
        /* Bytewise until the head is there, so that nothing of the next answer is taken. */
        size_t want = need == SIZE_MAX ? 1 : need - in.n;
        char *to = buf_room(&in, want > 65536 ? 65536 : want);
        ssize_t n = to == NULL ? -1 : recv(fd, to, want > 65536 ? 65536 : want, 0);
        if (n <= 0) break;
        in.n += (size_t)n;
        if (need == SIZE_MAX && str_ends(buf_str(&in), S("\r\n\r\n"))) {
            got.head = str_dup(a, buf_str(&in));
            need = in.n + (head_only ? 0 : (size_t)length_of(got.head));
        }
    }
    if (need == SIZE_MAX || in.n < need) return (struct answer){ 0 };
    got.body = str_from(buf_str(&in), got.head.n);
    i64 status;
    if (str_starts(got.head, S("HTTP/1.1 ")) && str_i64(str_sub(got.head, 9, 3), &status)) got.status = (int)status;
    return got;
}

bool hung_up(int fd, int ms) {
    struct pollfd p = { fd, POLLIN, 0 };
    char c;
    while (poll(&p, 1, ms) > 0) {
        if (recv(fd, &c, 1, 0) <= 0) return true;
    }
    return false;
}

struct answer ask(struct arena *a, int port, str bytes) {
    int fd = dial(port);
    if (fd < 0) return (struct answer){ 0 };
    say(fd, bytes);
    struct answer got = hear(a, fd, str_starts(bytes, S("HEAD ")));
    close(fd);
    return got;
}

str request_get(struct arena *a, const char *target) {
    return str_fmt(a, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
}

str request_post(struct arena *a, const char *target, const char *type, str body) {
    str head = str_fmt(a, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
        target, type, body.n);
    return str_cat(a, head, body);
}
