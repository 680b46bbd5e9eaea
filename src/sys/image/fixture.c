#include <stdio.h>
#include <jpeglib.h>
#include <libheif/heif.h>
#include <png.h>
#include <webp/encode.h>
#include <webp/mux.h>
#include "sys/image/fixture.h"
#include "base/test.h"

/* The encoder of HEVC, which only the tests use, keeps a little memory for ever. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libx265\n"; }

static struct pixels blank(int w, int h) {
    struct pixels p = { malloc((size_t)w * (size_t)h * 3), w, h };
    if (p.p == NULL) abort();
    return p;
}

struct pixels quarters(int w, int h) {
    static const u8 colour[4][3] = { { 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 }, { 255, 255, 255 } };
    struct pixels p = blank(w, h);
    u8 *to = p.p;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++, to += 3) memcpy(to, colour[(2 * y >= h) * 2 + (2 * x >= w)], 3);
    return p;
}

struct pixels noise(int w, int h) {
    struct pixels p = blank(w, h);
    for (size_t i = 0; i < (size_t)w * (size_t)h * 3; i++) p.p[i] = (u8)test_random();
    return p;
}

/* ---- EXIF ---------------------------------------------------------------------------------------------- */

struct tiff { buf b; bool big; };

static void num(struct tiff *t, u32 v, int bytes) {
    for (int i = 0; i < bytes; i++) buf_c(&t->b, (char)(v >> 8 * (t->big ? bytes - 1 - i : i)));
}

static void entry(struct tiff *t, u32 tag, u32 type, u32 count, u32 value) {
    num(t, tag, 2);
    num(t, type, 2);
    num(t, count, 4);
    if (type == 3) {                         /* a short stands in the first half */
        num(t, value, 2);
        num(t, 0, 2);
    } else {
        num(t, value, 4);
    }
}

str exif_block(struct arena *a, int orientation, bool gps, bool big_endian) {
    struct tiff t = { buf_in(a, 1000), big_endian };
    u32 n = gps ? 3 : 2, text = 8 + 2 + n * 12 + 4, place = text + 12;
    buf_put(&t.b, big_endian ? "MM" : "II", 2);
    num(&t, 42, 2);
    num(&t, 8, 4);
    num(&t, n, 2);
    entry(&t, 0x010F, 2, 12, text);          /* Make */
    entry(&t, 0x0112, 3, 1, (u32)orientation);
    if (gps) entry(&t, 0x8825, 4, 1, place);
    num(&t, 0, 4);
    buf_put(&t.b, CANARY "\0", 12);
    if (!gps) return buf_str(&t.b);
    u32 rational = place + 2 + 4 * 12 + 4;
    num(&t, 4, 2);
    num(&t, 1, 2), num(&t, 2, 2), num(&t, 2, 4), buf_put(&t.b, "N\0\0\0", 4);
    entry(&t, 2, 5, 3, rational);            /* latitude */
    num(&t, 3, 2), num(&t, 2, 2), num(&t, 2, 4), buf_put(&t.b, "E\0\0\0", 4);
    entry(&t, 4, 5, 3, rational + 24);       /* longitude */
    num(&t, 0, 4);
    static const u32 degrees[6] = { 39, 54, 26, 116, 23, 29 };
    for (size_t i = 0; i < COUNT(degrees); i++) num(&t, degrees[i], 4), num(&t, 1, 4);
    return buf_str(&t.b);
}

/* ---- JPEG ---------------------------------------------------------------------------------------------- */

static str jpeg_end(struct arena *a, struct jpeg_compress_struct *z, u8 **p, unsigned long *n) {
    jpeg_finish_compress(z);
    jpeg_destroy_compress(z);
    str s = str_dup(a, (str){ (const char *)*p, *n });
    free(*p);
    return s;
}

