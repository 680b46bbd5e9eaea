/* appeal.h - what residents report, and how it is answered: categories, counters, addresses. Cases themselves are
 * kit/casework; this room supplies the flow, the commands and the pages. */
#ifndef WUYE_APPEAL_H
#define WUYE_APPEAL_H

#include "kit/casework/casework.h"
#include "kit/module/module.h"

/* Counters of an estate and month (kit/metric), summed up the tree. Each is counted in the month it happens in. */
enum appeal_metric {
    APPEAL_REPORTED = 100,
    APPEAL_DONE = 101,           /* the enterprise said it is done, again after each reopening */
    APPEAL_OVERDUE = 102,        /* became overdue, once a case */
    APPEAL_REOPENED = 103,
    APPEAL_CLOSED = 104,
    APPEAL_SOLVED = 105,         /* closed: the reporter said it is solved */
    APPEAL_UNANSWERED = 106,     /* closed: the reporter did not answer in time */
    APPEAL_RATED = 107,
    APPEAL_STARS = 108,          /* sum of the stars given; mean = stars / rated */
    APPEAL_KIND = 1000,          /* reported, by category: 1000 + code of the first level (1100, 1200 ... 1900) */
};

/* A category of data/appeal-kinds.tsv. The first level has parent 0. Lives as long as the program. */
enum { APPEAL_PHONES = 4, APPEAL_KINDS_MAX = 128 };
struct appeal_phone { str number, name; };
struct appeal_kind {
    i64 code, parent, urgency;   /* urgency: enum case_urgency */
    str name, advice;            /* advice: what to do at once; may be empty */
    bool emergency;              /* telephone numbers instead of a form */
    struct appeal_phone phones[APPEAL_PHONES];
    size_t nphones;
    char icon[32];
    enum case_side side;         /* who is responsible first */
    day from;
    opt_day to;
};
/* Reads the table once; later calls do nothing. E_INPUT with a line on stderr when it is damaged. */
err appeal_kinds_load(void) MUST;
/* NULL if there is none; ended ones are found too, for old cases. */
const struct appeal_kind *appeal_kind(i64 code);
/* Children of `parent` (0: the first level) that may be chosen on a day, in order; at most `max`. */
size_t appeal_kinds(i64 parent, day on, const struct appeal_kind **ret, size_t max);
/* The first level of a category; the code itself if it is one. */
i64 appeal_first(i64 code);
/* "设施维修 · 楼道灯、路灯不亮"; for a first level its own name; "其他" when unknown. */
str appeal_kind_label(struct arena *a, i64 code);

/* Addresses. */
str appeal_url(struct arena *a, i64 estate, i64 case_id);
/* The cases behind a number of the board: /a/{area}/appeal?month=&metric=&category=; category 0 is all. */
str appeal_cases_url(struct arena *a, i64 area_code, i64 month, i64 metric, i64 category);

extern struct entity appeal_draft_entity, appeal_follow_entity;
extern const struct casework appeal_casework;
extern const struct module appeal_module;

#endif
