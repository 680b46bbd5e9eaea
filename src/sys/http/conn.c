#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include "sys/http/transport.h"
#include "sys/log/log.h"

#define PHASE(word) ((enum phase)((word) & 7))
#define DEADLINE(word) ((i64)((word) >> 3))
#define NO_DEADLINE ((i64)1 << 60)

/* Milliseconds; the coarse clock is good to 4 ms and costs a tenth. */
i64 now_ms(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
    return (i64)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

bool conn_to(struct conn *c, enum phase to, i64 ms) {
    u64 next = (u64)(ms == 0 ? NO_DEADLINE : now_ms() + ms) << 3 | (u64)to;
    u64 seen = atomic_load_explicit(&c->word, memory_order_relaxed);
    do {
        if (PHASE(seen) == PH_SWEPT) return false;
    } while (!atomic_compare_exchange_weak_explicit(&c->word, &seen, next, memory_order_acq_rel,
        memory_order_relaxed));
    return true;
}

static bool is_loopback(const struct sockaddr *sa) {
    if (sa->sa_family == AF_INET) return ntohl(((const struct sockaddr_in *)sa)->sin_addr.s_addr) >> 24 == 127;
    if (sa->sa_family != AF_INET6) return true;
    const struct in6_addr *in6 = &((const struct sockaddr_in6 *)sa)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(in6) || (IN6_IS_ADDR_V4MAPPED(in6) && in6->s6_addr[12] == 127);
}

static void address_text(const struct sockaddr *sa, char out[INET6_ADDRSTRLEN]) {
    memcpy(out, "unix", 5);
    if (sa->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, out, INET6_ADDRSTRLEN);
    } else if (sa->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)sa)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(in6)) {
            inet_ntop(AF_INET, in6->s6_addr + 12, out, INET6_ADDRSTRLEN);
        } else {
            inet_ntop(AF_INET6, in6, out, INET6_ADDRSTRLEN);
        }
    }
}

static bool is_proxy(const struct http *h, const char *peer) {
    for (const char *const *p = h->conf.proxies; p != NULL && *p != NULL; p++) {
        if (strcmp(*p, peer) == 0) return true;
    }
    return false;
}

/* Connections are counted per hash bucket of the address (of the /64 for IPv6): one array, no table to keep in
 * order. An honest neighbour shares the bucket of an attacker in one case of 8,192. -1: not counted. */
static int ip_bucket(const struct http *h, const struct sockaddr *sa) {
    char text[INET6_ADDRSTRLEN];
    if (is_loopback(sa)) return -1;
    address_text(sa, text);
    if (is_proxy(h, text)) return -1;
    u64 x = h->ip_seed;
    const u8 *p;
    size_t n;
    if (sa->sa_family == AF_INET) {
        p = (const u8 *)&((const struct sockaddr_in *)sa)->sin_addr;
        n = 4;
    } else {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)sa)->sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(in6);
        p = in6->s6_addr + (mapped ? 12 : 0);
        n = mapped ? 4 : 8;
    }
    for (size_t i = 0; i < n; i++) x = (x ^ p[i]) * 0x9E3779B97F4A7C15ULL;
    return (int)((x ^ x >> 32) % IP_BUCKETS);
}

enum MHD_Result conn_policy(void *arg, const struct sockaddr *address, socklen_t n) {
    struct http *h = arg;
    (void)n;
    if (atomic_load(&h->stopping)) return MHD_NO;
    int bucket = ip_bucket(h, address);
    return bucket < 0 || atomic_load(&h->per_ip[bucket]) < h->conf.per_ip ? MHD_YES : MHD_NO;
}

