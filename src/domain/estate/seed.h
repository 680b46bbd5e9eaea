/* seed.h - between seed.c and seed_people.c. */
#ifndef WUYE_ESTATE_SEED_H
#define WUYE_ESTATE_SEED_H

#include "domain/estate/inner.h"
#include "domain/org/org.h"
#include "sys/clock/clock.h"

struct made { i64 id, code; str name; };
struct offered { i64 person; int no; str name; const char *title, *about, *login; };

struct maker {
    struct seed *s;
    u64 dice;
    struct name_pool *pool;
    struct ids_run ids;
    struct orgs orgs;
    int next_person, next_staff;     /* numbers of invented telephones and documents */
    struct made *made;
    int count, room, main_at;
    bool main;                       /* the estate at hand is the one the demonstration plays in */
    str estate_name;
    struct { i64 *p; size_t n, cap; } offices;          /* areas that have an officer */
    struct { struct offered *p; size_t n, cap; } offer;
    i64 two_homes;                   /* the owner with a home in another estate too */
};

/* A person tied to a home; `name` NULL: any. */
err maker_resident(struct maker *m, const struct home *h, const char *name, bool female, i64 kind, i64 *ret) MUST;
err maker_owns_too(struct maker *m, const struct home *h, i64 person) MUST;

/* The homes of the people one may become; *ret_taken: this home has its people now. */
err seed_main_home(struct maker *m, const struct home *h, bool *ret_taken) MUST;
/* Manager and clerk of an estate, and the officers of its community and street. */
err seed_staff(struct maker *m, struct estate *e, const struct org *org, const struct area *community) MUST;
err seed_offer(struct maker *m) MUST;

#endif
