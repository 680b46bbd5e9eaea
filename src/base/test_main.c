/* test_main.c - runs the tests that TEST() put into the section wuye_tests.
 * usage: unit-X [-v] [part of a test's name or file]... */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/test.h"

#define TEST_CEILING ((size_t)256 << 20)
#define SEED_DEFAULT 20261124

extern const struct test *const __start_wuye_tests[] __attribute__((weak));
extern const struct test *const __stop_wuye_tests[] __attribute__((weak));

static atomic_int failures;           /* tests may check from several threads */
static _Atomic u64 state;

static bool failed(bool ok, const char *file, int line) {
    if (!ok) {
        atomic_fetch_add(&failures, 1);
        printf("%s:%d: ", file, line);
    }
    return !ok;
}

void test_check(bool ok, const char *what, const char *file, int line) {
    if (failed(ok, file, line)) printf("%s\n", what);
}

void test_check_i64(i64 got, i64 want, const char *what, const char *file, int line) {
    if (failed(got == want, file, line)) {
        printf("%s is %lld, not %lld\n", what, (long long)got, (long long)want);
    }
}

void test_check_str(str got, str want, const char *what, const char *file, int line) {
    if (failed(str_eq(got, want), file, line)) {
        printf("%s is\n  \"%.*s\", not\n  \"%.*s\"\n", what, STR(got), STR(want));
    }
}

/* SplitMix64. */
u64 test_random(void) {
    u64 z = atomic_fetch_add(&state, 0x9E3779B97F4A7C15u) + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static bool wanted(const struct test *t, int argc, char **argv) {
    bool filtered = false;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-') continue;
        filtered = true;
        if (strstr(t->name, argv[i]) != NULL || strstr(t->file, argv[i]) != NULL) return true;
    }
    return !filtered;
}

/* Each test starts from the seed and its own name, so that it sees the same numbers when it runs alone. */
static bool passes(const struct test *t, u64 seed) {
    struct arena *a = arena_new(TEST_CEILING);
    if (a == NULL) {
        printf("%s: %s: no memory\n", t->file, t->name);
        return false;
    }
    atomic_store(&failures, 0);
    atomic_store(&state, seed ^ str_hash(str_of(t->name)));
    if (ARENA_CATCH(a)) {
        printf("%s: %s: the arena of the test is exhausted\n", t->file, t->name);
        atomic_fetch_add(&failures, 1);
    } else {
        t->run(a);
    }
    arena_free(a);
    int n = atomic_load(&failures);
    if (n > 0) printf("FAILED %s (%d)\n", t->name, n);
    return n == 0;
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    i64 seed = SEED_DEFAULT;
    const char *given = getenv("WUYE_SEED");
    if (given != NULL && !str_i64(str_of(given), &seed)) {
        fprintf(stderr, "WUYE_SEED must be a whole number\n");
        return 2;
    }
    bool verbose = argc > 1 && str_is(str_of(argv[1]), "-v");
    printf("seed %lld\n", (long long)seed);
    int ok = 0, bad = 0;
    for (const struct test *const *t = __start_wuye_tests; t < __stop_wuye_tests; t++) {
        if (!wanted(*t, argc, argv)) continue;
        if (verbose) printf("%s\n", (*t)->name);
        if (passes(*t, (u64)seed)) ok++;
        else bad++;
    }
    printf("%d passed, %d failed\n", ok, bad);
    return bad > 0 || ok == 0 ? 1 : 0;
}
