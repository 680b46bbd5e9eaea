#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sys/clock/clock.h"
#include "sys/image/fixture.h"
#include "base/test.h"

static void use_helper(void) {
    const char *path = getenv("WUYE_IMAGE");
    if (path == NULL) abort();               /* set by the build */
    image_helper_at(path);
}

static const char *write_temp(struct arena *a, str data) {
    char path[] = "/tmp/wuye-image-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data.p, data.n) != (ssize_t)data.n) abort();
    close(fd);
    return str_c(a, str_of(path));
}

/* All that exiftool finds, as "tag value" lines. */
static str exiftool(struct arena *a, str picture) {
    const char *path = write_temp(a, picture);
    str command = str_fmt(a, "exiftool -a -G1 -s -u '%s'", path);
    FILE *f = popen(command.p, "r");
    char *out = arena_alloc(a, 20000);
    size_t n = fread(out, 1, 20000, f);
    CHECK_I64(pclose(f), 0);
    unlink(path);
    CHECK(n > 100);
    return (str){ out, n };
}

static bool is_bare(struct arena *a, str picture) {
    static const char *const traces[] = { "GPS", "[IFD0]", "[ExifIFD]", "[XMP", "[ICC", "[IPTC]", "Comment",
                                          CANARY };
    str found = exiftool(a, picture);
    bool bare = !str_has(picture, S(CANARY)) && !str_has(picture, S("Exif"));
    for (size_t i = 0; i < COUNT(traces); i++) bare = bare && !str_has(found, str_of(traces[i]));
    return bare;
}

static str corners(struct arena *a, str jpeg) {
    struct pixels p = jpeg_pixels(jpeg);
    int x = p.w / 4, y = p.h / 4;
    str s = str_fmt(a, "%c%c%c%c %d %d", colour_at(&p, x, y), colour_at(&p, p.w - 1 - x, y),
                    colour_at(&p, x, p.h - 1 - y), colour_at(&p, p.w - 1 - x, p.h - 1 - y), p.w, p.h);
    free(p.p);
    return s;
}

/* ---- what comes out ------------------------------------------------------------------------------------ */

TEST(image_photo_of_a_phone_becomes_bare_and_upright) {
    use_helper();
    struct image i;
    struct pixels px = quarters(2400, 1600);
    str photo = jpeg_of(a, (struct fixture){ px, exif_block(a, 6, true, true), false });
    /* The control: the traces are there before. */
    str before = exiftool(a, photo);
    CHECK(str_has(before, S("GPSLatitude")) && str_has(before, S("Rotate 90 CW")));
    CHECK(str_has(before, S(CANARY)));
    CHECK(!is_bare(a, photo));
    const char *path = write_temp(a, photo);
    CHECK_I64(image_clean(a, path, &i), OK);
    unlink(path);
    CHECK(i.had_gps && i.kind == IMAGE_JPEG);
    CHECK_STR(corners(a, i.full), S("brwg 1067 1600"));
    CHECK_STR(corners(a, i.thumb), S("brwg 213 320"));
    CHECK(i.width == 1067 && i.height == 1600 && i.thumb_width == 213 && i.thumb_height == 320);
    CHECK(is_bare(a, i.full) && is_bare(a, i.thumb));
    free(px.p);
}

TEST(image_of_every_kind_becomes_bare) {
    use_helper();
    struct pixels px = quarters(400, 240);
    str exif = exif_block(a, 1, true, false);
    struct { str data; enum image_kind kind; } row[] = {
        { jpeg_of(a, (struct fixture){ px, exif, true }), IMAGE_JPEG },
        { cmyk_jpeg_of(a, (struct fixture){ px, exif, false }), IMAGE_JPEG },
        { png_of(a, (struct fixture){ px, exif, false }), IMAGE_PNG },
        { png_of(a, (struct fixture){ px, exif, true }), IMAGE_PNG },
        { webp_of(a, (struct fixture){ px, exif, false }), IMAGE_WEBP },
        { webp_of(a, (struct fixture){ px, exif, true }), IMAGE_WEBP },
        { heic_of(a, (struct fixture){ px, exif, false }), IMAGE_HEIC },
    };
    for (size_t k = 0; k < COUNT(row); k++) {
        struct image i = { 0 };
        CHECK_I64(image_clean_bytes(a, row[k].data, &i), OK);
        CHECK_I64(i.kind, row[k].kind);
        CHECK_I64(i.had_gps, k != 1);        /* the CMYK one carries no EXIF */
        CHECK_STR(corners(a, i.full), S("rgbw 400 240"));
        CHECK_STR(corners(a, i.thumb), S("rgbw 320 192"));
        CHECK(is_bare(a, i.full) && is_bare(a, i.thumb));
    }
    free(px.p);
}

