/* day.h - instants in microseconds UTC and civil days of Asia/Shanghai (UTC+8, no summer time since 1992). */
#ifndef WUYE_DAY_H
#define WUYE_DAY_H

#include "base/base.h"

typedef struct instant { i64 us; } instant;   /* microseconds since 1970-01-01T00:00Z */
typedef struct day { i64 n; } day;            /* days since 1970-01-01, Shanghai */
struct ymd { int y, m, d; };

#define SECOND_US ((i64)1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

day day_of(instant t);                         /* the Shanghai day that holds t */
instant day_start(day d);                      /* 00:00 Shanghai */
instant day_end(day d);                        /* 24:00 Shanghai, that is the start of the next day */
struct ymd day_ymd(day d);
day day_from(int y, int m, int d);             /* any y-m-d of the proleptic calendar; not checked */
bool day_exists(int y, int m, int d) MUST;
int day_weekday(day d);                        /* 1 Monday .. 7 Sunday */
day day_add_months(day d, int months);         /* CC-202: no matching day -> month end */
i64 day_month(day d);                          /* 202611 */
i64 month_next(i64 yyyymm, int step);          /* 202612 + 1 -> 202701 */
day month_first(i64 yyyymm);
day month_last(i64 yyyymm);
bool day_parse(str s, day *ret) MUST;          /* "2026-11-24" */
void day_put(buf *b, day d);                   /* "2026-11-24" */
void day_show(buf *b, day d);                  /* "2026年11月24日" */
void instant_put(buf *b, instant t);           /* "2026-11-24T21:36:05+08:00" */
void instant_show(buf *b, instant t);          /* "11月24日 21:36" */
bool instant_parse(str s, instant *ret) MUST;  /* RFC 3339 with offset or Z */
struct hms { int h, m, s; };
struct hms instant_clock(instant t);           /* Shanghai wall clock */

#endif
