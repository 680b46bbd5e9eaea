#include "base/test.h"
#include "domain/appeal/appeal.h"
#include "domain/board/pages.h"
#include "domain/estate/estate.h"
#include "kit/event/bed.h"

/* Two estates in one community, and a catch-all estate of the street and of the city: 480 homes and 2. */

static struct entity *const rows[] = { &estate_entity, NULL };
static const struct module house_of_rows = { .name = "rows", .entities = rows };
static const struct module *const house[] = { &house_of_rows, NULL };

static err add_estate(struct tx *tx, i64 id, i64 homes) {
    const struct area *x = area_by_id(id);
    struct estate e = { .id = id,
                        .code = x->code,
                        .kind = COMMODITY,
                        .name = x->name,
                        .address = S(""),
                        .sign = str_fmt(tx->a, "sign%lld", (long long)id),
                        .households = homes,
                        .residents_tenths = 25,
                        .duty_phone = S("") };
    return entity_insert(tx, &estate_entity, &e);
}

static err fill(struct tx *tx, void *arg) {
    static const i64 row[][4] = {
        { BED_ESTATE, APPEAL_REPORTED, 202611, 12 },  { BED_ESTATE, APPEAL_REPORTED, 202610, 9 },
        { BED_ESTATE, APPEAL_DONE, 202611, 10 },      { BED_ESTATE, APPEAL_OVERDUE, 202611, 2 },
        { BED_ESTATE, APPEAL_KIND + 200, 202611, 8 }, { BED_ESTATE, APPEAL_KIND + 100, 202611, 4 },
        { BED_ESTATE_2, APPEAL_REPORTED, 202611, 3 }, { BED_ESTATE_2, APPEAL_KIND + 100, 202611, 3 },
        { BED_STREET, APPEAL_REPORTED, 202611, 5 },   { BED_CITY, APPEAL_REPORTED, 202611, 1 },
    };
    (void)arg;
    const struct area *const *child;
    /* Another room's test may have left a larger tree. */
    if (area_children(area_by_id(BED_COMMUNITY), &child) != 2) TRY(area_load(tx));
    TRY(add_estate(tx, BED_ESTATE, 480));
    TRY(add_estate(tx, BED_ESTATE_2, 2));
    for (size_t i = 0; i < COUNT(row); i++) TRY(metric_add(tx, row[i][0], row[i][1], row[i][2], row[i][3]));
    struct seed s = { .tx = tx, .now = tx->now };
    TRY(board_seed(&s));
    return board_seed(&s); /* what has been summed is not summed again */
}

static i64 sum(struct tx *tx, i64 area, i64 metric, i64 month) {
    i64 n = -1;
    CHECK(metric_read(tx, area, metric, month, &n) == OK);
    return n;
}

static err sums_hold(struct tx *tx, void *arg) {
    (void)arg;
    CHECK_I64(sum(tx, BED_CITY, APPEAL_REPORTED, 202611), 21);
    CHECK_I64(sum(tx, BED_DISTRICT, APPEAL_REPORTED, 202611), 20);
    CHECK_I64(sum(tx, BED_STREET, APPEAL_REPORTED, 202611), 20);
    CHECK_I64(sum(tx, BED_COMMUNITY, APPEAL_REPORTED, 202611), 15);
    CHECK_I64(sum(tx, BED_ESTATE, APPEAL_REPORTED, 202611), 12);
    CHECK_I64(sum(tx, BED_CITY, BOARD_HOMES, 0), 482);
    CHECK_I64(sum(tx, BED_CITY, BOARD_ESTATES, 0), 2);
    return OK;
}

static const struct board_terms terms = { BASE_MANAGED, 10000, 25, 300, 5, 10, true };

