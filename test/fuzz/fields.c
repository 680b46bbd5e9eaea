/* The input of a command: one field of each kind, the first byte says which. What is accepted prints as a
 * text that is accepted again as the same value; what is refused says so at the field. */
#include <stdlib.h>
#include "kit/entity/field.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

#define COLOURS(E) E(RED, 1, "红") E(BLUE, 2, "蓝") E(DARK_GREEN, 7, "深绿")
ITEMS(colours, COLOURS)

#define ALL(F)                                                                                               \
    F(ref, REF, "编号", .flags = REQ)                                                                        \
    F(number, INT, "数", .min = -5, .max = 100000)                                                           \
    F(colour, ENUM, "颜色", .items = colours)                                                                \
    F(flag, FLAG, "是否")                                                                                    \
    F(price, MONEY, "金额")                                                                                  \
    F(size, SQM, "面积")                                                                                     \
    F(on, DAY, "日期")                                                                                       \
    F(at, INSTANT, "时间")                                                                                   \
    F(text, TEXT, "文字", .min = 1, .max = 40)                                                               \
    F(lines, LINES, "说明", .max = 300)                                                                      \
    F(photos, PHOTOS, "照片")                                                                                \
    F(phone, PLAIN, "电话", .max = 20)                                                                       \
    F(maybe, OPT_INT, "也许")                                                                                \
    F(opt_day, OPT_DAY, "也许一天")                                                                          \
    F(opt_text, OPT_TEXT, "也许文字")

struct all { FIELD_STRUCT(ALL) };
#define ENT struct all
static const struct field fields[] = { FIELD_LIST(ALL) FIELD_END };
#undef ENT

static bool lossy(const struct field *f) { return f->kind == FK_INSTANT; }   /* parts of a second are not written */

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(16 << 20);
    arena_reset(a);
    if (n < 1 || n > 20000) return 0;
    const struct field *f = &fields[data[0] % (COUNT(fields) - 1)];
    str typed = { (const char *)data + 1, n - 1 }, text, again;
    if (!utf8_valid(typed)) return 0;
    struct all *row = NEW(a, struct all), *row2 = NEW(a, struct all);
    struct faults ff = { 0 };
    field_read(a, f, row, true, typed, &ff);
    if (ff.n > 1 || (ff.n == 1 && (ff.p[0].text.n == 0 || ff.p[0].f != f))) abort();
    buf b = buf_in(a, 1 << 20);
    field_json(&b, a, f, row);
    (void)field_show(a, f, row);
    if (!utf8_valid(buf_str(&b)) || b.over) abort();
    /* What was left out has no text of its own. */
    if (str_trim(typed).n == 0 || ff.n || !field_text(a, f, row, &text) || field_secret(f) || text.n == 0) return 0;
    field_read(a, f, row2, true, text, &ff);
    if (ff.n || !field_text(a, f, row2, &again)) abort();
    if (!lossy(f) && !str_eq(text, again)) abort();
    return 0;
}
