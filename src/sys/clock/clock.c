#include "sys/clock/clock.h"

#define SEQ_BITS 14
#define SEQ_MASK ((1u << SEQ_BITS) - 1)
#define LAST_COUNT ((1ULL << (42 + SEQ_BITS)) - 1)

static struct ids process_ids;
static atomic_bool process_ids_ready;

static i64 real_ms(void) {
    return clock_now().us / 1000;
}

instant clock_now(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_REALTIME, &t) != 0) abort();
    return (instant){ (i64)t.tv_sec * SECOND_US + t.tv_nsec / 1000 };
}

i64 clock_mono_ns(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) abort();
    return (i64)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Inside the generator an id is a plain count: milliseconds and sequence side by side, the node left out.
 * Adding one to it carries into the next millisecond by itself, which is all that borrowing takes. */
static i64 id_of(u64 count, u64 node) {
    if (count > LAST_COUNT) abort();
    return (i64)((count >> SEQ_BITS) << ID_SHIFT_MS | node | (count & SEQ_MASK));
}

/* The count of the first id that the clock allows now; a clock before 2024 counts as 2024. */
static u64 clock_count(const struct ids *g) {
    if (g->now_ms == NULL) return 0;
    i64 ms = g->now_ms() - ID_EPOCH_MS;
    return ms > 0 ? (u64)ms << SEQ_BITS : 0;
}

void ids_init(struct ids *g, int node, i64 floor_ms, i64 (*now_ms)(void)) {
    if (node < 0 || node >= IDS_NODES || floor_ms < 0 || floor_ms >= (1LL << 42)) abort();
    g->node = (u64)node << SEQ_BITS;
    g->now_ms = now_ms;
    atomic_store(&g->last, (u64)floor_ms << SEQ_BITS);
}

struct ids_run ids_take(struct ids *g, u64 n) {
    if (n == 0 || n > LAST_COUNT) abort();
    u64 last = atomic_load_explicit(&g->last, memory_order_relaxed), first;
    do {
        u64 now = clock_count(g);
        first = last + 1 > now ? last + 1 : now;
    } while (!atomic_compare_exchange_weak(&g->last, &last, first + n - 1));
    return (struct ids_run){ first, n, g->node };
}

i64 ids_run_next(struct ids_run *r) {
    if (r->left == 0) abort();
    r->left--;
    return id_of(r->at++, r->node);
}

i64 ids_next(struct ids *g) {
    struct ids_run one = ids_take(g, 1);
    return id_of(one.at, one.node);
}

i64 ids_mark(struct ids *g) {
    u64 last = atomic_load(&g->last), now = clock_count(g);
    return (i64)((last > now ? last : now) >> SEQ_BITS) + IDS_AHEAD_MS;
}

bool ids_mark_due(struct ids *g, i64 stored_ms) {
    return ids_mark(g) - IDS_AHEAD_MS / 2 >= stored_ms;
}

void ids_start(int node, i64 floor_ms) {
    ids_init(&process_ids, node, floor_ms, real_ms);
    atomic_store(&process_ids_ready, true);
}

void ids_start_seeded(int node, u64 seed) {
    ids_init(&process_ids, node, 0, NULL);
    atomic_store(&process_ids.last, seed);
    atomic_store(&process_ids_ready, true);
}

static struct ids *of_process(void) {
    if (!atomic_load_explicit(&process_ids_ready, memory_order_acquire)) abort();
    return &process_ids;
}

i64 ids_floor(void) { return ids_mark(of_process()); }
bool ids_floor_due(i64 stored_ms) { return ids_mark_due(of_process(), stored_ms); }
i64 id_new(void) { return ids_next(of_process()); }
struct ids_run id_reserve(u64 n) { return ids_take(of_process(), n); }

instant id_made(i64 id) {
    return (instant){ ((id >> ID_SHIFT_MS) + ID_EPOCH_MS) * 1000 };
}
