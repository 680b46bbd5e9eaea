/* cache.c - a small table for each HTTP thread, so that no reply goes from core to core; see cache.h. */
#include <pthread.h>
#include "app/cache.h"
#include "sys/clock/clock.h"

enum { SLOTS = 64, KEY_MAX = 512, BYTES_MAX = 128 << 10 };
#define QUIET_NS 1000000000LL
#define BUSY_NS 100000000LL

struct slot {
    char key[KEY_MAX];
    size_t n;
    struct http_kept *reply;
    u64 tag, version;                /* tag: of the bytes, for ETag */
    i64 made_ns;
};

/* The lock is there for pages that a lane rendered; only the thread itself sends. */
struct table {
    pthread_mutex_t lock;
    struct slot slot[SLOTS];
};

struct cache { struct table table[HTTP_WORKERS_MAX]; };

struct cache *cache_new(void) {
    struct cache *c = calloc(1, sizeof *c);   /* heap: as long as the server */
    for (int i = 0; c && i < HTTP_WORKERS_MAX; i++) pthread_mutex_init(&c->table[i].lock, NULL);
    return c;
}

void cache_free(struct cache *c) {
    if (!c) return;
    for (struct table *t = c->table; t < c->table + HTTP_WORKERS_MAX; t++) {
        for (size_t i = 0; i < SLOTS; i++) http_kept_drop(t->slot[i].reply);
        pthread_mutex_destroy(&t->lock);
    }
    free(c);   /* heap: see cache_new */
}

/* All that the page depends on: look, partial refresh, address. Empty when it is too long to be kept. */
static str key_of(const struct http_rq *h, char text[KEY_MAX]) {
    str theme = http_cookie(h, "theme"), p = h->path, q = h->query;
    if (p.n + q.n + 3 > KEY_MAX) return (str){ 0 };
    text[0] = (char)('a' + str_is(http_cookie(h, "elder"), "1") + 2 * (http_header(h, "X-Poll").n > 0));
    text[1] = str_is(theme, "dark") ? 'd' : str_is(theme, "light") ? 'l' : 'a';
    memcpy(text + 2, p.p, p.n);
    text[2 + p.n] = '?';
    if (q.n) memcpy(text + 3 + p.n, q.p, q.n);
    return (str){ text, p.n + q.n + 3 };
}

static u64 mix(str s) {
    u64 x = 1469598103934665603ULL;
    for (size_t i = 0; i < s.n; i++) x = (x ^ (u8)s.p[i]) * 1099511628211ULL;
    return x ^ x >> 32;
}

static struct slot *slot_of(struct table *t, str key) { return &t->slot[mix(key) % SLOTS]; }

static str tag_text(struct arena *a, u64 tag) { return str_fmt(a, "%016llx", (unsigned long long)tag); }

static bool fresh(const struct slot *s, str key, i64 now_ns, u64 version) {
    i64 age = now_ns - s->made_ns;
    return s->reply && str_eq((str){ s->key, s->n }, key) && age < (s->version == version ? QUIET_NS : BUSY_NS);
}

bool cache_send(struct cache *c, struct http_rq *h, u64 version) {
    char text[KEY_MAX];
    struct http_kept *reply = NULL;
    u64 tag = 0;
    str key = key_of(h, text);
    if (!c || !key.n) return false;
    struct table *t = &c->table[h->worker];
    pthread_mutex_lock(&t->lock);
    struct slot *s = slot_of(t, key);
    if (fresh(s, key, h->began_ns, version)) {
        reply = http_kept_more(s->reply);
        tag = s->tag;
    }
    pthread_mutex_unlock(&t->lock);
    if (!reply) return false;
    bool asked = http_header(h, "If-None-Match").n > 0;
    if (asked && http_not_modified(h, tag_text(h->a, tag))) http_kept_drop(reply);
    else http_send_kept(h, reply);
    return true;
}

void cache_keep(struct cache *c, const struct rq *rq, u64 version) {
    char text[KEY_MAX];
    str key = key_of(rq->h, text), body = http_body(rq->h);
    if (!c || !key.n || body.n == 0 || body.n > BYTES_MAX) return;   /* a workbook is a file and has no text */
    u64 tag = mix(body);
    http_add(rq->h, "ETag", str_fmt(rq->a, "\"%.*s\"", STR(tag_text(rq->a, tag))));
    struct http_kept *reply = http_keep(rq->h), *old;
    if (!reply) return;
    struct table *t = &c->table[rq->h->worker];
    pthread_mutex_lock(&t->lock);
    struct slot *s = slot_of(t, key);
    old = s->reply;
    memcpy(s->key, key.p, key.n);
    s->n = key.n;
    s->reply = reply;
    s->tag = tag;
    s->version = version;
    s->made_ns = clock_mono_ns();
    pthread_mutex_unlock(&t->lock);
    http_kept_drop(old);
}
