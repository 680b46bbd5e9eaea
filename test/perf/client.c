/* client.c - one load client for product and anchors alike, so that both are driven the same way.
 *
 *     client load --port P --conns N (--seconds S | --requests N) [--rate R] [--expect STATUS] [--pids P,P]
 *                 [--head LINE]... (URL... | --posts FILE)
 *     client start --port P [--head LINE]... URL PROGRAM ARGUMENT...
 *
 * `load` keeps N connections open; connection i takes URL or line i, i+N, ... in turn. It prints one line of JSON:
 * requests, errors, latencies in microseconds, and the processor time (utime + stime) that the processes of --pids used
 * meanwhile. A line of posts has a path, an extra head line and a body, with tabs between them; a post carries a fresh
 * Idempotency-Key, and "{n}" in its body becomes a number of its own. With --rate the requests are due at fixed
 * instants
 * over all connections, and latency counts from when a request was due, so that a stall is not hidden by waiting
 * for it.
 *
 * `start` runs a program, asks it for a page until it answers 200, prints the milliseconds from exec to the whole
 * answer, and ends it. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNS_MAX = 1024, PIDS_MAX = 64, HEADS_MAX = 16, IN_SIZE = 1 << 16, KEY_LEN = 24 };

struct request {
    char *head, *body;
    size_t head_n, body_n, key_at;
}; /* key_at: of the key in the head; 0 if none */

struct conn {
    int fd, turn;
    char *out, *in; /* what is sent; the head of what comes back */
    size_t out_n, out_at, in_n;
    int64_t due, left; /* left: bytes of the answer still to come; -1 while the head is incomplete */
    bool busy, good;
};

static struct {
    int port, conns, expect;
    double seconds, rate;
    long requests;
    const char *posts, *heads[HEADS_MAX];
    int nheads, npids;
    long pids[PIDS_MAX];
    struct request *list;
    int nlist;
} set = { .port = 0, .conns = 1, .expect = 200 };

static struct conn conns[CONNS_MAX];
static int poll_fd;
static uint32_t *lat; /* microseconds * 16, one for each answer */
static size_t nlat, lat_cap;
static long errors, sent, serial;
static int64_t received, key_seed;
static int first_bad;

