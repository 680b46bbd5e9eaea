/* Home registers out of any CSV: no row is lost, bad rows say why, good rows say where the home is. */
#include <stdlib.h>
#include "kit/sheet/register.h"
#include "sys/sheet/parse.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

static const char words[] = "building\t楼号\nentrance\t单元\nroom\t房号\narea\t建筑面积\nowner\t业主姓名\nid_number\t证件号码\n"
                            "phone\t联系电话\ntitle_date\t交付日期\naddress\t地址\nshare\t份额\nnote\t备注\n-\t租户\n";

static bool told(const struct home_register *r, i64 no) {
    for (size_t i = 0; i < r->rows.n; i++)
        if (r->rows.p[i].no <= no && no <= r->rows.p[i].last) return true;
    for (size_t i = 0; i < r->skips.n; i++)
        if (r->skips.p[i].row == no) return true;
    return false;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    struct sheet_book b;
    struct register_words *w;
    struct register_map m;
    struct home_register r;
    if (a == NULL) a = arena_new((size_t)512 << 20);
    arena_reset(a);
    if (n > 20000 || register_words_load(a, str_of(words), &w) != OK) return 0;
    if (csv_parse(a, (str){ (const char *)data, n }, &b) != OK) return 0;
    err e = register_recognise(a, w, &b, &m);
    if (e != OK && m.why.n == 0) abort();
    for (size_t c = 0; e != OK && c < m.cols; c++)
        (void)register_map_set(&m, c, (enum register_field)(1 + c % (RF_COUNT - 1)));
    if (register_parse(a, &b, &m, 1, (day){ 20781 }, &r) != OK) abort();
    for (size_t k = 0; k < b.sheet->n; k++)
        if (b.sheet->row[k].no > m.head_last && !told(&r, b.sheet->row[k].no)) abort();
    for (size_t i = 0; i < r.rows.n; i++) {
        const struct register_row *x = &r.rows.p[i];
        if (!x->bad && (x->key.n == 0 || (x->has_area && x->area.dm2 <= 0))) abort();
        if (x->bad && x->faults.n == 0) abort();
        for (size_t k = 0; k < x->faults.n; k++)
            if (x->faults.p[k].text.n == 0 || !utf8_valid(x->faults.p[k].text)) abort();
    }
    (void)register_report(a, &b, &r);
    return 0;
}