str jpeg_of(struct arena *a, struct fixture f) {
    struct jpeg_error_mgr mgr;
    struct jpeg_compress_struct z = { .err = jpeg_std_error(&mgr) };
    u8 *p = NULL;
    unsigned long n = 0;
    jpeg_create_compress(&z);
    jpeg_mem_dest(&z, &p, &n);
    z.image_width = (JDIMENSION)f.px.w;
    z.image_height = (JDIMENSION)f.px.h;
    z.input_components = 3;
    z.in_color_space = JCS_RGB;
    jpeg_set_defaults(&z);
    jpeg_set_quality(&z, 95, TRUE);
    if (f.flag) jpeg_simple_progression(&z);
    jpeg_start_compress(&z, TRUE);
    if (f.exif.n > 0) {
        str block = str_cat(a, (str){ "Exif\0\0", 6 }, f.exif);
        jpeg_write_marker(&z, JPEG_APP0 + 1, (const u8 *)block.p, (unsigned)block.n);
        jpeg_write_marker(&z, JPEG_COM, (const u8 *)CANARY, sizeof CANARY - 1);
        jpeg_write_icc_profile(&z, (const u8 *)CANARY, sizeof CANARY - 1);
    }
    while (z.next_scanline < z.image_height) {
        JSAMPROW row = f.px.p + (size_t)z.next_scanline * (size_t)f.px.w * 3;
        jpeg_write_scanlines(&z, &row, 1);
    }
    return jpeg_end(a, &z, &p, &n);
}

str cmyk_jpeg_of(struct arena *a, struct fixture f) {
    struct jpeg_error_mgr mgr;
    struct jpeg_compress_struct z = { .err = jpeg_std_error(&mgr) };
    u8 *p = NULL, *row = arena_alloc(a, (size_t)f.px.w * 4);
    unsigned long n = 0;
    jpeg_create_compress(&z);
    jpeg_mem_dest(&z, &p, &n);
    z.image_width = (JDIMENSION)f.px.w;
    z.image_height = (JDIMENSION)f.px.h;
    z.input_components = 4;
    z.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&z);
    jpeg_start_compress(&z, TRUE);
    while (z.next_scanline < z.image_height) {
        const u8 *in = f.px.p + (size_t)z.next_scanline * (size_t)f.px.w * 3;
        for (int x = 0; x < f.px.w; x++) {
            memcpy(row + 4 * x, in + 3 * x, 3);
            row[4 * x + 3] = 255;
        }
        jpeg_write_scanlines(&z, &row, 1);
    }
    return jpeg_end(a, &z, &p, &n);
}

struct pixels jpeg_pixels(str s) {
    struct jpeg_error_mgr mgr;
    struct jpeg_decompress_struct d = { .err = jpeg_std_error(&mgr) };
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, (const u8 *)s.p, (unsigned long)s.n);
    jpeg_read_header(&d, TRUE);
    d.out_color_space = JCS_RGB;
    jpeg_start_decompress(&d);
    struct pixels p = blank((int)d.output_width, (int)d.output_height);
    while (d.output_scanline < d.output_height) {
        JSAMPROW row = p.p + (size_t)d.output_scanline * d.output_width * 3;
        jpeg_read_scanlines(&d, &row, 1);
    }
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return p;
}

/* ---- PNG ----------------------------------------------------------------------------------------------- */

static void png_append(png_structp png, u8 *p, size_t n) { buf_put(png_get_io_ptr(png), p, n); }
static void png_flush_none(png_structp png) { (void)png; }

struct rows { const u8 *p; int w, h, type, depth; size_t stride; };

static str png_write(buf *out, struct rows r, struct fixture f) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    char key[] = "Comment", text[] = CANARY;
    png_text t = { PNG_TEXT_COMPRESSION_zTXt, .key = key, .text = text, .text_length = sizeof CANARY - 1 };
    if (setjmp(png_jmpbuf(png)) != 0) abort();
    png_set_write_fn(png, out, png_append, png_flush_none);
    png_set_IHDR(png, info, (u32)r.w, (u32)r.h, r.depth, r.type,
                 f.flag ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (f.exif.n > 0) {
        png_set_eXIf_1(png, info, (u32)f.exif.n, (u8 *)(uintptr_t)f.exif.p);
        png_set_text(png, info, &t, 1);
    }
    png_write_info(png, info);
    for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
        for (int y = 0; y < r.h; y++) png_write_row(png, r.p + (size_t)y * r.stride);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return buf_str(out);
}