static _Noreturn void die(const char *what) {
    fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void *need(void *p) {
    if (!p) die("memory");
    return p;
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* utime + stime of the watched processes, in seconds. */
static double cpu_used(void) {
    double sum = 0;
    for (int i = 0; i < set.npids; i++) {
        char path[64], text[1024];
        snprintf(path, sizeof path, "/proc/%ld/stat", set.pids[i]);
        FILE *f = fopen(path, "r");
        size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
        if (f) fclose(f);
        text[n] = 0;
        unsigned long user, system;
        char *p = strrchr(text, ')');
        if (!p || sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
            die(path);
        sum += (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    }
    return sum;
}

/* ---- what is asked ---- */

static void request_add(const char *method, const char *path, const char *extra, const char *body) {
    set.list = need(realloc(set.list, sizeof *set.list * (size_t)(set.nlist + 1)));
    struct request *r = &set.list[set.nlist++];
    size_t cap = 8192 + strlen(path);
    char *h = need(malloc(cap));
    int n = snprintf(h, cap, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", method, path, set.port);
    for (int i = 0; i < set.nheads; i++) n += snprintf(h + n, cap - (size_t)n, "%s\r\n", set.heads[i]);
    if (*extra) n += snprintf(h + n, cap - (size_t)n, "%s\r\n", extra);
    *r = (struct request){ .head = h, .body = need(strdup(body ? body : "")) };
    r->body_n = strlen(r->body);
    if (body) {
        n += snprintf(h + n, cap - (size_t)n, "Content-Type: application/json\r\nIdempotency-Key: ");
        r->key_at = (size_t)n;
        n += snprintf(h + n, cap - (size_t)n, "%0*d\r\n", KEY_LEN, 0);
    } else {
        n += snprintf(h + n, cap - (size_t)n, "\r\n");
    }
    r->head_n = (size_t)n;
}

static void posts_read(const char *file) {
    FILE *f = fopen(file, "r");
    char *line = NULL;
    size_t cap = 0;
    if (!f) die(file);
    while (getline(&line, &cap, f) > 0) {
        line[strcspn(line, "\n")] = 0;
        char *extra = strchr(line, '\t'), *body = extra ? strchr(extra + 1, '\t') : NULL;
        if (!body) die("a line of posts has three parts");
        *extra = *body = 0;
        request_add("POST", line, extra + 1, body + 1);
    }
    free(line);
    fclose(f);
}

/* The bytes of one request, into the buffer of the connection. */
static void compose(struct conn *c, const struct request *r) {
    static const char digit[] = "0123456789abcdef";
    char *p = c->out;
    memcpy(p, r->head, r->head_n);
    if (!r->key_at) {
        c->out_n = r->head_n;
        return;
    }
    uint64_t x = (uint64_t)key_seed + (uint64_t)++serial * 0x9E3779B97F4A7C15ULL;
    for (int i = 0; i < KEY_LEN; i++)
        p[r->key_at + (size_t)i] =
            digit[i < 16 ? x >> (4 * i) & 15 : (uint64_t)serial >> (4 * (i - 16)) & 15];
    char *body = need(malloc(r->body_n + 4096)), *to = body;
    for (const char *s = r->body; *s;) {
        if (!strncmp(s, "{n}", 3)) {
            to += snprintf(to, 24, "%llu",
                           (unsigned long long)((uint64_t)key_seed >> 24) + (unsigned long long)serial);
            s += 3;
        } else {
            *to++ = *s++;
        }
    }
    size_t n = (size_t)(to - body), at = r->head_n;
    at += (size_t)snprintf(p + at, 64, "Content-Length: %zu\r\n\r\n", n);
    memcpy(p + at, body, n);
    c->out_n = at + n;
    free(body);
}

/* ---- one connection ---- */

static void conn_open(struct conn *c) {
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)set.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0) die("fcntl");
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &ev) != 0) die("epoll");
}

static void conn_ready(struct conn *c, int i) {
    size_t most = 16384;
    for (int k = 0; k < set.nlist; k++)
        if (set.list[k].head_n + set.list[k].body_n + 8192 > most)
            most = set.list[k].head_n + set.list[k].body_n + 8192;
    c->out = need(malloc(most));
    c->in = need(malloc(IN_SIZE));
    c->turn = i;
    conn_open(c);
}

static void push(struct conn *c) {
    while (c->out_at < c->out_n) {
        ssize_t n = send(c->fd, c->out + c->out_at, c->out_n - c->out_at, MSG_NOSIGNAL);
        if (n > 0)
            c->out_at += (size_t)n;
        else if (n < 0 && errno == EAGAIN) {
            struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT, .data.ptr = c };
            epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &ev);
            return;
        } else if (n < 0 && errno != EINTR) {
            return; /* the read side will tell */
        }
    }
}

static void ask(struct conn *c, int64_t due) {
    compose(c, &set.list[c->turn % set.nlist]);
    c->turn += set.conns;
    c->out_at = c->in_n = 0;
    c->left = -1;
    c->due = due;
    c->busy = true;
    sent++;
    push(c);
}

static void answered(struct conn *c, int64_t now) {
    if (nlat == lat_cap) {
        lat_cap = lat_cap ? lat_cap * 2 : 1 << 18;
        lat = need(realloc(lat, lat_cap * sizeof *lat));
    }
    int64_t ticks = (now - c->due) * 16 / 1000;
    lat[nlat++] = ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
    if (!c->good) errors++;
    c->busy = false;
}

/* Status and length of the answer, once its head is whole. */
static void read_head(struct conn *c) {
    c->in[c->in_n] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end) return;
    int status = 0;
    long length = 0;
    if (sscanf(c->in, "HTTP/1.1 %d", &status) != 1) die("not an HTTP answer");
    for (char *p = c->in; p < end; p = strstr(p, "\r\n") + 2)
        if (!strncasecmp(p, "Content-Length:", 15)) length = strtol(p + 15, NULL, 10);
    c->good = status == set.expect;
    if (!c->good && !first_bad) first_bad = status;
    c->left = length - (int64_t)(c->in_n - (size_t)(end + 4 - c->in));
}