TEST(image_all_eight_orientations) {
    static const char *const want[8] = { "rgbw 80 40", "grwb 80 40", "wbgr 80 40", "bwrg 80 40",
                                         "rbgw 40 80", "brwg 40 80", "wgbr 40 80", "gwrb 40 80" };
    struct pixels px = quarters(80, 40);
    for (int o = 1; o <= 8; o++) {
        struct fixture f = { px, exif_block(a, o, false, o % 2 == 0), false };
        str of_kind[] = { jpeg_of(a, f), png_of(a, f), webp_of(a, f) };
        for (size_t k = 0; k < COUNT(of_kind); k++) {
            struct decoded d;
            CHECK_I64(image_decode((const u8 *)of_kind[k].p, of_kind[k].n, &d), PIC_OK);
            CHECK_STR(corners(a, (str){ (char *)d.full, d.full_n }), str_of(want[o - 1]));
            CHECK(!d.had_gps);
            free(d.full);
            free(d.thumb);
        }
    }
    free(px.p);
}

TEST(image_small_ones_are_not_blown_up) {
    struct decoded d;
    struct pixels px = quarters(2, 2);
    str png = png_of(a, (struct fixture){ .px = px });
    CHECK_I64(image_decode((const u8 *)png.p, png.n, &d), PIC_OK);
    CHECK(d.w == 2 && d.h == 2 && d.thumb_w == 2 && d.thumb_h == 2);
    free(d.full);
    free(d.thumb);
    free(px.p);
    px = quarters(1, 20000); /* one pixel wide stays one pixel wide */
    png = png_of(a, (struct fixture){ .px = px });
    CHECK_I64(image_decode((const u8 *)png.p, png.n, &d), PIC_OK);
    CHECK(d.w == 1 && d.h == 1600 && d.thumb_w == 1 && d.thumb_h == 320);
    free(d.full);
    free(d.thumb);
    free(px.p);
}

TEST(image_transparent_parts_become_white) {
    struct decoded d;
    str png = png_alpha(a, 8, 8);
    CHECK_I64(image_decode((const u8 *)png.p, png.n, &d), PIC_OK);
    CHECK_STR(corners(a, (str){ (char *)d.full, d.full_n }), S("wwww 8 8"));
    free(d.full);
    free(d.thumb);
}

/* The average of an area, recomputed plainly with numerators of one denominator. */
TEST(image_shrink_is_the_exact_average) {
    for (int round = 0; round < 60; round++) {
        int w = (int)(test_random() % 60) + 1, h = (int)(test_random() % 60) + 1;
        int side = (int)(test_random() % 40) + 1;
        struct pixels px = noise(w, h);
        struct shrink s;
        CHECK_I64(shrink_begin(&s, w, h, side), PIC_OK);
        for (int y = 0; y < h; y++) shrink_rgb(&s, px.p + (size_t)y * (size_t)w * 3);
        CHECK(shrink_done(&s));
        i64 wrong = 0;
        for (int j = 0; j < s.out.h * s.out.w * 3; j++) {
            int c = j % 3, x = j / 3 % s.out.w, y = j / 3 / s.out.w;
            i64 sum = 0;
            for (int sy = 0; sy < h; sy++) {
                i64 y0 = sy * s.out.h > y * h ? sy * s.out.h : y * h;
                i64 y1 = (sy + 1) * s.out.h < (y + 1) * h ? (sy + 1) * s.out.h : (y + 1) * h;
                for (int sx = 0; y1 > y0 && sx < w; sx++) {
                    i64 x0 = sx * s.out.w > x * w ? sx * s.out.w : x * w;
                    i64 x1 = (sx + 1) * s.out.w < (x + 1) * w ? (sx + 1) * s.out.w : (x + 1) * w;
                    if (x1 > x0) sum += (x1 - x0) * (y1 - y0) * px.p[3 * (sy * w + sx) + c];
                }
            }
            wrong += s.out.p[j] != (2 * sum + w * h) / (2 * w * h);
        }
        CHECK_I64(wrong, 0);
        shrink_end(&s);
        free(s.out.p);
        free(px.p);
    }
}

