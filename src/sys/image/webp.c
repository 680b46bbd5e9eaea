#include <webp/decode.h>
#include <webp/demux.h>
#include "sys/image/decode.h"

static void exif(struct canvas *c, const u8 *p, size_t n) {
    WebPData data = { p, n };
    WebPChunkIterator it = { 0 };
    WebPDemuxer *d = WebPDemux(&data);
    if (d == NULL) return;
    if (WebPDemuxGetChunk(d, "EXIF", 1, &it)) {
        const u8 *x = it.chunk.bytes;
        size_t len = it.chunk.size;
        bool prefix = len > 6 && memcmp(x, "Exif\0\0", 6) == 0; /* some programs copy it from JPEG */
        canvas_exif(c, x + (prefix ? 6 : 0), len - (prefix ? 6 : 0));
        WebPDemuxReleaseChunkIterator(&it);
    }
    WebPDemuxDelete(d);
}

/* The library can scale while it decodes; a large picture then never stands in memory. */
static void ask_to_scale(WebPDecoderConfig *z) {
    int w = z->input.width, h = z->input.height, longest = w > h ? w : h;
    if (longest <= IMAGE_SIDE) return;
    z->options.use_scaling = 1;
    z->options.scaled_width = (int)(((i64)w * IMAGE_SIDE + longest / 2) / longest);
    z->options.scaled_height = (int)(((i64)h * IMAGE_SIDE + longest / 2) / longest);
    if (z->options.scaled_width < 1) z->options.scaled_width = 1;
    if (z->options.scaled_height < 1) z->options.scaled_height = 1;
}

enum pic read_webp(struct canvas *c, const u8 *p, size_t n) {
    WebPDecoderConfig z;
    if (!WebPInitDecoderConfig(&z) || WebPGetFeatures(p, n, &z.input) != VP8_STATUS_OK) return PIC_BAD;
    enum pic e = canvas_fits(z.input.width, z.input.height);
    if (e != PIC_OK) return e;
    if (z.input.has_animation) return PIC_BAD; /* a photo does not move */
    exif(c, p, n);
    ask_to_scale(&z);
    z.output.colorspace = MODE_RGBA;
    VP8StatusCode got = WebPDecode(p, n, &z);
    if (got != VP8_STATUS_OK) {
        WebPFreeDecBuffer(&z.output);
        return got == VP8_STATUS_OUT_OF_MEMORY ? PIC_MEMORY : PIC_BAD;
    }
    e = canvas_begin(c, z.output.width, z.output.height);
    for (int y = 0; e == PIC_OK && y < z.output.height; y++) {
        canvas_rgba(c, z.output.u.RGBA.rgba + (ptrdiff_t)y * z.output.u.RGBA.stride);
    }
    WebPFreeDecBuffer(&z.output);
    return e;
}
