/* fixture.h - pictures for the tests, made with the libraries at run time: no binary files to trust. */
#ifndef WUYE_FIXTURE_H
#define WUYE_FIXTURE_H

#include "sys/image/decode.h"

/* A text that is put into every place for metadata and must never come out. */
#define CANARY "WUYE-CANARY"

/* Four quarters of one colour each: red green / blue white. malloc'd. */
struct pixels quarters(int w, int h);
/* A noisy picture, which compresses badly. */
struct pixels noise(int w, int h);
/* An EXIF block with orientation, maker = CANARY and, if asked, a place. */
str exif_block(struct arena *a, int orientation, bool gps, bool big_endian);

struct fixture { struct pixels px; str exif; bool flag; };
str jpeg_of(struct arena *a, struct fixture f);        /* flag: progressive; EXIF, comment, profile */
str cmyk_jpeg_of(struct arena *a, struct fixture f);   /* inverted, as Adobe writes it */
str png_of(struct arena *a, struct fixture f);         /* flag: interlaced; EXIF, text */
str png_alpha(struct arena *a, int w, int h);          /* transparent black, 16 bit */
str webp_of(struct arena *a, struct fixture f);        /* flag: lossless; EXIF */
str heic_of(struct arena *a, struct fixture f);        /* EXIF */

/* Decodes a JPEG; malloc'd. */
struct pixels jpeg_pixels(str s);
/* 'r' 'g' 'b' 'w' 'k' or '?' at a point. */
char colour_at(const struct pixels *p, int x, int y);

#endif
