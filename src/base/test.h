/* test.h - unit tests that register themselves. A test file stands beside the code as x.test.c:
 *     TEST(split_is_exact) { CHECK(split_largest(100, w, 3, s)); CHECK_I64(s[0] + s[1] + s[2], 100); }
 * The runner (src/base/test_main.c) prints counts and the closing line "N passed, N failed". */
#ifndef WUYE_TEST_H
#define WUYE_TEST_H

#include "base/base.h"

struct test {
    const char *name, *file;
    void (*run)(struct arena *a);
};

/* `a` is a fresh arena for the test. */
#define TEST(tname)                                                                                              \
    static void test_##tname(struct arena *a);                                                                   \
    static const struct test test_row_##tname = { #tname, __FILE__, test_##tname };                              \
    static const struct test *const test_reg_##tname __attribute__((section("wuye_tests"), used)) =              \
        &test_row_##tname;                                                                                       \
    static void test_##tname(struct arena *a __attribute__((unused)))

#define CHECK(cond) test_check((cond), #cond, __FILE__, __LINE__)
#define CHECK_I64(got, want) test_check_i64((got), (want), #got, __FILE__, __LINE__)
#define CHECK_STR(got, want) test_check_str((got), (want), #got, __FILE__, __LINE__)

void test_check(bool ok, const char *what, const char *file, int line);
void test_check_i64(i64 got, i64 want, const char *what, const char *file, int line);
void test_check_str(str got, str want, const char *what, const char *file, int line);
/* Deterministic random numbers for properties; the seed is printed by the runner (WUYE_SEED sets it). */
u64 test_random(void);

#endif
