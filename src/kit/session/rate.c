/* rate.c - sliding counters in a fixed table; see rate.h. A full bucket forgets its oldest entry, so memory is bounded
 * and an attacker with many names can at most make the limit forget, never grow. */
#include <pthread.h>
#include "kit/session/rate.h"

enum { BUCKETS = 1024, WAYS = 8 };
static const struct { i64 tries, window_us; } limits[RATES] = {
    [RATE_LOGIN] = { 10, 15 * MINUTE_US },
    [RATE_PEER] = { 200, 15 * MINUTE_US },
    [RATE_REVEAL] = { 60, 60 * MINUTE_US },
    [RATE_FIND] = { 120, 60 * MINUTE_US },
};

struct slot { u64 key; i64 since, used; };
static struct slot table[BUCKETS][WAYS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct slot *slot_of(u64 key, i64 now) {
    struct slot *row = table[key % BUCKETS], *oldest = row;
    for (int i = 0; i < WAYS; i++) {
        if (row[i].key == key) return &row[i];
        if (row[i].since < oldest->since) oldest = &row[i];
    }
    *oldest = (struct slot){ key, now, 0 };
    return oldest;
}

bool rate_take(enum rate kind, hash who, instant now) {
    u64 key;
    memcpy(&key, who.b, sizeof key);
    key = key * RATES + (u64)kind + 1;
    pthread_mutex_lock(&lock);
    struct slot *s = slot_of(key, now.us);
    if (now.us - s->since > limits[kind].window_us) *s = (struct slot){ key, now.us, 0 };
    bool fine = s->used < limits[kind].tries;
    s->used++;
    pthread_mutex_unlock(&lock);
    return fine;
}
