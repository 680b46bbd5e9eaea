/* board.h - the figures of an area and month, from the city down to an estate: how much is reported, and how it is
 * answered. Reads only the sums of kit/metric. */
#ifndef WUYE_BOARD_H
#define WUYE_BOARD_H

#include "domain/estate/estate.h"
#include "kit/area/area.h"
#include "kit/module/module.h"

/* Stock counters of the room estate: what there is now, in month 0 of metric_count and metric_area. */
enum { BOARD_HOMES = METRIC_HOMES, BOARD_ESTATES = METRIC_ESTATES };

/* What the board can be asked for; the names stand in addresses. */
enum board_measure { BOARD_RATE = 1, BOARD_COUNT = 2, BOARD_DONE = 3, BOARD_OVERDUE = 4, BOARD_REOPENED = 5 };
extern const struct item board_measures[];

/* What a rate is divided by: rule board.denominator. */
enum board_base { BASE_MANAGED = 1, BASE_CENSUS = 2, BASE_HOUSEHOLDS = 3 };
extern const struct item board_bases[];

/* The address of a board: /board?area=110105&period=2026-11&metric=rate. */
str board_url(struct arena *a, i64 area_code, i64 month, enum board_measure measure);

extern const struct module board_module;

#endif
