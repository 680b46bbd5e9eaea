#include "sys/image/decode.h"

enum pic canvas_fits(i64 w, i64 h) {
    if (w <= 0 || h <= 0) return PIC_BAD;
    return w > IMAGE_SIDE_MAX || h > IMAGE_SIDE_MAX || w * h > IMAGE_PIXELS_MAX ? PIC_LARGE : PIC_OK;
}

/* ---- scaling ------------------------------------------------------------------------------------------- */

static int scaled(int part, int whole, int side) {
    int n = (int)(((i64)part * side + whole / 2) / whole);
    return n > 0 ? n : 1;
}

enum pic shrink_begin(struct shrink *s, int w, int h, int side) {
    int whole = w > h ? w : h;
    *s = (struct shrink){ .sw = w, .sh = h, .out = { .w = w, .h = h } };
    if (whole > side) {
        s->out.w = scaled(w, whole, side);
        s->out.h = scaled(h, whole, side);
    }
    size_t row = (size_t)s->out.w * 3;
    s->line = malloc(row * sizeof *s->line);
    s->sum = calloc(row, sizeof *s->sum);
    s->out.p = malloc(row * (size_t)s->out.h);
    return s->line != NULL && s->sum != NULL && s->out.p != NULL ? PIC_OK : PIC_MEMORY;
}

/* Source pixel k covers [k * dw, (k + 1) * dw) and target pixel j covers [j * sw, (j + 1) * sw) of the
 * same stretch, so their overlap is a whole number and a source pixel touches one or two targets. */
static void sum_line(struct shrink *s, const u8 *in) {
    int dw = s->out.w, sw = s->sw;
    u32 *to = s->line;
    u32 left = (u32)sw;                      /* of the current target */
    memset(to, 0, (size_t)dw * 3 * sizeof *to);
    for (int k = 0; k < sw; k++, in += 3) {
        u32 w = (u32)dw;
        if (w >= left) {
            for (int c = 0; c < 3; c++) to[c] += in[c] * left;
            w -= left;
            to += 3;
            left = (u32)sw;
        }
        if (w == 0) continue;
        for (int c = 0; c < 3; c++) to[c] += in[c] * w;
        left -= w;
    }
}

static void add_line(struct shrink *s, u64 weight) {
    for (size_t i = 0; i < (size_t)s->out.w * 3; i++) s->sum[i] += s->line[i] * weight;
}

static void give_line(struct shrink *s) {
    size_t row = (size_t)s->out.w * 3;
    u64 whole = (u64)s->sw * (u64)s->sh;
    u8 *to = s->out.p + row * (size_t)s->out_y++;
    for (size_t i = 0; i < row; i++) to[i] = (u8)((s->sum[i] + whole / 2) / whole);
    memset(s->sum, 0, row * sizeof *s->sum);
}

void shrink_rgb(struct shrink *s, const u8 *line) {
    if (s->y >= s->sh) return;
    u64 from = (u64)s->y * (u64)s->out.h, end = (u64)(s->out_y + 1) * (u64)s->sh, weight = (u64)s->out.h;
    sum_line(s, line);
    s->y++;
    if (from + weight >= end) {
        add_line(s, end - from);
        weight -= end - from;
        give_line(s);
    }
    if (weight > 0) add_line(s, weight);
}

bool shrink_done(const struct shrink *s) {
    return s->out.p != NULL && s->out_y == s->out.h;
}

void shrink_end(struct shrink *s) {
    free(s->line);
    free(s->sum);
    s->line = NULL;
    s->sum = NULL;
}

/* ---- lines of other kinds ------------------------------------------------------------------------------ */

enum pic canvas_begin(struct canvas *c, int w, int h) {
    enum pic e = canvas_fits(w, h);
    if (e != PIC_OK) return e;
    c->rgb = malloc((size_t)w * 3);
    return c->rgb != NULL ? shrink_begin(&c->full, w, h, IMAGE_SIDE) : PIC_MEMORY;
}

void canvas_rgb(struct canvas *c, const u8 *line) {
    shrink_rgb(&c->full, line);
}

void canvas_rgba(struct canvas *c, const u8 *line) {
    u8 *to = c->rgb;
    for (int x = 0; x < c->full.sw; x++, line += 4) {
        unsigned alpha = line[3], white = 255 * (255 - alpha);
        for (int i = 0; i < 3; i++) *to++ = (u8)((line[i] * alpha + white + 127) / 255);
    }
    shrink_rgb(&c->full, c->rgb);
}

void canvas_cmyk(struct canvas *c, const u8 *line) {
    u8 *to = c->rgb;
    for (int x = 0; x < c->full.sw; x++, line += 4) {
        for (int i = 0; i < 3; i++) *to++ = (u8)((line[i] * line[3] + 127) / 255);
    }
    shrink_rgb(&c->full, c->rgb);
}

/* ---- EXIF ---------------------------------------------------------------------------------------------- */

#define TAG_ORIENTATION 0x0112
#define TAG_GPS 0x8825

struct tiff { const u8 *p; size_t n; bool big; };

static u32 tiff_get(const struct tiff *t, size_t at, int bytes) {
    u32 v = 0;
    if (at > t->n || t->n - at < (size_t)bytes) return 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | t->p[at + (size_t)(t->big ? i : bytes - 1 - i)];
    return v;
}

void canvas_exif(struct canvas *c, const u8 *p, size_t n) {
    if (n < 14 || (memcmp(p, "II*\0", 4) != 0 && memcmp(p, "MM\0*", 4) != 0)) return;
    struct tiff t = { p, n, p[0] == 'M' };
    size_t at = tiff_get(&t, 4, 4);
    u32 entries = tiff_get(&t, at, 2);
    at += 2;
    for (u32 i = 0; i < entries && at < n && n - at >= 12; i++, at += 12) {
        u32 tag = tiff_get(&t, at, 2), value = tiff_get(&t, at + 8, 2);
        if (tag == TAG_GPS) c->had_gps = true;
        if (tag == TAG_ORIENTATION && value >= 1 && value <= 8) c->orientation = (int)value;
    }
}

/* ---- upright ------------------------------------------------------------------------------------------- */

enum pic pixels_upright(struct pixels *in, int orientation) {
    if (orientation <= 1 || orientation > 8) return PIC_OK;
    bool swap = orientation >= 5;            /* rows become columns */
    bool flip_x = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    bool flip_y = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    struct pixels out = { .w = swap ? in->h : in->w, .h = swap ? in->w : in->h };
    out.p = malloc((size_t)in->w * (size_t)in->h * 3);
    if (out.p == NULL) return PIC_MEMORY;
    for (int y = 0; y < in->h; y++) {
        for (int x = 0; x < in->w; x++) {
            int to_x = swap ? y : x, to_y = swap ? x : y;
            if (flip_x) to_x = out.w - 1 - to_x;
            if (flip_y) to_y = out.h - 1 - to_y;
            memcpy(out.p + 3 * ((size_t)to_y * (size_t)out.w + (size_t)to_x),
                   in->p + 3 * ((size_t)y * (size_t)in->w + (size_t)x), 3);
        }
    }
    free(in->p);
    *in = out;
    return PIC_OK;
}
