#include <setjmp.h>
#include <png.h>
#include "sys/image/decode.h"

#define CHUNK_MAX ((size_t)1 << 20)          /* unpacked text and profiles; they are thrown away anyway */
#define CHUNKS_MAX 100

struct reading {
    const u8 *p;
    size_t n;
    png_structp png;
    png_infop info;
    u8 *lines;                               /* one line, or all of an interlaced picture */
    jmp_buf jump;
};

static void fatal(png_structp png, const char *why) {
    (void)why;
    longjmp(((struct reading *)png_get_error_ptr(png))->jump, 1);
}

static void silent(png_structp png, const char *why) {
    (void)png;
    (void)why;
}

static void feed(png_structp png, u8 *to, size_t n) {
    struct reading *r = png_get_io_ptr(png);
    if (n > r->n) png_error(png, "cut off");
    memcpy(to, r->p, n);
    r->p += n;
    r->n -= n;
}

static void exif(struct canvas *c, struct reading *r) {
    u8 *p;
    png_uint_32 n;
    if (png_get_eXIf_1(r->png, r->info, &n, &p) != 0) canvas_exif(c, p, n);
}

/* Everything becomes 8-bit RGBA. */
static void plain(struct reading *r) {
    png_set_expand(r->png);
    png_set_scale_16(r->png);
    png_set_gray_to_rgb(r->png);
    png_set_add_alpha(r->png, 255, PNG_FILLER_AFTER);
}

static enum pic lines(struct canvas *c, struct reading *r) {
    png_read_info(r->png, r->info);
    size_t w = png_get_image_width(r->png, r->info), h = png_get_image_height(r->png, r->info);
    enum pic e = canvas_begin(c, (int)w, (int)h);
    if (e != PIC_OK) return e;
    plain(r);
    int passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    if (png_get_rowbytes(r->png, r->info) != w * 4) return PIC_BAD;
    r->lines = calloc(passes > 1 ? h : 1, w * 4);
    if (r->lines == NULL) return PIC_MEMORY;
    if (passes == 1) {
        for (size_t y = 0; y < h; y++) {
            png_read_row(r->png, r->lines, NULL);
            canvas_rgba(c, r->lines);
        }
    } else {
        for (int pass = 0; pass < passes; pass++)
            for (size_t y = 0; y < h; y++) png_read_row(r->png, r->lines + y * w * 4, NULL);
        for (size_t y = 0; y < h; y++) canvas_rgba(c, r->lines + y * w * 4);
    }
    png_read_end(r->png, r->info);
    exif(c, r);
    return PIC_OK;
}

enum pic read_png(struct canvas *c, const u8 *p, size_t n) {
    struct reading r = { .p = p, .n = n };
    enum pic e = PIC_BAD;
    r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, fatal, silent);
    if (r.png == NULL) return PIC_MEMORY;
    if (setjmp(r.jump) == 0) {
        r.info = png_create_info_struct(r.png);
        png_set_user_limits(r.png, 0x7FFFFFFF, 0x7FFFFFFF); /* our own limit follows, and says "too large" */
        png_set_chunk_malloc_max(r.png, CHUNK_MAX);
        png_set_chunk_cache_max(r.png, CHUNKS_MAX);
        png_set_read_fn(r.png, &r, feed);
        e = r.info != NULL ? lines(c, &r) : PIC_MEMORY;
    } else {
        e = PIC_BAD;
    }
    free(r.lines);
    png_destroy_read_struct(&r.png, &r.info, NULL);
    return e;
}
