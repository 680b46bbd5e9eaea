#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include "sys/sheet/workbook.h"

#define NAME_CP 31     /* of a sheet */
#define CELL_CP 32000  /* a cell of a workbook holds 32,767 */

struct formats { lxw_format *head, *name, *text, *date, *number[7][2]; };

/* ---- texts as a workbook wants them ---- */

/* A sheet's name: no more than 31 characters, none of []:*?/\, no apostrophe at the ends, none twice. */
static const char *sheet_name(struct arena *a, str wanted, size_t index, lxw_workbook *wb) {
    buf b = buf_in(a, 512);
    str s = utf8_head(str_trim(wanted), NAME_CP - 4);
    for (size_t i = 0; i < s.n; i++) buf_c(&b, memchr("[]:*?/\\'", s.p[i], 8) != NULL ? ' ' : s.p[i]);
    str name = str_trim(buf_str(&b));
    if (name.n == 0) name = str_fmt(a, "表%zu", index + 1);
    char *c = str_c(a, name);
    if (workbook_validate_sheet_name(wb, c) == LXW_NO_ERROR) return c;
    return str_fmt(a, "%.*s %zu", STR(name), index + 1).p;
}

/* _x0041_ in a text would be read as A; the underscore is written so that it is not. */
static char *cell_string(struct arena *a, str s) {
    buf b = buf_in(a, s.n * 8 + 8);
    s = utf8_head(s, CELL_CP);
    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.n - i >= 7 && s.p[i] == '_' && s.p[i + 1] == 'x' && s.p[i + 6] == '_';
        for (size_t k = 2; k < 6 && escape; k++)
            escape = (s.p[i + k] >= '0' && s.p[i + k] <= '9') || ((s.p[i + k] | 32) >= 'a' && (s.p[i + k] | 32) <= 'f');
        if (escape) buf_lit(&b, "_x005F");
        buf_c(&b, s.p[i]);
    }
    return str_c(a, buf_str(&b));
}

/* A plain decimal that comes out of a workbook as it went in. The binary form keeps 15 digits exactly, but programs
 * round in the last one when they show a fraction; a format drops further decimals and zeros in front. */
static bool exact_number(str s, int decimals) {
    str whole, part = s.n > 0 && s.p[0] == '-' ? str_from(s, 1) : s;
    if (!str_cut(&part, '.', &whole) || !str_digits(whole) || (whole.n > 1 && whole.p[0] == '0')) return false;
    if (part.p == NULL) return whole.n <= 15;
    return str_digits(part) && part.n <= (size_t)decimals && whole.n + part.n <= 14;
}

/* ---- one sheet ---- */

static void put_cell(struct arena *a, lxw_worksheet *ws, const struct formats *f, const struct sheet_col *col,
                     size_t row, size_t c, str v) {
    lxw_row_t r = (lxw_row_t)row;
    lxw_col_t k = (lxw_col_t)c;
    day d;
    if (v.n == 0) return;
    if (col->kind == SHEET_NUMBER && exact_number(v, col->decimals)) {
        worksheet_write_number(ws, r, k, strtod(str_c(a, v), NULL), f->number[col->decimals][col->grouped]);
    } else if (col->kind == SHEET_DATE && day_parse(v, &d) && day_ymd(d).y >= 1901 && day_ymd(d).y <= 9999) {
        struct ymd y = day_ymd(d);
        lxw_datetime at = { .year = y.y, .month = y.m, .day = y.d };
        worksheet_write_datetime(ws, r, k, &at, f->date);
    } else {
        worksheet_write_string(ws, r, k, cell_string(a, v), f->text);
    }
}

static int width_of(const struct sheet_col *col) {
    if (col->width > 0) return col->width;
    int label = (int)utf8_len(col->label) * 2 + 2, usual = col->kind == SHEET_TEXT ? 18 : 12;
    return label > usual ? label : usual;
}

