/* upload.c - photos on their way in: cleaned by the caged helper, stored by their own hash. */
#include "app/app.h"
#include "sys/file/file.h"
#include "sys/crypt/crypt.h"
#include "sys/image/image.h"

enum { PHOTOS_MAX = 6, PHOTO_MEMORY = 8 << 20 };

static err clean_in(struct app *app, struct arena *big, const struct http_file *f, hash *ret_full, hash *ret_thumb) {
    struct image img;
    TRY(image_clean(big, f->path, &img));
    TRY(files_put(app->files, img.full, ret_full));
    return files_put(app->files, img.thumb, ret_thumb);
}

/* What the cleaned photo takes is given back at once: six of them are more than the memory of a request. */
static err clean(struct app *app, const struct http_file *f, hash *ret_full, hash *ret_thumb) {
    struct arena *big = arena_new(PHOTO_MEMORY);
    err e = E_FULL;
    if (big && !ARENA_CATCH(big)) e = clean_in(app, big, f, ret_full, ret_thumb);
    arena_free(big);
    return e;
}

static err one(struct app *app, struct arena *a, const struct http_file *f, const struct field *field,
               buf *hashes, struct faults *ff) {
    hash full, thumb;
    err e = clean(app, f, &full, &thumb);
    if (e == E_INPUT) {
        fault_add(a, ff, field, "photo",
                  str_fmt(a, "“%.*s”打不开，请换一张照片（JPEG、PNG、WebP 或苹果手机的 HEIC）。", STR(utf8_head(f->name, 40))));
        return OK;
    }
    TRY(e);
    if (hashes->n) buf_c(hashes, ' ');
    buf_hex(hashes, full.b, SM3_LEN);
    buf_c(hashes, '/');
    buf_hex(hashes, thumb.b, SM3_LEN);
    return OK;
}

/* A file kept whole (a register to import): full of personal data, so sealed before it reaches the disk; named
 * by the hash of what is stored and the name the person knows it by. */
static err keep_sealed(struct app *app, struct arena *big, const char *path, hash *ret) {
    str data;
    TRY(file_read(big, path, HTTP_FILE_MAX, &data));
    return files_put(app->files, seal_file(big, "file", "upload", 0, data), ret);
}

static err keep(struct app *app, struct arena *a, const struct http_file *f, str *ret) {
    hash h;
    struct arena *big = arena_new(4 * (size_t)HTTP_FILE_MAX);
    err e = E_FULL;
    if (big && !ARENA_CATCH(big)) e = keep_sealed(app, big, f->path, &h);
    arena_free(big);
    if (e == OK) *ret = str_fmt(a, "%.*s/%.*s", STR(str_hex(a, h.b, SM3_LEN)), STR(utf8_head(f->name, 80)));
    return e;
}

err upload_clean(struct app *app, struct arena *a, struct http_rq *h, const struct field *list, void *in,
                 struct faults *ff) {
    for (const struct field *f = list; f->name; f++) {
        int sent = 0;
        for (size_t i = 0; f->kind == FK_UPLOAD && i < h->nfiles; i++)
            if (str_is(h->files[i].field, f->name) && h->files[i].size > 0)
                TRY(keep(app, a, &h->files[i], field_str(f, in)));
        if (f->kind != FK_PHOTOS) continue;
        for (size_t i = 0; i < h->nfiles; i++) sent += str_is(h->files[i].field, f->name) && h->files[i].size > 0;
        if (sent > PHOTOS_MAX) {   /* before any of them is looked at */
            fault_add(a, ff, f, "max", str_fmt(a, "最多传 %d 张照片，您选了 %d 张。", PHOTOS_MAX, sent));
            continue;
        }
        buf hashes = buf_in(a, 8192);
        buf_s(&hashes, *field_str(f, in));
        for (size_t i = 0; i < h->nfiles; i++) {
            if (!str_is(h->files[i].field, f->name) || h->files[i].size == 0) continue;
            TRY(one(app, a, &h->files[i], f, &hashes, ff));
        }
        *field_str(f, in) = buf_str(&hashes);
    }
    return OK;
}
