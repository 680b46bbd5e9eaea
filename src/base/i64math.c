#include "base/base.h"

__extension__ typedef __int128 i128;

bool i64_muldiv(i64 a, i64 b, i64 c, i64 *ret) {
    if (c <= 0) return false;
    i128 product = (i128)a * b;
    i128 quotient = product / c, rest = product % c;
    if (rest < 0) rest = -rest;
    if (rest >= c - rest) quotient += product < 0 ? -1 : 1;
    if (quotient < INT64_MIN || quotient > INT64_MAX) return false;
    *ret = (i64)quotient;
    return true;
}

int ratio_cmp(i64 a, i64 b, i64 c, i64 d) {
    i128 left = (i128)a * d, right = (i128)c * b;
    return (left > right) - (left < right);
}

/* The units left over go to the largest remainders. Where "large" begins is found by bisecting the value of the
 * remainder: O(63 n) without memory, where sorting would need some. */
bool split_largest(i64 total, const i64 *weight, size_t n, i64 *share) {
    i64 sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (weight[i] < 0 || !i64_add(sum, weight[i], &sum)) return false;
    }
    if (sum == 0) return false;
    i64 sign = total < 0 ? -1 : 1;
    i64 left = total;
    for (size_t i = 0; i < n; i++) {
        share[i] = (i64)((i128)total * weight[i] / sum);
        left -= share[i];
    }
    left *= sign;                     /* 0 <= left < n */
    if (left == 0) return true;

#define REST(i) ((i64)((i128)total * weight[i] % sum) * sign)
    i64 low = 0, high = sum;          /* count(REST > low) > left, count(REST > high) <= left */
    i64 above = 0;                    /* count(REST > high) */
    size_t nonzero = 0;
    for (size_t i = 0; i < n; i++) nonzero += REST(i) > 0;
    if ((i64)nonzero <= left) {
        high = 0;
        above = (i64)nonzero;
    }
    while (high - low > 1) {
        i64 mid = low + (high - low) / 2, count = 0;
        for (size_t i = 0; i < n; i++) count += REST(i) > mid;
        if (count <= left) {
            high = mid;
            above = count;
        } else {
            low = mid;
        }
    }
    i64 ties = left - above;          /* of those with REST == high, the first ones in order */
    for (size_t i = 0; i < n; i++) {
        i64 rest = REST(i);
        if (rest > high || (rest == high && ties-- > 0)) share[i] += sign;
    }
#undef REST
    return true;
}
