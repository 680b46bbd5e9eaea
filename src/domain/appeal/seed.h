/* seed.h - between seed.c (what happened) and sow.c (the rows it leaves). Demonstration data only. */
#ifndef WUYE_APPEAL_SEED_H
#define WUYE_APPEAL_SEED_H

#include "domain/appeal/inner.h"
#include "sys/clock/clock.h"

enum { SEED_MONTHS = 24, SEED_METRICS = 18 };

struct resident { i64 person, home; instant from; str name; };
struct plot {                        /* an estate as the seed sees it */
    i64 id, code;
    str sign, clerk, manager, enterprise;
    i64 clerk_id, manager_id, weight;
    struct { struct resident *p; size_t n, cap; } people;
    day today;                       /* of the serial number at hand */
    i64 serial;
    i64 count[SEED_METRICS][SEED_MONTHS];
};

/* What happened to one case; an instant of 0 did not happen. */
struct life {
    struct plot *at;
    const struct resident *who;      /* NULL: a caller, taken down by the clerk */
    i64 category, urgency, place, side;
    str words, spot, answer, again, why;   /* again: said when reopening; why: of the pause */
    instant opened, accepted, arrived, done, reopened, accepted2, done2, paused, closed;
    i64 outcome, stars;
    int followers;
    bool told;                       /* the reporter has it in his inbox */
    i64 id;
};

struct sower {
    struct seed *s;
    struct tx *tx;
    instant now;
    u64 dice;
    struct ids_run ids;
    struct { struct plot *p; size_t n, cap; } plots;
    i64 first_month;                 /* yyyymm of count[..][0] */
};

/* Writes the case with all that belongs to it: text, timeline, clocks, desks, counters, notices. Cases come in order of
 * their opening. */
err sow_case(struct sower *w, struct life *c) MUST;
/* The last serial rows and the counters of both levels. */
err sow_finish(struct sower *w) MUST;

#endif