static void put_sheet(struct arena *a, lxw_workbook *wb, const struct formats *f, const struct sheet_table *t,
                      size_t index) {
    lxw_worksheet *ws = workbook_add_worksheet(wb, sheet_name(a, t->name, index, wb));
    if (ws == NULL) return;
    bool named = false;
    for (size_t c = 0; c < t->cols; c++) named = named || t->col[c].name.n > 0;
    for (size_t c = 0; c < t->cols; c++) {
        const struct sheet_col *col = &t->col[c];
        lxw_col_t k = (lxw_col_t)c;
        /* The column has the format, too: what people type into empty cells of a text column stays text. */
        lxw_format *whole = col->kind == SHEET_NUMBER ? f->number[col->decimals][col->grouped]
                          : col->kind == SHEET_DATE ? f->date : f->text;
        worksheet_set_column(ws, k, k, width_of(col), whole);
        worksheet_write_string(ws, 0, k, cell_string(a, col->label), f->head);
        if (named) worksheet_write_string(ws, 1, k, cell_string(a, col->name), f->name);
    }
    if (named) {
        lxw_row_col_options hidden = { .hidden = LXW_TRUE };
        worksheet_set_row_opt(ws, 1, LXW_DEF_ROW_HEIGHT, NULL, &hidden);
    }
    size_t first = named ? 2 : 1;
    worksheet_freeze_panes(ws, (lxw_row_t)first, 0);
    for (size_t k = 0; k < t->rows; k++)
        for (size_t c = 0; c < t->cols; c++) put_cell(a, ws, f, &t->col[c], first + k, c, t->cell[k * t->cols + c]);
}

static void make_formats(lxw_workbook *wb, struct formats *f) {
    static const char *const plain[7] = { "0", "0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000" };
    static const char *const grouped[7] = { "#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000", "#,##0.00000",
                                            "#,##0.000000" };
    f->head = workbook_add_format(wb);
    format_set_bold(f->head);
    format_set_num_format(f->head, "@");
    format_set_bg_color(f->head, 0xE8EDF3);
    format_set_bottom(f->head, LXW_BORDER_THIN);
    format_set_align(f->head, LXW_ALIGN_VERTICAL_CENTER);
    f->name = f->text = workbook_add_format(wb);
    format_set_num_format(f->text, "@");
    f->date = workbook_add_format(wb);
    format_set_num_format(f->date, "yyyy-mm-dd");
    for (size_t i = 0; i < 7; i++) {
        f->number[i][0] = workbook_add_format(wb);
        format_set_num_format(f->number[i][0], plain[i]);
        f->number[i][1] = workbook_add_format(wb);
        format_set_num_format(f->number[i][1], grouped[i]);
    }
}

/* ---- the file ---- */

static err copy(int from, int to) {
    char chunk[65536];
    /* A pipe cannot be emptied or wound back, and need not be. */
    if (lseek(from, 0, SEEK_SET) < 0 || (lseek(to, 0, SEEK_SET) == 0 && ftruncate(to, 0) != 0)) return E_IO;
    for (;;) {
        ssize_t n = read(from, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0 ? OK : E_IO;
        for (ssize_t done = 0; done < n;) {
            ssize_t k = write(to, chunk + done, (size_t)(n - done));
            if (k < 0 && errno != EINTR) return E_IO;
            if (k > 0) done += k;
        }
    }
}

err workbook_write(struct arena *a, const struct sheet_table *t, size_t n, int fd) {
    char path[64];
    int spill = memfd_create("workbook", MFD_CLOEXEC);
    if (spill < 0) return E_IO;
    snprintf(path, sizeof path, "/proc/self/fd/%d", spill);
    lxw_workbook *wb = workbook_new(path);
    struct formats f;
    err e = wb == NULL ? E_IO : OK;
    if (e == OK) {
        make_formats(wb, &f);
        for (size_t i = 0; i < n; i++) put_sheet(a, wb, &f, &t[i], i);
        if (workbook_close(wb) != LXW_NO_ERROR) e = E_IO;
    }
    if (e == OK) e = copy(spill, fd);
    close(spill);
    return e;
}
