#include "sys/sheet/stream.h"

/* What a table program could take for a formula, also in full width: = + - @, tab and CR. A minus before digits is a
 * number only where the column is one; in a text column it is text. */
bool sheet_risky(str s) {
    static const str heads[] = { S_INIT("="), S_INIT("+"), S_INIT("-"), S_INIT("@"), S_INIT("\t"), S_INIT("\r"),
                                 S_INIT("\n"), S_INIT("＝"), S_INIT("＋"), S_INIT("－"), S_INIT("＠") };
    for (size_t i = 0; i < COUNT(heads); i++)
        if (str_starts(s, heads[i])) return true;
    /* An apostrophe before one of these was ours or looks like ours: one more keeps it apart. */
    return s.n > 1 && s.p[0] == '\'' && sheet_risky(str_from(s, 1));
}

/* A plain decimal is never a formula. */
static bool decimal(str s) {
    size_t i = s.n > 0 && s.p[0] == '-' ? 1 : 0, digits = 0;
    for (; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9') digits++;
        else if (s.p[i] != '.') return false;
    }
    return digits > 0;
}

static void put(buf *out, str s, bool number) {
    bool guard = sheet_risky(s) && !(number && decimal(s)), quote = guard;
    for (size_t i = 0; i < s.n && !quote; i++)
        quote = s.p[i] == '"' || s.p[i] == ',' || s.p[i] == ';' || s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == '\t';
    quote = quote || (s.n > 0 && (s.p[0] == ' ' || s.p[s.n - 1] == ' '));
    if (!quote) {
        buf_s(out, s);
        return;
    }
    buf_c(out, '"');
    if (guard) buf_c(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_c(out, '"');
        buf_c(out, s.p[i]);
    }
    buf_c(out, '"');
}

void sheet_csv_head(buf *out, const struct sheet_col *col, size_t cols) {
    buf_lit(out, "\xEF\xBB\xBF");
    for (size_t c = 0; c < cols; c++) {
        if (c > 0) buf_c(out, ',');
        put(out, col[c].label, false);
    }
    buf_lit(out, "\r\n");
}

void sheet_csv_row(buf *out, const struct sheet_col *col, const str *cell, size_t cols) {
    for (size_t c = 0; c < cols; c++) {
        if (c > 0) buf_c(out, ',');
        put(out, cell[c], col[c].kind == SHEET_NUMBER);
    }
    buf_lit(out, "\r\n");
}

void sheet_csv(buf *out, const struct sheet_table *t) {
    sheet_csv_head(out, t->col, t->cols);
    for (size_t k = 0; k < t->rows; k++) sheet_csv_row(out, t->col, t->cell + k * t->cols, t->cols);
}
