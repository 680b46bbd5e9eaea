/* Who may do what: by post and area, by tie and home, and never by accident. */
#include "base/test.h"
#include "kit/access/access.h"

static const char table[] = "# comment\n"
                            "id\ttitle\tkind\tlevel\trights\n"
                            "owner\t业主\towner\thome\tappeal.report appeal.view\n"
                            "clerk\t客服\tenterprise\testate\tappeal.view appeal.handle\n"
                            "street\t街道\tgrassroots\tstreet\tappeal.view board.view\n"
                            "city\t市\tgovernment\tcity\tboard.view\n";

#define STREET_LO 1101050100000000LL
#define STREET_HI 1101050110000000LL
#define HERE 1101050100010001LL
#define THERE 1101050110010001LL

static struct actor with_post(struct grant_held *g, const char *role, i64 lo, i64 hi) {
    *g = (struct grant_held){ .id = 1, .role = role_by_id(str_of(role)), .area = 9, .lo = lo, .hi = hi };
    return (struct actor){ .person = 7, .grants = g, .ngrants = 1 };
}

static struct actor with_tie(struct tie_held *t, i64 home, i64 from, i64 to) {
    *t = (struct tie_held){ .home = home, .role = role_by_id(S("owner")), .from = { from }, .to = { to } };
    return (struct actor){ .person = 7, .estate = 50, .ties = t, .nties = 1 };
}

TEST(nobody_is_sent_to_log_in_and_may_nothing) {
    CHECK(access_load(str_of(table)));
    struct actor who = { 0 };
    struct object o = { .code = HERE, .estate = 50 };
    CHECK(access_may(&who, "board.view", &o) == E_LOGIN);
}

TEST(a_post_reaches_its_area_and_no_further) {
    CHECK(access_load(str_of(table)));
    struct grant_held g;
    struct actor who = with_post(&g, "street", STREET_LO, STREET_HI);
    struct object here = { .code = HERE }, there = { .code = THERE }, edge = { .code = STREET_HI },
                  first = { .code = STREET_LO };
    CHECK(access_may(&who, "appeal.view", &here) == OK);
    CHECK(access_may(&who, "appeal.view", &first) == OK);
    CHECK(access_may(&who, "appeal.view", &edge) == E_MISSING);     /* half-open: the neighbour's first code */
    CHECK(access_may(&who, "appeal.view", &there) == E_MISSING);    /* out of scope: not even "denied" */
    CHECK(access_may(&who, "appeal.handle", &here) == E_DENIED);    /* in scope, another right */
    CHECK(access_may(&who, "no.such.right", &here) == E_DENIED);
}

TEST(a_tie_reaches_its_home_and_what_its_person_reported) {
    CHECK(access_load(str_of(table)));
    struct tie_held t;
    struct actor who = with_tie(&t, 501, 100, INT64_MAX);
    struct object estate = { .estate = 50 }, own = { .estate = 50, .home = 501 }, other = { .estate = 50, .home = 502 },
                  mine = { .estate = 50, .home = 502, .person = 7 }, theirs = { .estate = 50, .person = 8 },
                  elsewhere = { .estate = 51, .home = 501 };
    CHECK(access_may(&who, "appeal.report", &estate) == OK);
    CHECK(access_may(&who, "appeal.view", &own) == OK);
    CHECK(access_may(&who, "appeal.view", &mine) == OK);
    CHECK(access_may(&who, "appeal.view", &other) == E_MISSING);
    CHECK(access_may(&who, "appeal.view", &theirs) == E_MISSING);
    CHECK(access_may(&who, "appeal.view", &elsewhere) == E_MISSING);
    CHECK(access_may(&who, "appeal.handle", &own) == E_DENIED);
}

TEST(an_ended_tie_sees_its_own_past_only) {
    CHECK(access_load(str_of(table)));
    struct tie_held t;
    struct actor who = with_tie(&t, 501, 100, 200);
    struct object now = { .estate = 50, .home = 501 }, before = { .estate = 50, .home = 501, .at = { 50 } },
                  then = { .estate = 50, .home = 501, .at = { 150 } },
                  after = { .estate = 50, .home = 501, .at = { 200 } };
    CHECK(access_may(&who, "appeal.view", &now) == E_MISSING);
    CHECK(access_may(&who, "appeal.view", &before) == E_MISSING);
    CHECK(access_may(&who, "appeal.view", &then) == OK);
    CHECK(access_may(&who, "appeal.view", &after) == E_MISSING);
}

TEST(ranges_are_the_widest_first_and_none_inside_another) {
    CHECK(access_load(str_of(table)));
    struct grant_held g[3] = {
        { .id = 1, .role = role_by_id(S("street")), .lo = STREET_LO, .hi = STREET_HI },
        { .id = 2, .role = role_by_id(S("city")), .lo = 1100000000000000LL, .hi = 1200000000000000LL },
        { .id = 3, .role = role_by_id(S("clerk")), .lo = HERE, .hi = HERE + 1 },
    };
    struct actor who = { .person = 7, .grants = g, .ngrants = 3 };
    i64 range[4][2];
    CHECK_I64((i64)access_ranges(&who, "board.view", range, 4), 2);   /* street first, then the city around it */
    CHECK_I64(range[0][0], 1100000000000000LL);
    CHECK_I64((i64)access_ranges(&who, "appeal.handle", range, 4), 1);
    CHECK_I64(range[0][0], HERE);
    CHECK_I64((i64)access_ranges(&who, "estate.edit", range, 4), 0);
}

TEST(a_damaged_table_of_roles_is_refused) { CHECK(!access_load(S("id\ttitle\nowner\n"))); }
