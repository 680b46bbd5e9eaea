/* The workbook reader: any bytes are a book the stream can carry, or a refusal with a sentence. Bytes that are no zip
 * file are taken as the XML of the parts, parted by NUL, and packed: a mutated zip file rarely has a right checksum. */
#include <stdlib.h>
#include <zip.h>
#include "sys/sheet/parse.h"
#include "sys/sheet/stream.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

static str pack(struct arena *a, str in) {
    static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml",
                                        "xl/workbook.xml"};
    static const char rels[] = "<R><Relationship Id='a' Type='t/worksheet' Target='worksheets/sheet1.xml'/>"
                               "<Relationship Id='b' Type='t/styles' Target='styles.xml'/>"
                               "<Relationship Id='c' Type='t/sharedStrings' Target='sharedStrings.xml'/></R>";
    static const char book[] = "<workbook><workbookPr/><sheets><sheet name='a' r:id='a'/></sheets></workbook>";
    zip_error_t ze;
    zip_stat_t st;
    zip_error_init(&ze);
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &ze);
    zip_t *z = zip_open_from_source(to, ZIP_CREATE | ZIP_TRUNCATE, &ze);
    zip_source_keep(to);
    for (size_t i = 0; i < COUNT(names); i++) {
        str part;
        if (!str_cut(&in, '\0', &part)) part = i == 3 ? str_of(book) : S("<a/>");
        zip_int64_t at = zip_file_add(z, names[i], zip_source_buffer(z, part.p, part.n, 0), 0);
        if (at >= 0) (void)zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0);
    }
    zip_file_add(z, "xl/_rels/workbook.xml.rels", zip_source_buffer(z, rels, sizeof rels - 1, 0), 0);
    if (zip_close(z) != 0 || zip_source_open(to) != 0 || zip_source_stat(to, &st) != 0) abort();
    char *p = arena_alloc(a, st.size);
    if (zip_source_read(to, p, st.size) != (zip_int64_t)st.size) abort();
    zip_source_close(to);
    zip_source_free(to);
    return (str){ p, st.size };
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    struct sheet_book b, again;
    str in = { (const char *)data, n };
    if (a == NULL) a = arena_new((size_t)512 << 20);
    arena_reset(a);
    err e = xlsx_parse(a, n > 2 && data[0] == 'P' && data[1] == 'K' ? in : pack(a, in), &b);
    if (e != OK) {
        if ((e != E_INPUT && e != E_TOOBIG) || b.why.n == 0) abort();
        return 0;
    }
    buf out = buf_new(STREAM_MAX);
    stream_put_book(&out, &b, OK);
    if (stream_get_book(a, buf_str(&out), &again) != OK || again.n != b.n) abort();
    buf_free(&out);
    return 0;
}
