#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
#include "sys/image/decode.h"

#define QUALITY 80
#define QUALITY_STEP 15
#define QUALITY_LEAST 20

/* The library reports by calling; a fatal report must not return. */
struct trap {
    struct jpeg_error_mgr mgr;
    jmp_buf jump;
};

static void fatal(j_common_ptr j) {
    longjmp(((struct trap *)j->err)->jump, 1);
}

/* A picture that was cut off is refused; other oddities, which some cameras write, are not. */
static void report(j_common_ptr j, int level) {
    if (level < 0 && (j->err->msg_code == JWRN_JPEG_EOF || j->err->msg_code == JWRN_HIT_MARKER)) fatal(j);
}

static void silent(j_common_ptr j) { (void)j; }

static struct jpeg_error_mgr *trap_set(struct trap *t) {
    jpeg_std_error(&t->mgr);
    t->mgr.error_exit = fatal;
    t->mgr.emit_message = report;
    t->mgr.output_message = silent;
    return &t->mgr;
}

static void exif(struct canvas *c, const struct jpeg_decompress_struct *d) {
    for (jpeg_saved_marker_ptr m = d->marker_list; m != NULL; m = m->next) {
        if (m->data_length <= 6 || memcmp(m->data, "Exif\0\0", 6) != 0) continue;
        canvas_exif(c, m->data + 6, m->data_length - 6);
    }
}

/* The decoder itself can leave out detail that scaling down would remove anyway: less time, less memory. */
static unsigned reduction(unsigned w, unsigned h) {
    unsigned longest = w > h ? w : h, by = 8;
    while (by > 1 && longest / by < IMAGE_SIDE) by /= 2;
    return by;
}

static enum pic lines(struct canvas *c, struct jpeg_decompress_struct *d) {
    bool cmyk = d->jpeg_color_space == JCS_CMYK || d->jpeg_color_space == JCS_YCCK;
    enum pic e = canvas_fits(d->image_width, d->image_height);
    if (e != PIC_OK) return e;
    d->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    d->scale_num = 1;
    d->scale_denom = reduction(d->image_width, d->image_height);
    jpeg_start_decompress(d);
    e = canvas_begin(c, (int)d->output_width, (int)d->output_height);
    if (e != PIC_OK) return e;
    JSAMPARRAY row = d->mem->alloc_sarray((j_common_ptr)d, JPOOL_IMAGE, d->output_width * 4, 1);
    while (d->output_scanline < d->output_height) {
        jpeg_read_scanlines(d, row, 1);
        if (cmyk) canvas_cmyk(c, row[0]);
        else canvas_rgb(c, row[0]);
    }
    return PIC_OK;
}

enum pic read_jpeg(struct canvas *c, const u8 *p, size_t n) {
    struct trap t;
    struct jpeg_decompress_struct d = { 0 };
    enum pic e = PIC_BAD;
    d.err = trap_set(&t);
    if (setjmp(t.jump) == 0) {
        jpeg_create_decompress(&d);
        jpeg_save_markers(&d, JPEG_APP0 + 1, 0xFFFF);
        jpeg_mem_src(&d, p, (unsigned long)n);
        jpeg_read_header(&d, TRUE);
        exif(c, &d);
        e = lines(c, &d);
    } else {
        e = t.mgr.msg_code == JERR_OUT_OF_MEMORY ? PIC_MEMORY : PIC_BAD;
    }
    jpeg_destroy_decompress(&d);
    return e;
}

static void compress(struct jpeg_compress_struct *z, const struct pixels *in, int quality) {
    z->image_width = (JDIMENSION)in->w;
    z->image_height = (JDIMENSION)in->h;
    z->input_components = 3;
    z->in_color_space = JCS_RGB;
    jpeg_set_defaults(z);
    jpeg_set_quality(z, quality, TRUE);
    z->optimize_coding = TRUE;
    jpeg_start_compress(z, TRUE);
    while (z->next_scanline < z->image_height) {
        JSAMPROW row = in->p + (size_t)z->next_scanline * (size_t)in->w * 3;
        jpeg_write_scanlines(z, &row, 1);
    }
    jpeg_finish_compress(z);
}

static enum pic encode(const struct pixels *in, int quality, u8 **ret, size_t *ret_n) {
    struct trap t;
    struct jpeg_compress_struct z = { 0 };
    unsigned long n = 0;
    u8 *p = NULL;
    z.err = trap_set(&t);
    if (setjmp(t.jump) != 0) {
        /* The only reason is lost memory. The library has moved its output and does not say where: it is
         * left. */
        jpeg_destroy_compress(&z);
        return PIC_MEMORY;
    }
    jpeg_create_compress(&z);
    jpeg_mem_dest(&z, &p, &n);
    compress(&z, in, quality);
    jpeg_destroy_compress(&z);
    *ret = p;
    *ret_n = n;
    return PIC_OK;
}

enum pic write_jpeg(const struct pixels *in, size_t max, u8 **ret, size_t *ret_n) {
    for (int quality = QUALITY; quality >= QUALITY_LEAST; quality -= QUALITY_STEP) {
        u8 *p;
        enum pic e = encode(in, quality, &p, ret_n);
        if (e != PIC_OK) return e;
        if (*ret_n <= max) {
            *ret = p;
            return PIC_OK;
        }
        free(p);
    }
    return PIC_LARGE;
}
