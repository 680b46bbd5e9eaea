/* decode.h - inside the image helper: from the bytes of an upload to a small upright picture. Nothing here
 * opens a file or starts a thread of its own. */
#ifndef WUYE_DECODE_H
#define WUYE_DECODE_H

#include "sys/image/image.h"

#ifndef IMAGE_PIXELS_MAX
#define IMAGE_PIXELS_MAX 40000000
#endif
#define IMAGE_SIDE_MAX 30000                 /* keeps the sums of a line within 32 bits */

enum pic { PIC_OK, PIC_BAD, PIC_LARGE, PIC_MEMORY };

/* A picture of 8-bit RGB. */
struct pixels { u8 *p; int w, h; };

/* Scales down while lines come in, so that a large picture is never in memory as a whole. Each target
 * pixel is the exact average of the area it covers, in integers. */
struct shrink {
    int sw, sh;                              /* source */
    struct pixels out;
    int y, out_y;                            /* lines taken, lines given */
    u32 *line;                               /* one source line, summed into target columns */
    u64 *sum;                                /* the target line being made */
};
enum pic shrink_begin(struct shrink *s, int w, int h, int side);
void shrink_rgb(struct shrink *s, const u8 *line);
bool shrink_done(const struct shrink *s);
void shrink_end(struct shrink *s);           /* frees all but out.p */

/* What a decoder fills. It calls canvas_fits as soon as it knows the size, canvas_begin before the first
 * line (the decoder may already have scaled), then one of the line functions for each line. */
struct canvas {
    struct shrink full;
    u8 *rgb;                                 /* a line under way */
    int orientation;                         /* of EXIF, 1..8 */
    bool had_gps;
};
enum pic canvas_fits(i64 w, i64 h);
enum pic canvas_begin(struct canvas *c, int w, int h);
void canvas_rgb(struct canvas *c, const u8 *line);
void canvas_rgba(struct canvas *c, const u8 *line);      /* over white */
void canvas_cmyk(struct canvas *c, const u8 *line);      /* inverted, as Adobe writes it */
/* Notes orientation and GPS of a TIFF block; damage is no error. */
void canvas_exif(struct canvas *c, const u8 *p, size_t n);

enum pic read_jpeg(struct canvas *c, const u8 *p, size_t n);
enum pic read_png(struct canvas *c, const u8 *p, size_t n);
enum pic read_webp(struct canvas *c, const u8 *p, size_t n);
enum pic read_heic(struct canvas *c, const u8 *p, size_t n);

/* Turns a picture upright; `in` is given back with the result (sides may swap). */
enum pic pixels_upright(struct pixels *in, int orientation);

/* JPEG of at most `max` bytes, malloc'd. */
enum pic write_jpeg(const struct pixels *in, size_t max, u8 **ret, size_t *ret_n);

struct decoded {
    enum image_kind kind;
    bool had_gps;
    int w, h, thumb_w, thumb_h;
    u8 *full, *thumb;                        /* malloc'd */
    size_t full_n, thumb_n;
};
/* All of it. On PIC_OK the caller frees full and thumb. */
enum pic image_decode(const u8 *p, size_t n, struct decoded *ret);

/* ---- between the helper and the program: this head, then the bytes of both pictures ---- */

#define FRAME_MAGIC 0x31494D47
struct frame { u32 magic, pic, kind, had_gps, w, h, thumb_w, thumb_h, full_n, thumb_n; };

/* The address sanitizer maps terabytes and looks around when it reports: a build with it has no limit of
 * memory, and its filter refuses instead of killing. */
#if defined(__SANITIZE_ADDRESS__)
#define IMAGE_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IMAGE_WATCHED 1
#endif
#endif
#ifndef IMAGE_WATCHED
#define IMAGE_WATCHED 0
#endif

/* Locks the process in. False when the kernel refuses; then nothing may be read. */
bool cage_enter(void);

#endif