str png_of(struct arena *a, struct fixture f) {
    buf out = buf_in(a, 100 << 20);
    struct rows r = { f.px.p, f.px.w, f.px.h, PNG_COLOR_TYPE_RGB, 8, (size_t)f.px.w * 3 };
    return png_write(&out, r, f);
}

str png_alpha(struct arena *a, int w, int h) {
    buf out = buf_in(a, 1 << 20);
    u8 *rows = arena_alloc(a, (size_t)w * (size_t)h * 8);
    struct rows r = { rows, w, h, PNG_COLOR_TYPE_RGBA, 16, (size_t)w * 8 };
    return png_write(&out, r, (struct fixture){ 0 });
}

/* ---- WebP, HEIC ---------------------------------------------------------------------------------------- */

str webp_of(struct arena *a, struct fixture f) {
    u8 *p = NULL;
    size_t n = f.flag ? WebPEncodeLosslessRGB(f.px.p, f.px.w, f.px.h, f.px.w * 3, &p)
                      : WebPEncodeRGB(f.px.p, f.px.w, f.px.h, f.px.w * 3, 95, &p);
    WebPData image = { p, n }, out, exif = { (const u8 *)f.exif.p, f.exif.n };
    WebPMux *mux = WebPMuxNew();
    if (WebPMuxSetImage(mux, &image, 1) != WEBP_MUX_OK) abort();
    if (exif.size > 0 && WebPMuxSetChunk(mux, "EXIF", &exif, 1) != WEBP_MUX_OK) abort();
    if (WebPMuxAssemble(mux, &out) != WEBP_MUX_OK) abort();
    str s = str_dup(a, (str){ (const char *)out.bytes, out.size });
    WebPDataClear(&out);
    WebPMuxDelete(mux);
    WebPFree(p);
    return s;
}

static struct heif_error heic_append(struct heif_context *c, const void *p, size_t n, void *out) {
    (void)c;
    buf_put(out, p, n);
    return (struct heif_error){ heif_error_Ok, heif_suberror_Unspecified, "" };
}

static void must(struct heif_error e) {
    if (e.code != heif_error_Ok) abort();
}

str heic_of(struct arena *a, struct fixture f) {
    struct heif_context *c = heif_context_alloc();
    struct heif_encoder *z;
    struct heif_image *img;
    struct heif_image_handle *h;
    struct heif_writer w = { .writer_api_version = 1, .write = heic_append };
    buf out = buf_in(a, 100 << 20);
    int stride;
    must(heif_context_get_encoder_for_format(c, heif_compression_HEVC, &z));
    must(heif_encoder_set_lossy_quality(z, 80));
    must(heif_image_create(f.px.w, f.px.h, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &img));
    must(heif_image_add_plane(img, heif_channel_interleaved, f.px.w, f.px.h, 24));
    u8 *to = heif_image_get_plane(img, heif_channel_interleaved, &stride);
    for (int y = 0; y < f.px.h; y++) {
        memcpy(to + (size_t)y * (size_t)stride, f.px.p + (size_t)y * (size_t)f.px.w * 3, (size_t)f.px.w * 3);
    }
    must(heif_context_encode_image(c, img, z, NULL, &h));
    if (f.exif.n > 0) must(heif_context_add_exif_metadata(c, h, f.exif.p, (int)f.exif.n));
    must(heif_context_write(c, &w, &out));
    heif_image_handle_release(h);
    heif_image_release(img);
    heif_encoder_release(z);
    heif_context_free(c);
    return buf_str(&out);
}

char colour_at(const struct pixels *p, int x, int y) {
    const u8 *c = p->p + 3 * ((size_t)y * (size_t)p->w + (size_t)x);
    int bits = 0;
    for (int i = 0; i < 3; i++) {
        if (c[i] > 80 && c[i] < 175) return '?';
        bits = bits << 1 | (c[i] >= 175);
    }
    return "kbgcrmyw"[bits];
}