TEST(image_noise_stays_under_the_limit_of_bytes) {
    struct decoded d;
    struct pixels px = noise(1600, 1600);
    str png = png_of(a, (struct fixture){ .px = px });
    CHECK_I64(image_decode((const u8 *)png.p, png.n, &d), PIC_OK);
    CHECK(d.full_n <= IMAGE_FULL_MAX && d.thumb_n <= IMAGE_THUMB_MAX);
    free(d.full);
    free(d.thumb);
    free(px.p);
}

/* ---- what is hostile ----------------------------------------------------------------------------------- */

static err clean(struct arena *a, str s) {
    struct image i;
    return image_clean_bytes(a, s, &i);
}

TEST(image_of_no_known_kind_is_refused) {
    use_helper();
    struct image i;
    str bad[] = {
        S(""), S("x"), S("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        S("GIF89a\1\0\1\0\0\0\0;;;;;"), S("PK\3\4 a zip archive, or a document"),
        S("%PDF-1.7 a document, not a picture"), S("<!doctype html><script>alert(1)</script>"),
        S("\xFF\xD8\xFF\xE0 nothing more, really nothing"), S("\x89PNG\r\n\x1A\n and then nothing of it"),
        S("RIFF\x20\0\0\0WEBPVP8 and then nothing of it"), S("\0\0\0\x18""ftypheic and then nothing of it"),
        S("\0\0\0\x18""ftypavif another kind of picture, not taken"),
    };
    for (size_t k = 0; k < COUNT(bad); k++) CHECK_I64(clean(a, bad[k]), E_INPUT);
    CHECK_I64(image_clean(a, "/tmp/wuye-no-such-file", &i), E_MISSING);
    CHECK_I64(image_clean(a, "/tmp", &i), E_INPUT);
}

/* Polyglots: a picture with something else behind it, which must not come along. */
TEST(image_with_something_behind_loses_it) {
    use_helper();
    struct pixels px = quarters(64, 64);
    struct fixture f = { px, S(""), false };
    str tail = S("PK\3\4<script>" CANARY "</script>");
    str kind[] = { jpeg_of(a, f), png_of(a, f), webp_of(a, f) };
    for (size_t k = 0; k < COUNT(kind); k++) {
        struct image i = { 0 };
        CHECK_I64(image_clean_bytes(a, str_cat(a, kind[k], tail), &i), OK);
        CHECK(!str_has(i.full, S(CANARY)) && !str_has(i.full, S("script")));
        CHECK(!str_has(i.thumb, S(CANARY)));
    }
    free(px.p);
}

static void put_be(char *p, u32 v, int bytes) {
    for (int k = 0; k < bytes; k++) p[k] = (char)(v >> 8 * (bytes - 1 - k));
}

static u32 crc32_of(const char *p, size_t n) {
    u32 c = ~0U;
    for (size_t i = 0; i < n; i++) {
        c ^= (u8)p[i];
        for (int k = 0; k < 8; k++) c = c >> 1 ^ (c & 1 ? 0xEDB88320U : 0);
    }
    return ~c;
}

/* The size in the header is a lie of four billion pixels; it is refused before anything is decoded. */
TEST(image_of_giant_size_is_refused_from_its_header) {
    use_helper();
    struct pixels px = quarters(64, 64);
    struct fixture f = { px, S(""), true };
    char *png = str_c(a, png_of(a, f)), *jpeg = str_c(a, jpeg_of(a, f)), *webp = str_c(a, webp_of(a, f));
    str s = png_of(a, f);
    put_be(png + 16, 65000, 4);
    put_be(png + 20, 65000, 4);
    put_be(png + 29, crc32_of(png + 12, 17), 4);
    i64 t = clock_mono_ns();
    CHECK_I64(clean(a, (str){ png, s.n }), E_TOOBIG);
    s = jpeg_of(a, f);
    for (size_t k = 0; k + 9 < s.n; k++) {
        if (memcmp(jpeg + k, "\xFF\xC2\0\x11", 4) != 0) continue;
        put_be(jpeg + k + 5, 65000, 2);
        put_be(jpeg + k + 7, 65000, 2);
        break;
    }
    CHECK_I64(clean(a, (str){ jpeg, s.n }), E_TOOBIG);
    s = webp_of(a, f);
    for (size_t k = 0; k + 13 < s.n; k++) { /* VP8L: 14 bits each, after the signature */
        if (memcmp(webp + k, "VP8L", 4) == 0) memcpy(webp + k + 9, "\xFF\xFF\xFF\x0F", 4);
    }
    CHECK_I64(clean(a, (str){ webp, s.n }), E_TOOBIG);
    s = heic_of(a, f);
    char *heic = str_c(a, s);
    for (size_t k = 0; k + 16 < s.n; k++) {
        if (memcmp(heic + k, "ispe", 4) != 0) continue;
        put_be(heic + k + 8, 65000, 4);
        put_be(heic + k + 12, 65000, 4);
    }
    CHECK(clean(a, (str){ heic, s.n }) != OK);
    CHECK(clock_mono_ns() - t < 10000000000);
    free(px.p);
}

/* Forty million pixels in some kilobytes are honest and work; one line more is too many. */
TEST(image_bombs_fit_or_are_refused) {
    use_helper();
    struct { int w, h; bool interlaced; err want; } row[] = {
        { 20000, 2000, false, OK }, { 5000, 8000, true, OK }, { 20000, 2001, false, E_TOOBIG }
    };
    for (size_t k = 0; k < COUNT(row); k++) {
        struct pixels px = { calloc((size_t)row[k].w * (size_t)row[k].h, 3), row[k].w, row[k].h };
        struct image i = { 0 };
        str png = png_of(a, (struct fixture){ px, S(""), row[k].interlaced });
        CHECK(png.n < 1000000);
        CHECK_I64(image_clean_bytes(a, png, &i), row[k].want);
        CHECK(row[k].want != OK || str_starts(corners(a, i.full), S("kkkk")));
        free(px.p);
    }
    char *big = arena_alloc(a, IMAGE_BYTES_MAX + 1);
    CHECK_I64(clean(a, (str){ big, IMAGE_BYTES_MAX + 1 }), E_TOOBIG);
    const char *path = write_temp(a, (str){ big, IMAGE_BYTES_MAX + 1 });
    struct image i;
    CHECK_I64(image_clean(a, path, &i), E_TOOBIG);
    unlink(path);
}

TEST(image_cut_off_is_refused) {
    struct pixels px = quarters(48, 48);
    struct fixture f = { px, exif_block(a, 3, true, true), false };
    str kind[] = { jpeg_of(a, f), png_of(a, f), webp_of(a, f), heic_of(a, f) };
    for (size_t k = 0; k < COUNT(kind); k++) {
        i64 taken = 0;
        /* The last bytes are end marks, which some decoders can do without. */
        for (size_t n = 0; n + 16 < kind[k].n; n += 1 + kind[k].n / 300) {
            struct decoded d;
            char *cut = malloc(n + 1);       /* its own block, so that a read past the end is seen */
            memcpy(cut, kind[k].p, n);
            if (image_decode((const u8 *)cut, n, &d) == PIC_OK) {
                taken++;
                free(d.full);
                free(d.thumb);
            }
            free(cut);
        }
        CHECK_I64(taken, 0);
    }
    free(px.p);
}

/* Whatever the bytes are: a picture or a refusal, never a fault of memory (run it with the sanitizers). */
TEST(image_with_wrong_bytes_never_breaks) {
    struct pixels px = quarters(48, 48);
    struct fixture f = { px, exif_block(a, 3, true, true), false }, g = { px, f.exif, true };
    str kind[] = { jpeg_of(a, f), jpeg_of(a, g), png_of(a, f),  png_of(a, g),
                   webp_of(a, f), webp_of(a, g), heic_of(a, f) };
    i64 taken = 0, tried = 0;
    for (size_t k = 0; k < COUNT(kind); k++) {
        for (int round = 0; round < 150; round++, tried++) {
            struct decoded d;
            char *bad = malloc(kind[k].n);
            memcpy(bad, kind[k].p, kind[k].n);
            for (u64 hits = test_random() % 4 + 1; hits > 0; hits--) {
                bad[test_random() % kind[k].n] = (char)test_random();
            }
            if (image_decode((const u8 *)bad, kind[k].n, &d) == PIC_OK) {
                taken++;
                free(d.full);
                free(d.thumb);
            }
            free(bad);
        }
    }
    CHECK(taken > 0 && taken < tried);
    free(px.p);
}

/* ---- the cage ------------------------------------------------------------------------------------------ */

/* Runs the helper's attempt; true when it got through. */
static bool got_through(const char *what, bool caged, int *ret_signal) {
    const char *path = getenv("WUYE_IMAGE");
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        char *args[] = { (char *)(uintptr_t)path, (char *)(uintptr_t)"--try", (char *)(uintptr_t)what,
                         caged ? NULL : (char *)(uintptr_t)"--free", NULL };
        execv(path, args);
        _exit(9);
    }
    CHECK_I64(waitpid(child, &status, 0), child);
    *ret_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) <= 1); /* 2: no cage, 3: no such attempt */
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(image_cage_holds) {
    /* A file is refused and memory runs out; everything else is the end of the helper. */
    const char *what[] = { "open", "memory", "socket", "fork", "exec", "run", "signal" };
    int sig, killed = 0;
    CHECK(got_through("nothing", true, &sig)); /* the cage lets a quiet program end well */
    for (size_t k = 0; k < COUNT(what); k++) {
        /* The control: each attempt works outside, so a refusal means something. */
        CHECK(got_through(what[k], false, &sig));
        if (IMAGE_WATCHED && str_is(str_of(what[k]), "memory")) continue;
        CHECK(!got_through(what[k], true, &sig));
        killed += sig == SIGSYS;
    }
    CHECK_I64(killed, IMAGE_WATCHED ? 0 : 5);
}

