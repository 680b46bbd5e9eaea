#include <libheif/heif.h>
#include "sys/image/decode.h"

static bool good(struct heif_error e) { return e.code == heif_error_Ok; }

/* Orientation is a property of the picture here and the library applies it; the EXIF copy is ignored. */
static void exif(struct canvas *c, struct heif_image_handle *h) {
    heif_item_id id;
    if (heif_image_handle_get_list_of_metadata_block_IDs(h, "Exif", &id, 1) != 1) return;
    size_t n = heif_image_handle_get_metadata_size(h, id);
    u8 *p = n > 4 && n <= IMAGE_BYTES_MAX ? malloc(n) : NULL;
    if (p != NULL && good(heif_image_handle_get_metadata(h, id, p))) {
        size_t skip = 4 + ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
        if (skip < n) canvas_exif(c, p + skip, n - skip);
    }
    free(p);
    c->orientation = 1;
}

static enum pic lines(struct canvas *c, const struct heif_image *img) {
    int w = heif_image_get_primary_width(img), h = heif_image_get_primary_height(img), stride = 0;
    const u8 *p = heif_image_get_plane_readonly(img, heif_channel_interleaved, &stride);
    if (p == NULL || stride < 0 || w > stride / 4) return PIC_BAD;
    enum pic e = canvas_begin(c, w, h);
    for (int y = 0; e == PIC_OK && y < h; y++) canvas_rgba(c, p + (size_t)y * (size_t)stride);
    return e;
}

static enum pic picture(struct canvas *c, struct heif_image_handle *h) {
    struct heif_image *img = NULL;
    enum pic e = canvas_fits(heif_image_handle_get_width(h), heif_image_handle_get_height(h));
    if (e != PIC_OK) return e;
    exif(c, h);
    struct heif_error got =
        heif_decode_image(h, &img, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, NULL);
    if (good(got)) e = lines(c, img);
    else e = got.code == heif_error_Memory_allocation_error ? PIC_MEMORY : PIC_BAD;
    heif_image_release(img);
    return e;
}

enum pic read_heic(struct canvas *c, const u8 *p, size_t n) {
    struct heif_image_handle *h = NULL;
    struct heif_context *x = heif_context_alloc();
    if (x == NULL) return PIC_MEMORY;
    heif_context_set_max_decoding_threads(x, 0);
    heif_context_set_maximum_image_size_limit(x, IMAGE_SIDE_MAX);
    enum pic e = PIC_BAD;
    if (good(heif_context_read_from_memory_without_copy(x, p, n, NULL)) &&
        good(heif_context_get_primary_image_handle(x, &h))) {
        e = picture(c, h);
    }
    heif_image_handle_release(h);
    heif_context_free(x);
    return e;
}
