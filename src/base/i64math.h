/* i64math.h - integer arithmetic that says when it overflows. */
#ifndef WUYE_I64MATH_H
#define WUYE_I64MATH_H

#include "base/base.h"

static inline MUST bool i64_add(i64 a, i64 b, i64 *ret) { return !__builtin_add_overflow(a, b, ret); }
static inline MUST bool i64_sub(i64 a, i64 b, i64 *ret) { return !__builtin_sub_overflow(a, b, ret); }
static inline MUST bool i64_mul(i64 a, i64 b, i64 *ret) { return !__builtin_mul_overflow(a, b, ret); }

/* a * b / c rounded half away from zero, 128 bits inside; false if c <= 0 or the result does not fit. */
bool i64_muldiv(i64 a, i64 b, i64 c, i64 *ret) MUST;
/* Compares a/b with c/d (b, d > 0) by cross-multiplication in 128 bits: -1, 0, 1. */
int ratio_cmp(i64 a, i64 b, i64 c, i64 d);
/* Splits `total` over n weights (>= 0, sum > 0) by largest remainder; ties go to the lower index, so the
 * published order decides. Sum of shares == total exactly. `share` has n places. False on bad weights. */
bool split_largest(i64 total, const i64 *weight, size_t n, i64 *share) MUST;

#endif