/* True when a whole answer is there. */
static bool pull(struct conn *c) {
    static char sink[1 << 17];
    for (;;) {
        bool head = c->left < 0;
        ssize_t n =
            head ? recv(c->fd, c->in + c->in_n, IN_SIZE - 1 - c->in_n, 0) : recv(c->fd, sink, sizeof sink, 0);
        if (n < 0 && errno == EAGAIN) return false;
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            /* The server closed: the request in hand is an error, the connection is opened again. */
            close(c->fd);
            conn_open(c);
            c->good = false;
            if (!first_bad) first_bad = -1;
            return c->busy;
        }
        received += n;
        if (head) {
            c->in_n += (size_t)n;
            read_head(c);
        } else {
            c->left -= n;
        }
        if (c->left == 0) return true;
        if (c->left < 0 && !head) die("more than was announced");
    }
}

/* ---- the run ---- */

static struct conn *idle_conn(void) {
    static int next;
    for (int i = 0; i < set.conns; i++) {
        struct conn *c = &conns[(next + i) % set.conns];
        if (c->busy) continue;
        next = (next + i + 1) % set.conns;
        return c;
    }
    return NULL;
}

/* In an open run: sends what is due; returns milliseconds until the next is. */
static int due_now(int64_t began, int64_t end, int64_t *next) {
    int64_t step = (int64_t)(1e9 / set.rate), now = now_ns();
    while (*next <= now && *next < end) {
        struct conn *c = idle_conn();
        if (!c) return 100; /* all are waiting: an answer wakes us, and what is due stays due */
        ask(c, *next);
        *next += step;
    }
    (void)began;
    int64_t wait = (*next - now_ns()) / 1000000;
    return wait < 0 ? 0 : wait > 100 ? 100 : (int)wait;
}

static bool more(int64_t now, int64_t end) {
    return set.requests ? sent < set.requests : now < end;
}

static void run(int64_t began, int64_t end) {
    struct epoll_event ev[256];
    int64_t next = began;
    int busy = 0;
    if (set.rate == 0)
        for (int i = 0; i < set.conns && more(began, end); i++) ask(&conns[i], now_ns());
    for (;;) {
        int wait = 1000;
        if (set.rate > 0) wait = due_now(began, end, &next);
        busy = 0;
        for (int i = 0; i < set.conns; i++) busy += conns[i].busy;
        if (!busy && !more(now_ns(), end)) return;
        int n = epoll_wait(poll_fd, ev, 256, wait);
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            if (ev[i].events & EPOLLOUT && c->busy && c->out_at < c->out_n) {
                struct epoll_event in = { .events = EPOLLIN, .data.ptr = c };
                epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &in);
                push(c);
            }
            if (!pull(c)) continue;
            int64_t now = now_ns();
            answered(c, now);
            if (set.rate == 0 && more(now, end)) ask(c, now);
        }
        if (now_ns() > end + 60000000000LL) die("no answer within a minute");
    }
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double at(double part) {
    return nlat ? lat[(size_t)((double)(nlat - 1) * part)] / 16.0 : 0;
}

static int load(void) {
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (getrandom(&key_seed, sizeof key_seed, 0) != sizeof key_seed) die("random");
    for (int i = 0; i < set.conns; i++) conn_ready(&conns[i], i);
    double cpu = cpu_used();
    int64_t began = now_ns();
    run(began, began + (int64_t)(set.seconds * 1e9));
    double seconds = (double)(now_ns() - began) / 1e9, sum = 0;
    cpu = cpu_used() - cpu;
    qsort(lat, nlat, sizeof *lat, by_size);
    for (size_t i = 0; i < nlat; i++) sum += lat[i] / 16.0;
    printf("{\"requests\":%zu,\"errors\":%ld,\"first_bad\":%d,\"seconds\":%.4f,\"bytes\":%lld,\"cpu\":%.2f,"
           "\"mean\":%.1f,"
           "\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f}\n",
           nlat, errors, first_bad, seconds, (long long)received, cpu, nlat ? sum / (double)nlat : 0, at(0.5),
           at(0.9), at(0.99), at(1));
    return 0;
}