/* A frame as the shell prints it: a JPEG of one pixel, without the two lengths. */
#define LIE                                                                                                  \
    "printf 'GMI1\\0\\0\\0\\0\\1\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\1\\0\\0\\0\\1\\0\\0\\0\\1\\0\\0\\0"

#define TINY "\\377\\330\\377x\\377\\331"

/* A helper that hangs, floods, lies or is not there. */
static err with_script(struct arena *a, const char *body) {
    const char *path = write_temp(a, str_fmt(a, "#!/bin/sh\n%s\n", body));
    struct image i;
    CHECK_I64(chmod(path, 0700), 0);
    image_helper_at(path);
    err e = image_clean_bytes(a, S("not looked at"), &i);
    unlink(path);
    use_helper();
    return e;
}

TEST(image_helper_that_misbehaves_is_ended) {
    i64 t = clock_mono_ns();
    CHECK_I64(with_script(a, "exec sleep 100"), E_TOOBIG);
    t = (clock_mono_ns() - t) / 1000000;
    CHECK(t >= 5900 && t < 9000);
    CHECK_I64(with_script(a, "exec cat /dev/zero"), E_TOOBIG);
    CHECK_I64(with_script(a, "exit 0"), E_INPUT);
    CHECK_I64(with_script(a, "exit 2"), E_IO);
    CHECK_I64(with_script(a, "kill -SEGV $$"), E_INPUT);
    CHECK_I64(with_script(a, LIE "\\377\\377\\377\\377\\0\\0\\0\\0'"), E_INPUT);
    CHECK_I64(with_script(a, LIE "\\6\\0\\0\\0\\6\\0\\0\\0<html><html>'"), E_INPUT);
    CHECK_I64(with_script(a, LIE "\\6\\0\\0\\0\\6\\0\\0\\0" TINY TINY "'"), OK); /* the control */
    CHECK_I64(with_script(a, LIE "\\6\\0\\0\\0\\6\\0\\0\\0" TINY TINY "x'"), E_INPUT);
    image_helper_at("/tmp/wuye-no-helper");
    CHECK_I64(clean(a, S("x")), E_IO);
    use_helper();
}
