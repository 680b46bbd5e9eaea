/* base.h - the ground under everything: no I/O, no globals. Include this one header. */
#ifndef WUYE_BASE_H
#define WUYE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef int64_t i64;
typedef uint64_t u64;
typedef uint32_t u32;
typedef uint8_t u8;

#define MUST __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args), nonnull(fmt)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#include "base/banned.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/str.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "base/i64math.h"
#include "base/money.h"
#include "base/day.h"
#include "base/id.h"
#include "base/sm3.h"
#include "base/vec.h"

#endif
