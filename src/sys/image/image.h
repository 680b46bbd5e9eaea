/* image.h - makes a photo harmless: whatever was uploaded becomes a plain JPEG without any metadata.
 *
 * Decoders of pictures are large and often broken, so none of them runs in this process. A helper program,
 * wuye-image, locks itself in (no files, no network, no new processes, 512 MiB, 5 s) and only then reads
 * the picture. It takes JPEG, PNG, WebP and HEIC, turns the picture upright, scales it down and writes it
 * anew; the place where a photo was taken never reaches the store. */
#ifndef WUYE_IMAGE_H
#define WUYE_IMAGE_H

#include "base/base.h"

#define IMAGE_BYTES_MAX ((size_t)10 << 20)   /* of an upload */
#define IMAGE_SIDE 1600                      /* long side of the picture, pixels */
#define IMAGE_THUMB_SIDE 320
#define IMAGE_FULL_MAX ((size_t)1 << 20)     /* bytes of the picture; quality goes down to keep it */
#define IMAGE_THUMB_MAX ((size_t)128 << 10)

enum image_kind { IMAGE_JPEG = 1, IMAGE_PNG, IMAGE_WEBP, IMAGE_HEIC };

struct image {
    str full, thumb;                         /* JPEG */
    int width, height, thumb_width, thumb_height;
    enum image_kind kind;                    /* of the upload */
    bool had_gps;                            /* the upload named a place; tell the person it was removed */
};

/* Where the helper is; by default beside the running program. Once, before threads start. */
void image_helper_at(const char *path);

/* Cleans the picture in a file or in memory. Waits for the helper, at most 6 s: from a job or a lane,
 * never from an HTTP thread. E_INPUT: no picture of the four kinds, or damaged; E_TOOBIG: too many bytes
 * or pixels, or the helper ran out of time or memory; E_MISSING: no such file; E_IO: the helper cannot be
 * started. Takes 1.2 MiB of the arena. */
err image_clean(struct arena *a, const char *path, struct image *ret) MUST;
err image_clean_bytes(struct arena *a, str data, struct image *ret) MUST;

#endif
