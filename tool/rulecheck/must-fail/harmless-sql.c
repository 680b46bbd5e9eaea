/* breaks: nothing as src/domain/x/x.c */
#include "sys/db/db.h"

SQL(x_sum, "i", "ii", "SELECT id, CAST(coalesce(sum(fen), 0) AS BIGINT) FROM x GROUP BY id")
SQL(x_sums, "i", "i", "SELECT cast ( sum(fen) AS BIGINT) FROM x WHERE fen - (SELECT count(*) FROM y) > 0")
SQL(x_words, "t", "t", "SELECT name FROM x WHERE name <> 'SELECT * FROM y FOR UPDATE ? true \"q\" now()'")
SQL(x_upsert, "ii", "i",
    "INSERT INTO x (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING id, n * 2")
SQL(x_copy, "i", "", "INSERT INTO x (id) SELECT id FROM y WHERE 1 = 1 ON CONFLICT (id) DO NOTHING")
SQL(x_join, "", "i", "SELECT a.id FROM a JOIN b USING (id) ORDER BY a.id NULLS FIRST")
SQL(x_gone, "", "", "DELETE FROM x WHERE id IN (SELECT a.id FROM a JOIN b USING (id))")
SQL(x_names, "", "i", "SELECT nowhere, avg_fen, replace(name, 'a', 'b'), updated FROM x WHERE flag = 1 --now()")
SQL(x_case, "", "i", "SELECT CASE WHEN a > -1 AND b<>2 THEN 1 ELSE 0 END FROM x WHERE d -1 > 0 AND a||b = $1")
