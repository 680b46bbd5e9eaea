/* Fuzzes the decoders of the image helper: any bytes give a small picture or a refusal, never a fault of
 * memory.
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -DIMAGE_PIXELS_MAX=400000 -Isrc (image libraries)
 *         test/fuzz/image.c src/sys/image/{canvas,decode,heic,jpeg,png,webp}.c src/base/...
 *
 * A smaller limit of pixels only makes it faster. */
#include "sys/image/decode.h"

int LLVMFuzzerTestOneInput(const u8 *p, size_t n);

int LLVMFuzzerTestOneInput(const u8 *p, size_t n) {
    struct decoded d;
    if (image_decode(p, n, &d) != PIC_OK) return 0;
    /* What is said to be good has to be whole. */
    if (d.w < 1 || d.w > IMAGE_SIDE || d.h < 1 || d.h > IMAGE_SIDE || d.full_n > IMAGE_FULL_MAX) abort();
    if (d.thumb_w > IMAGE_THUMB_SIDE || d.thumb_h > IMAGE_THUMB_SIDE || d.thumb_n > IMAGE_THUMB_MAX) abort();
    if (d.full_n < 4 || memcmp(d.full, "\xFF\xD8\xFF", 3) != 0 || d.thumb_n < 4) abort();
    free(d.full);
    free(d.thumb);
    return 0;
}
