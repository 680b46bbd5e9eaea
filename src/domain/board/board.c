/* board.c - the room's lists and the facts that must hold; see README.md. */
#include "domain/board/pages.h"

#define ENT struct board_in
static const struct field board_in_fields[] = { FIELD_LIST(BOARD_IN) FIELD_END };
#undef ENT

/* ---- facts that must hold: every sum is made anew from the level below ---- */

/* What an area has beyond its children is what its own catch-all estate counted, and nothing else. While the
 * carrier has something to carry the sums are on their way: they are looked at the next time. */
#define SETTLED                                                                                              \
    "NOT EXISTS (SELECT 1 FROM op WHERE op.seq IS NULL) AND NOT EXISTS "                                     \
    "(SELECT 1 FROM chain LEFT JOIN metric_feed ON metric_feed.shard = chain.shard "                         \
    "WHERE chain.seq > coalesce(metric_feed.seq, 0)) "

SQL(check_tree, "", "iiiii",
    "SELECT up.area_id, up.metric, up.month, up.n, "
    "CAST(coalesce(below.n, 0) + coalesce(own.n, 0) AS BIGINT) FROM metric_area AS up "
    "LEFT JOIN (SELECT parent_id, metric, month, CAST(coalesce(sum(n), 0) AS BIGINT) AS n FROM metric_area "
    "GROUP BY parent_id, metric, month) AS below "
    "ON below.parent_id = up.area_id AND below.metric = up.metric AND below.month = up.month "
    "LEFT JOIN metric_count AS own "
    "ON own.estate_id = up.area_id AND own.metric = up.metric AND own.month = up.month "
    "WHERE up.n <> coalesce(below.n, 0) + coalesce(own.n, 0) AND " SETTLED
    "ORDER BY up.area_id, up.metric, up.month LIMIT 20")
SQL(check_parent, "", "iii",
    "SELECT low.area_id, low.metric, low.month FROM metric_area AS low WHERE low.level > 1 AND NOT EXISTS "
    "(SELECT 1 FROM metric_area AS up WHERE up.area_id = low.parent_id AND up.metric = low.metric "
    "AND up.month = low.month AND up.level = low.level - 1) "
    "ORDER BY low.area_id, low.metric, low.month LIMIT 20")
SQL(check_estate, "", "iii",
    "SELECT own.estate_id, own.metric, own.month FROM metric_count AS own WHERE own.n <> 0 AND NOT EXISTS "
    "(SELECT 1 FROM metric_area AS up WHERE up.area_id = own.estate_id AND up.metric = own.metric "
    "AND up.month = own.month) AND " SETTLED "ORDER BY own.estate_id, own.metric, own.month LIMIT 20")
SQL(check_negative, "", "iiii",
    "SELECT area_id, metric, month, n FROM metric_area WHERE n < 0 ORDER BY area_id, metric, month LIMIT 20")

static const struct check checks[] = {
    { "每级的数等于下级之和加本级兜底小区", &check_tree },
    { "有数的区域，上级也有数", &check_parent },
    { "小区的数都已汇总", &check_estate },
    { "没有小于零的数", &check_negative },
    { NULL, NULL },
};

static const struct query queries[] = {
    { .name = "board.area.figures",
      .title = "一个区域一个月的数",
      .in = board_in_fields,
      .in_size = sizeof(struct board_in),
      .shard = SHARD_HOUSE,
      .run = board_figures_run,
      .flags = PAGE_QUICK },
    { .name = NULL },
};
static const struct page pages[] = {
    { .path = "/board",
      .title = "看板",
      .right = "board.view",
      .flags = PAGE_QUICK,
      .show = board_page,
      .object = board_object },
    { .path = "/board/top",
      .title = "诉求最多的小区",
      .right = "board.view",
      .flags = PAGE_QUICK,
      .show = board_top_page,
      .object = board_object },
    { .path = "/public/board",
      .title = "诉求公开",
      .flags = PAGE_OPEN | PAGE_QUICK | PAGE_PUBLIC,
      .show = board_public_page },
    PAGE_END,
};
static const char *const needs[] = { "appeal", "estate", NULL };
static const char *const rights[] = { "board.view", "board.cases", NULL };

const struct module board_module = {
    .name = "board",
    .label = "看板",
    .needs = needs,
    .pages = pages,
    .queries = queries,
    .rights = rights,
    .checks = checks,
    .cards = board_cards,
    .entries = board_entries,
    .menu = board_menu,
    .seed = board_seed,
};
