#include <pthread.h>
#include "sys/clock/clock.h"
#include "base/test.h"

static i64 fake_ms;
static i64 fake_clock(void) { return fake_ms; }
#define START_MS (ID_EPOCH_MS + 1000)

TEST(ids_have_their_parts) {
    struct ids g;
    fake_ms = START_MS;
    ids_init(&g, 5, 0, fake_clock);
    i64 id = ids_next(&g);
    CHECK_I64(id >> 21, 1000);
    CHECK_I64(id >> 14 & 127, 5);
    CHECK_I64(id & 16383, 0);
    CHECK_I64(ids_next(&g) - id, 1);
    CHECK_I64(id_made(id).us, START_MS * 1000);
}

TEST(ids_rise_when_the_clock_goes_back) {
    struct ids g;
    fake_ms = START_MS;
    ids_init(&g, 127, 0, fake_clock);
    i64 last = 0, falls = 0;
    for (int i = 0; i < 1000; i++) {
        if (i == 300) fake_ms -= 999999;
        if (i == 600) fake_ms = 0; /* before 2024, even before the epoch of ids */
        if (i == 800) fake_ms = START_MS + 5;
        i64 id = ids_next(&g);
        falls += id <= last;
        last = id;
    }
    CHECK_I64(falls, 0);
    CHECK_I64(last >> 21, 1005);
}

TEST(ids_borrow_from_the_next_millisecond) {
    struct ids g;
    fake_ms = START_MS;
    ids_init(&g, 1, 0, fake_clock);
    i64 id = 0;
    for (int i = 0; i < 16384; i++) id = ids_next(&g);
    CHECK_I64(id >> 21, 1000);
    CHECK_I64(id & 16383, 16383);
    id = ids_next(&g);
    CHECK_I64(id >> 21, 1001);
    CHECK_I64(id & 16383, 0);
    CHECK_I64(id >> 14 & 127, 1);
}

TEST(ids_start_above_the_mark) {
    struct ids g;
    fake_ms = START_MS;
    ids_init(&g, 3, 0, fake_clock);
    i64 before = ids_next(&g), mark = ids_mark(&g);
    CHECK_I64(mark, 1000 + 10000);
    CHECK(!ids_mark_due(&g, mark));
    fake_ms += 5000;
    CHECK(ids_mark_due(&g, mark));
    /* Restart with a clock an hour behind. */
    fake_ms -= 3600000;
    ids_init(&g, 3, mark, fake_clock);
    i64 after = ids_next(&g);
    CHECK(after > before);
    CHECK(after > mark << 21);
    /* A bulk run that ran far ahead of the clock moves the mark too. */
    ids_take(&g, 16384 * 20000);
    CHECK(ids_mark(&g) >= mark + 20000 + 10000);
}

TEST(ids_reserve_a_block) {
    struct ids g;
    fake_ms = START_MS;
    ids_init(&g, 2, 0, fake_clock);
    struct ids_run run = ids_take(&g, 40000); /* crosses two milliseconds */
    i64 above = ids_next(&g), last = 0, wrong = 0;
    for (int i = 0; i < 40000; i++) {
        i64 id = ids_run_next(&run);
        wrong += id <= last || (id >> 14 & 127) != 2;
        last = id;
    }
    CHECK_I64(wrong, 0);
    CHECK_I64(run.left, 0);
    CHECK(last < above);
}

TEST(ids_seeded_are_the_same_each_time) {
    ids_start_seeded(0, 41);
    CHECK_I64(id_new(), 42);
    struct ids_run run = id_reserve(2);
    CHECK_I64(id_new(), 45);
    CHECK_I64(ids_run_next(&run), 43);
    CHECK_I64(ids_run_next(&run), 44);
}

TEST(clock_is_sane) {
    CHECK(clock_now().us > 1704067200LL * SECOND_US);
    i64 t = clock_mono_ns();
    CHECK(clock_mono_ns() >= t);
    ids_start(9, 0);
    i64 id = id_new(), apart = clock_now().us - id_made(id).us;
    CHECK(apart >= 0 && apart < 60 * SECOND_US);
    CHECK(ids_floor() >= (id >> 21) + 10000);
    CHECK(!ids_floor_due(ids_floor()));
}

enum { THREADS = 8, EACH = 100000 };
static struct ids shared_ids;
static i64 made[THREADS][EACH];

static void *make_ids(void *arg) {
    for (i64 i = 0, *to = arg; i < EACH; i++) to[i] = ids_next(&shared_ids);
    return NULL;
}

static i64 real_for_test(void) { return clock_now().us / 1000; }

static int by_value(const void *x, const void *y) {
    i64 a = *(const i64 *)x, b = *(const i64 *)y;
    return (a > b) - (a < b);
}

TEST(ids_of_eight_threads_are_unique_and_rise) {
    ids_init(&shared_ids, 1, 0, real_for_test);
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK_I64(pthread_create(&t[i], NULL, make_ids, made[i]), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
    i64 falls = 0, twice = 0;
    for (int i = 0; i < THREADS; i++)
        for (int k = 1; k < EACH; k++) falls += made[i][k] <= made[i][k - 1];
    i64 *all = &made[0][0];
    qsort(all, (size_t)THREADS * EACH, sizeof *all, by_value);
    for (size_t i = 1; i < (size_t)THREADS * EACH; i++) twice += all[i] == all[i - 1];
    CHECK_I64(falls, 0);
    CHECK_I64(twice, 0);
}
