#include "sys/image/decode.h"

/* The first bytes decide, never a name or a type sent along. */
static enum image_kind kind_of(const u8 *p, size_t n) {
    static const char brands[][5] = { "heic", "heix", "heim", "heis", "mif1" };
    if (n < 16) return 0;
    if (memcmp(p, "\xFF\xD8\xFF", 3) == 0) return IMAGE_JPEG;
    if (memcmp(p, "\x89PNG\r\n\x1A\n", 8) == 0) return IMAGE_PNG;
    if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0) return IMAGE_WEBP;
    if (memcmp(p + 4, "ftyp", 4) != 0) return 0;
    for (size_t i = 0; i < COUNT(brands); i++) {
        if (memcmp(p + 8, brands[i], 4) == 0) return IMAGE_HEIC;
    }
    return 0;
}

static enum pic read_any(struct canvas *c, enum image_kind kind, const u8 *p, size_t n) {
    switch (kind) {
    case IMAGE_JPEG: return read_jpeg(c, p, n);
    case IMAGE_PNG: return read_png(c, p, n);
    case IMAGE_WEBP: return read_webp(c, p, n);
    case IMAGE_HEIC: return read_heic(c, p, n);
    }
    return PIC_BAD;
}

static enum pic write_thumb(const struct pixels *full, struct decoded *ret) {
    struct shrink s;
    size_t stride = (size_t)full->w * 3;
    enum pic e = shrink_begin(&s, full->w, full->h, IMAGE_THUMB_SIDE);
    for (int y = 0; e == PIC_OK && y < full->h; y++) shrink_rgb(&s, full->p + (size_t)y * stride);
    if (e == PIC_OK) e = write_jpeg(&s.out, IMAGE_THUMB_MAX, &ret->thumb, &ret->thumb_n);
    ret->thumb_w = s.out.w;
    ret->thumb_h = s.out.h;
    shrink_end(&s);
    free(s.out.p);
    return e;
}

static enum pic write_both(struct canvas *c, struct decoded *ret) {
    struct pixels *full = &c->full.out;
    enum pic e = pixels_upright(full, c->orientation);
    if (e != PIC_OK) return e;
    ret->w = full->w;
    ret->h = full->h;
    ret->had_gps = c->had_gps;
    e = write_jpeg(full, IMAGE_FULL_MAX, &ret->full, &ret->full_n);
    return e != PIC_OK ? e : write_thumb(full, ret);
}

enum pic image_decode(const u8 *p, size_t n, struct decoded *ret) {
    struct canvas c = { .orientation = 1 };
    *ret = (struct decoded){ .kind = kind_of(p, n) };
    enum pic e = n > IMAGE_BYTES_MAX ? PIC_LARGE : read_any(&c, ret->kind, p, n);
    if (e == PIC_OK && !shrink_done(&c.full)) e = PIC_BAD;
    if (e == PIC_OK) e = write_both(&c, ret);
    shrink_end(&c.full);
    free(c.full.out.p);
    free(c.rgb);
    if (e != PIC_OK) {
        free(ret->full);
        free(ret->thumb);
        ret->full = ret->thumb = NULL;
    }
    return e;
}
