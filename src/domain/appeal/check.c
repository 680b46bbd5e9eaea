/* check.c - what must always hold: the counters tell what the rows say, in the estate and in every area above it. */
#include "domain/appeal/inner.h"

/* clang-format off */

/* One row for everything that is counted, with its instant. */
#define RAW                                                                                                      \
    "SELECT estate_id, 100 AS metric, opened_at AS at, 1 AS n FROM case_head WHERE kind = 'appeal' UNION ALL "   \
    "SELECT estate_id, 1000 + category / 100 * 100, opened_at, 1 FROM case_head WHERE kind = 'appeal' UNION ALL " \
    "SELECT e.estate_id, a.metric, e.at, CASE a.metric WHEN 108 THEN h.rating ELSE 1 END FROM case_entry AS e "  \
    "JOIN case_head AS h ON h.estate_id = e.estate_id AND h.id = e.case_id AND h.kind = 'appeal' "               \
    "JOIN (SELECT 'done' AS action, 101 AS metric UNION ALL SELECT 'reopen', 103 UNION ALL SELECT 'confirm', 104 " \
    "UNION ALL SELECT 'unanswered', 104 UNION ALL SELECT 'withdraw', 104 UNION ALL SELECT 'confirm', 105 "       \
    "UNION ALL SELECT 'unanswered', 106 UNION ALL SELECT 'rate', 107 UNION ALL SELECT 'rate', 108) AS a "        \
    "ON a.action = e.action UNION ALL "                                                                          \
    "SELECT o.estate_id, 102, min(o.at), 1 FROM case_entry AS o JOIN case_head AS x ON x.estate_id = o.estate_id " \
    "AND x.id = o.case_id AND x.kind = 'appeal' WHERE o.action = 'overdue' GROUP BY o.estate_id, o.case_id"
/* yyyymm of the instant in Shanghai, by the civil calendar in integers: days since 0000-03-01, eras of 400 years. */
#define DAYS "((at + 28800000000) / 86400000000 + 719468)"
#define DATED                                                                                                    \
    "SELECT estate_id, metric, n, day - era * 146097 AS doe, era FROM (SELECT estate_id, metric, n, "            \
    DAYS " AS day, " DAYS " / 146097 AS era FROM (" RAW ") AS raw) AS days"
#define YEARED                                                                                                   \
    "SELECT estate_id, metric, n, doe, era, (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365 AS yoe "       \
    "FROM (" DATED ") AS dated"
#define MARCHED                                                                                                  \
    "SELECT estate_id, metric, n, era * 400 + yoe AS year, "                                                     \
    "(5 * (doe - (365 * yoe + yoe / 4 - yoe / 100)) + 2) / 153 AS march FROM (" YEARED ") AS yeared"
#define MONTHED                                                                                                  \
    "SELECT estate_id, metric, CASE WHEN march < 10 THEN year * 100 + march + 3 "                                \
    "ELSE (year + 1) * 100 + march - 9 END AS month, n FROM (" MARCHED ") AS marched"
#define OURS "metric BETWEEN 100 AND 108 OR metric BETWEEN 1100 AND 1900"

SQL(check_estate_counts, "", "iiii",
    "SELECT estate_id, metric, month, CAST(sum(n) AS BIGINT) FROM (" MONTHED " UNION ALL "
    "SELECT estate_id, metric, month, - n FROM metric_count WHERE " OURS ") AS both_sides "
    "GROUP BY estate_id, metric, month HAVING CAST(sum(n) AS BIGINT) <> 0 "
    "ORDER BY estate_id, metric, month LIMIT 20")

/* The areas are summed by the carrier: compared only when it has nothing left to do. */
#define LEVEL(no, span)                                                                                          \
    "SELECT up.id, m.metric, m.month, m.n FROM metric_count AS m JOIN area AS e ON e.id = m.estate_id "          \
    "JOIN area AS up ON up.code = e.code / " span " * " span " AND up.level = " no                   \
    " WHERE m.metric BETWEEN 100 AND 108 OR m.metric BETWEEN 1100 AND 1900 UNION ALL "
SQL(check_area_counts, "", "iiii",
    "SELECT id, metric, month, CAST(sum(n) AS BIGINT) FROM ("
    LEVEL("1", "100000000000000") LEVEL("2", "10000000000") LEVEL("3", "10000000") LEVEL("4", "10000") LEVEL("5", "1")
    "SELECT area_id, metric, month, - n FROM metric_area WHERE " OURS ") AS both_sides "
    "WHERE NOT EXISTS (SELECT 1 FROM op WHERE seq IS NULL) AND NOT EXISTS (SELECT 1 FROM chain LEFT JOIN metric_feed "
    "ON metric_feed.shard = chain.shard WHERE chain.seq > coalesce(metric_feed.seq, 0)) "
    "GROUP BY id, metric, month HAVING CAST(sum(n) AS BIGINT) <> 0 ORDER BY id, metric, month LIMIT 20")

SQL(check_numbers, "", "ti",
    "SELECT no, count(*) FROM case_head WHERE kind = 'appeal' GROUP BY no HAVING count(*) > 1 ORDER BY no LIMIT 20")
SQL(check_text, "", "t",
    "SELECT h.no FROM case_head AS h LEFT JOIN case_text AS t ON t.estate_id = h.estate_id AND t.id = h.id "
    "WHERE h.kind = 'appeal' AND t.id IS NULL ORDER BY h.no LIMIT 20")
SQL(check_follow, "", "ii",
    "SELECT f.estate_id, f.case_id FROM appeal_follow AS f JOIN case_head AS h ON h.estate_id = f.estate_id "
    "AND h.id = f.case_id WHERE h.place = 1 OR h.reporter_id = f.person_id ORDER BY f.estate_id, f.case_id LIMIT 20")

const struct check appeal_checks[] = {
    { "小区各月的诉求计数等于逐件重数", &check_estate_counts },
    { "各级区域的诉求计数等于下面小区之和", &check_area_counts },
    { "受理号全市不重复", &check_numbers },
    { "每件诉求都有内容", &check_text },
    { "没有人跟进别人家里的事或自己的事", &check_follow },
    { NULL, NULL },
};