static void conn_open(struct http *h, struct MHD_Connection *mc, void **context) {
    struct conn *c = calloc(1, sizeof *c);
    if (c == NULL) return;           /* no context: its requests are refused */
    const struct sockaddr *sa = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    c->h = h;
    c->fd = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    address_text(sa, c->peer);
    c->trusted = is_proxy(h, c->peer);
    c->bucket = ip_bucket(h, sa);
    if (c->bucket >= 0) atomic_fetch_add(&h->per_ip[c->bucket], 1);
    atomic_init(&c->word, PH_NEW);
    conn_to(c, PH_NEW, h->conf.head_ms);
    atomic_fetch_add(&h->open, 1);
    atomic_fetch_add(&h->accepted, 1);
    pthread_mutex_lock(&h->conn_lock);
    c->next = h->conns;
    if (c->next != NULL) c->next->prev = c;
    h->conns = c;
    pthread_mutex_unlock(&h->conn_lock);
    *context = c;
}

/* Comes before libmicrohttpd closes the descriptor, so the sweeper, under the same lock, never meets a reused one. */
static void conn_close(struct http *h, struct conn *c) {
    pthread_mutex_lock(&h->conn_lock);
    if (c->next != NULL) c->next->prev = c->prev;
    if (c->prev != NULL) c->prev->next = c->next;
    if (h->conns == c) h->conns = c->next;
    pthread_mutex_unlock(&h->conn_lock);
    if (c->bucket >= 0) atomic_fetch_sub(&h->per_ip[c->bucket], 1);
    atomic_fetch_sub(&h->open, 1);
    free(c);
}

void conn_notify(void *arg, struct MHD_Connection *mc, void **context, enum MHD_ConnectionNotificationCode code) {
    struct http *h = arg;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        conn_open(h, mc, context);
    } else if (*context != NULL) {
        conn_close(h, *context);
        *context = NULL;
    }
}

/* Someone who began a request is told why it ends. Nobody else writes to the socket in these phases. */
static void say_late(int fd) {
    static const char text[] =
        "HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 51\r\nConnection: close\r\n\r\n网络太慢，没有收完整，请再试一次。";
    if (send(fd, text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
}

static void sweep(struct http *h) {
    i64 now = now_ms();
    for (struct conn *c = h->conns; c != NULL; c = c->next) {
        u64 seen = atomic_load_explicit(&c->word, memory_order_relaxed);
        enum phase phase = PHASE(seen);
        if (phase == PH_SWEPT || DEADLINE(seen) >= now) continue;
        if (!atomic_compare_exchange_strong(&c->word, &seen, (u64)PH_SWEPT)) continue;
        if (phase == PH_HEAD || phase == PH_BODY) say_late(c->fd);
        shutdown(c->fd, SHUT_RDWR);
        if (phase != PH_IDLE) atomic_fetch_add(&h->swept, 1);
    }
}

/* libmicrohttpd only knows an idle limit, which one byte a second defeats. This thread knows deadlines. */
static void *sweeper_main(void *arg) {
    struct http *h = arg;
    i64 shortest = h->conf.head_ms < h->conf.body_ms ? h->conf.head_ms : h->conf.body_ms;
    i64 tick = shortest / 8 < 20 ? 20 : shortest / 8 > 500 ? 500 : shortest / 8;
    pthread_mutex_lock(&h->conn_lock);
    while (!h->sweep_stop) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        i64 ns = until.tv_nsec + tick * 1000000;
        until.tv_sec += ns / 1000000000;
        until.tv_nsec = ns % 1000000000;
        pthread_cond_timedwait(&h->conn_wake, &h->conn_lock, &until);
        sweep(h);
        pthread_mutex_unlock(&h->conn_lock);
        log_flush();                 /* not under the lock: a slow disk must not hold up connections */
        pthread_mutex_lock(&h->conn_lock);
    }
    pthread_mutex_unlock(&h->conn_lock);
    return NULL;
}

bool sweeper_start(struct http *h) {
    h->sweeping = pthread_create(&h->sweeper, NULL, sweeper_main, h) == 0;
    return h->sweeping;
}

void sweeper_stop(struct http *h) {
    if (!h->sweeping) return;
    pthread_mutex_lock(&h->conn_lock);
    h->sweep_stop = true;
    pthread_cond_signal(&h->conn_wake);
    pthread_mutex_unlock(&h->conn_lock);
    pthread_join(h->sweeper, NULL);
    h->sweeping = false;
}
