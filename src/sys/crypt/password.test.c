#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/crypt/password.h"
#include "base/test.h"

TEST(password_record_checks) {
    crypt_load_seeded(1);
    str r = password_hash_sync(a, S("长长的口令 42"));
    CHECK(str_starts(r, S("argon2id$2$19456$")));
    CHECK(r.n < PASSWORD_RECORD);
    CHECK(password_check_sync(S("长长的口令 42"), r));
    CHECK(!password_check_sync(S("长长的口令 43"), r));
    CHECK(!password_check_sync(S(""), r));
    CHECK(!str_eq(r, password_hash_sync(a, S("长长的口令 42"))));
    crypt_load_seeded(2); /* another pepper: a stolen record alone is worth nothing */
    CHECK(!password_check_sync(S("长长的口令 42"), r));
    crypt_unload();
}

#define ZEROS "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

TEST(password_record_damaged_is_never_right) {
    crypt_load_seeded(1);
    str r = password_hash_sync(a, S("x"));
    str cut = str_sub(r, 0, r.n - 1), twice = str_cat(a, r, r);
    CHECK(!password_check_sync(S("x"), cut));
    CHECK(!password_check_sync(S("x"), twice));
    const char *bad[] = { "", "argon2id$", "argon2id$2$19456$", "argon2id$2$19456$$", "argon2id$0$19456$a$b",
                          "argon2id$2$999999999" ZEROS, "argon2id$99$19456" ZEROS, "argon2id$2$19456$" ZEROS,
                          "x",
                          "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG" };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK(!password_check_sync(S("x"), str_of(bad[i])));
    /* A record of zeros equals the empty tag of an unknown account: still no. */
    CHECK(!password_check_sync(S(""), S("")));
    crypt_unload();
}

TEST(password_too_long_is_refused) {
    crypt_load_seeded(1);
    char *p = arena_alloc(a, PASSWORD_MAX + 1);
    memset(p, 'a', PASSWORD_MAX + 1);
    str longest = { p, PASSWORD_MAX }, over = { p, PASSWORD_MAX + 1 };
    str r = password_hash_sync(a, longest);
    CHECK(password_check_sync(longest, r));
    CHECK(!password_check_sync(over, r)); /* no silent cut */
    CHECK_I64(password_hash_sync(a, over).n, 0);
    crypt_unload();
}

/* Time of this thread's own work, so that a busy machine does not blur the comparison. */
static i64 own_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static i64 fastest_ns(str password, str record) {
    i64 best = INT64_MAX;
    for (int i = 0; i < 7; i++) {
        i64 t = own_ns();
        (void)password_check_sync(password, record);
        t = own_ns() - t;
        if (t < best) best = t;
    }
    return best;
}

TEST(password_of_unknown_account_takes_as_long) {
    crypt_load_seeded(1);
    str r = password_hash_sync(a, S("right"));
    i64 known = fastest_ns(S("wrong"), r), unknown = fastest_ns(S("wrong"), S(""));
    CHECK(known * 2 < unknown * 3 && unknown * 2 < known * 3);
    crypt_unload();
}

static atomic_int answers, rights, inside, most_inside;

static void answered(bool ok, void *arg) {
    int now = atomic_fetch_add(&inside, 1) + 1, most = atomic_load(&most_inside);
    while (now > most && !atomic_compare_exchange_weak(&most_inside, &most, now)) { }
    usleep(1000);
    atomic_fetch_add(&rights, ok == (arg != NULL));
    atomic_fetch_sub(&inside, 1);
    atomic_fetch_add(&answers, 1);
}

TEST(password_pool_refuses_when_full_and_answers_the_rest) {
    crypt_load_seeded(1);
    str r = password_hash_sync(a, S("right"));
    answers = rights = inside = most_inside = 0;
    int taken = 0;
    CHECK_I64(password_start(4), OK);
    for (int i = 0; i < 40; i++) {
        bool right = i % 2 == 1;
        taken += password_check_async(right ? S("right") : S("wrong"), r, answered, right ? &answers : NULL);
    }
    CHECK(taken >= 4 && taken <= 8); /* two at work, four waiting; an early one may be done already */
    password_stop();
    CHECK_I64(answers, taken);
    CHECK_I64(rights, taken);
    CHECK(most_inside <= 2);
    CHECK(!password_check_async(S("right"), r, answered, NULL)); /* stopped */
    crypt_unload();
}

static char made[PASSWORD_RECORD + 1];
static atomic_bool ready;

static void keep(str record, void *arg) {
    memcpy(made, record.p, record.n);
    made[record.n] = 0;
    atomic_store((atomic_bool *)arg, true);
}

TEST(password_pool_makes_records) {
    crypt_load_seeded(1);
    ready = false;
    CHECK_I64(password_start(1), OK);
    CHECK(password_hash_async(S("新口令"), keep, &ready));
    password_stop();
    CHECK(ready);
    CHECK(password_check_sync(S("新口令"), str_of(made)));
    char *p = arena_alloc(a, PASSWORD_MAX + 9);
    CHECK_I64(password_start(1), OK);
    CHECK(password_hash_async((str){ p, PASSWORD_MAX + 9 }, keep, &ready));
    password_stop();
    CHECK_STR(str_of(made), S(""));
    crypt_unload();
}