static err reads_well(struct tx *tx, void *arg) {
    struct board_when w = board_when_of(202611, bed_time("2026-11-24T09:00:00+08:00"));
    struct board_area b;
    struct board_rows r;
    struct top_estates top;
    struct board_step path[AREA_LEVELS];
    size_t n = 0;
    (void)arg;
    TRY(board_read(tx, &terms, &w, area_by_id(BED_COMMUNITY), &b));
    CHECK_I64(b.folk.homes, 482);
    CHECK_I64(b.first, 202610);
    CHECK_I64(board_tally(&b, 202611)->reported, 15);
    CHECK_I64(board_tally(&b, 202610)->reported, 9);
    CHECK_I64(board_tally(&b, 200001)->reported, 0);
    CHECK(board_known(&b, &w, 202611) && board_known(&b, &w, 202610));
    CHECK(!board_known(&b, &w, 202609) && !board_known(&b, &w, 202612));
    CHECK_I64((i64)b.nkinds, 2);
    CHECK(!board_figure(&b, &w, &terms, BOARD_RATE, 202609).has);
    CHECK_I64(board_figure(&b, &w, &terms, BOARD_RATE, 202611).v, 12448); /* 15 of 1,205 */

    TRY(board_children(tx, &terms, &w, BOARD_RATE, &b, &r));
    CHECK_I64((i64)r.n, 2);
    CHECK_I64((i64)board_hide(&r, &terms), 2);
    CHECK_I64((i64)board_rank(&r, &terms), 1);
    CHECK(r.p[0].area->id == BED_ESTATE_2 && r.p[0].rank == 0); /* 3 of 5 persons: most, but not ranked */
    CHECK(r.p[1].area->id == BED_ESTATE && r.p[1].rank == 1);
    CHECK_I64(r.p[1].was.v, 7500);
    CHECK_I64(r.p[1].urge, 722); /* 12 in 24 days against 9 in 31 */

    TRY(board_top(tx, area_by_id(BED_CITY), 202611, 100, &top));
    CHECK_I64((i64)top.n, 2); /* the catch-alls are no estates */
    CHECK(top.p[0].area->id == BED_ESTATE && top.p[0].n == 12);
    TRY(board_top(tx, area_by_id(BED_ESTATE_2), 202611, 1, &top));
    CHECK(top.n == 1 && top.p[0].area->id == BED_ESTATE_2);

    TRY(board_read(tx, &terms, &w, area_by_id(BED_ESTATE), &b));
    TRY(board_path(tx, &terms, &w, &b, path, &n));
    CHECK_I64((i64)n, AREA_LEVELS);
    CHECK(path[0].now.reported == 21 && path[0].folk.homes == 482 && path[4].now.reported == 12);
    CHECK(path[2].now.overdue == 2 && path[4].now.overdue == 2);
    return OK;
}

static size_t broken(struct tx *tx, size_t k) {
    struct rows found;
    CHECK(db_all_n(tx, &found, board_module.checks[k].sql, NULL, 0) == OK);
    return found.n;
}

SQL(tear_sum, "", "",
    "UPDATE metric_area SET n = n + 1 WHERE area_id = 3 AND metric = 100 AND month = 202611")
SQL(tear_row, "", "", "DELETE FROM metric_area WHERE area_id = 5 AND metric = 101")
SQL(tear_sign, "", "", "UPDATE metric_area SET n = -1 WHERE area_id = 1 AND metric = 11")

static err checks_bite(struct tx *tx, void *arg) {
    (void)arg;
    for (size_t k = 0; k < 4; k++) CHECK_I64((i64)broken(tx, k), 0);
    TRY(db_run_n(tx, &tear_sum, NULL, 0));
    CHECK_I64((i64)broken(tx, 0), 2); /* the street has one too many, so the district has one too few */
    TRY(db_run_n(tx, &tear_row, NULL, 0));
    CHECK(broken(tx, 2) == 1 && broken(tx, 0) == 3);
    TRY(db_run_n(tx, &tear_sign, NULL, 0));
    CHECK_I64((i64)broken(tx, 3), 1);
    return OK;
}

static void all(struct bed *b) {
    instant now = bed_time("2026-11-24T09:00:00+08:00");
    CHECK(bed_tx(b, now, true, fill, NULL) == OK);
    CHECK(bed_tx(b, now, false, sums_hold, NULL) == OK);
    CHECK(bed_tx(b, now, false, reads_well, NULL) == OK);
    CHECK(bed_tx(b, now, true, checks_bite, NULL) == OK);
}

TEST(board_reads_what_is_summed) {
    bed_each(a, house, all);
}
