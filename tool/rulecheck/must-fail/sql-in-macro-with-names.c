/* breaks: sql-star as src/domain/x/x.c */
#define COLUMNS "id, name"
SQL(x_row, "", "i" "t", "SELECT " COLUMNS " FROM x WHERE id IN (SELECT * FROM y)")