/* ---- from exec to the first answer ---- */

static bool first_answer(void) {
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)set.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    static char in[1 << 20];
    size_t n = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) die("socket");
    bool ok = connect(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
              send(fd, set.list[0].head, set.list[0].head_n, MSG_NOSIGNAL) == (ssize_t)set.list[0].head_n;
    for (long length = -1; ok;) {
        ssize_t got = recv(fd, in + n, sizeof in - 1 - n, 0);
        if (got <= 0) break;
        in[n += (size_t)got] = 0;
        char *end = strstr(in, "\r\n\r\n"), *p = end ? strcasestr(in, "Content-Length:") : NULL;
        if (p) length = strtol(p + 15, NULL, 10);
        if (end && length >= 0 && n - (size_t)(end + 4 - in) >= (size_t)length) break;
    }
    close(fd);
    if (ok && n > 0 && strncmp(in, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "client: %.80s\n", in);
        exit(2);
    }
    return ok && n > 0;
}

static int start(char **argv) {
    extern char **environ;
    const struct timespec nap = { 0, 100000 };
    posix_spawn_file_actions_t quiet;
    pid_t pid;
    int status = 0;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    int64_t began = now_ns();
    if (posix_spawn(&pid, argv[0], &quiet, NULL, argv, environ) != 0) die(argv[0]);
    while (!first_answer()) {
        nanosleep(&nap, NULL);
        if (waitpid(pid, &status, WNOHANG) == pid || now_ns() - began > 10000000000LL) {
            fprintf(stderr, "client: %s gave no answer\n", argv[0]);
            kill(pid, SIGKILL);
            return 2;
        }
    }
    printf("{\"ms\":%.2f}\n", (double)(now_ns() - began) / 1e6);
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    return 0;
}

static void pids_read(char *list) {
    for (char *p = list, *end; *p && set.npids < PIDS_MAX; p = *end ? end + 1 : end)
        set.pids[set.npids++] = strtol(p, &end, 10);
}

/* Returns how many arguments were settings. */
static int settings(int argc, char **argv) {
    int i = 2;
    for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
        char *name = argv[i] + 2, *value = argv[i + 1];
        if (!strcmp(name, "port"))
            set.port = (int)strtol(value, NULL, 10);
        else if (!strcmp(name, "conns"))
            set.conns = (int)strtol(value, NULL, 10);
        else if (!strcmp(name, "seconds"))
            set.seconds = strtod(value, NULL);
        else if (!strcmp(name, "requests"))
            set.requests = strtol(value, NULL, 10);
        else if (!strcmp(name, "rate"))
            set.rate = strtod(value, NULL);
        else if (!strcmp(name, "expect"))
            set.expect = (int)strtol(value, NULL, 10);
        else if (!strcmp(name, "posts"))
            set.posts = value;
        else if (!strcmp(name, "pids"))
            pids_read(value);
        else if (!strcmp(name, "head") && set.nheads < HEADS_MAX)
            set.heads[set.nheads++] = value;
        else
            die(argv[i]);
    }
    return i;
}

int main(int argc, char **argv) {
    int at = argc > 1 ? settings(argc, argv) : argc;
    bool starting = argc > 1 && !strcmp(argv[1], "start");
    if (set.conns < 1 || set.conns > CONNS_MAX) die("--conns");
    if (set.posts) posts_read(set.posts);
    for (int i = at; i < (starting ? at + 1 : argc) && i < argc; i++) request_add("GET", argv[i], "", NULL);
    if (set.nlist == 0) die("nothing to ask");
    return starting ? start(argv + at + 1) : load();
}
