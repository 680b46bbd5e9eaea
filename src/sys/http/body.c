#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "sys/http/transport.h"

#define SPILL_PREFIX "wuye-upload-"
#define SPILL_STALE_SECONDS 3600
#define SWALLOW_MAX ((i64)1 << 30)
#define RATE_BYTES_PER_MS 131        /* 128 KiB/s: who sends slower than that for long is taken down */

/* The place in the list is taken before the file exists: an exhausted arena must not leave a file behind. */
static int spill_open(void *arg) {
    struct box *b = arg;
    if (b->nspill >= HTTP_FILES_MAX) return 413;
    char *path = str_c(b->rq.a, str_fmt(b->rq.a, "%s/" SPILL_PREFIX "XXXXXX", b->h->conf.spill_dir));
    b->spill_fd = mkostemp(path, O_CLOEXEC);
    if (b->spill_fd < 0) return 503;
    b->spill[b->nspill++] = path;
    return 0;
}

static int spill_write(void *arg, const void *p, size_t n) {
    struct box *b = arg;
    const char *at = p;
    while (n > 0) {
        ssize_t done = write(b->spill_fd, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return 503;
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

static const char *spill_close(void *arg) {
    struct box *b = arg;
    close(b->spill_fd);
    b->spill_fd = -1;
    return b->spill[b->nspill - 1];
}

void body_drop(struct box *b) {
    if (b->spill_fd >= 0) close(b->spill_fd);
    b->spill_fd = -1;
    while (b->nspill > 0) unlink(b->spill[--b->nspill]);
}

void spill_sweep(const char *dir) {
    DIR *d = opendir(dir);
    if (d == NULL) return;
    time_t now = time(NULL);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        struct stat st;
        if (strncmp(e->d_name, SPILL_PREFIX, sizeof SPILL_PREFIX - 1) != 0) continue;
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue;
        if (now - st.st_mtime > SPILL_STALE_SECONDS) unlinkat(dirfd(d), e->d_name, 0);
    }
    closedir(d);
}

/* A refusal that is known before the body comes. Who asked with Expect hears it at once; who did not would see a
 * reset connection instead of the page, so the body is read and thrown away first, within the deadline. */
static int refuse_body(struct box *b, int status) {
    if (b->head.expects || b->head.length > SWALLOW_MAX) return status;
    b->late_refusal = status;
    return 0;
}

static int body_plan(struct box *b) {
    i64 most = HTTP_FORM_MAX;
    if (str_is(b->rq.type, "multipart/form-data")) {
        most = HTTP_BODY_MAX;
        b->kind = BODY_MULTI;
    } else {
        b->kind = str_is(b->rq.type, "application/x-www-form-urlencoded") ? BODY_FORM : BODY_RAW;
    }
    if (b->head.length > most) return refuse_body(b, 413);
    if (b->kind != BODY_MULTI) {
        b->body = buf_in(b->rq.a, HTTP_FORM_MAX);
        return 0;
    }
    const struct multipart_sink sink = { spill_open, spill_write, spill_close, b };
    b->multipart = multipart_new(b->rq.a, b->head.type, &sink);
    return b->multipart == NULL ? refuse_body(b, 400) : 0;
}

int body_begin(struct box *b) {
    b->rq.type = b->head.type.p == NULL ? S("") : media_type(b->rq.a, b->head.type);
    i64 ms = b->h->conf.body_ms;
    if (b->head.length > 0) {
        int refusal = body_plan(b);
        if (refusal != 0) return refusal;
        if (b->late_refusal == 0) ms += b->head.length / RATE_BYTES_PER_MS;
    }
    return conn_to(b->c, PH_BODY, ms) ? 0 : 408;
}

int body_take(struct box *b, const char *p, size_t n) {
    if (b->late_refusal != 0) return 0;
    if (b->kind == BODY_MULTI) return multipart_feed(b->multipart, p, n);
    buf_put(&b->body, p, n);
    return b->body.over ? 413 : 0;
}

int body_end(struct box *b) {
    if (b->late_refusal != 0) return b->late_refusal;
    if (b->kind == BODY_MULTI) {
        return multipart_end(b->multipart, &b->rq.form, &b->rq.nform, &b->rq.files, &b->rq.nfiles);
    }
    if (b->kind == BODY_FORM) {
        return form_parse(b->rq.a, buf_str(&b->body), HTTP_PAIRS_MAX, &b->rq.form, &b->rq.nform);
    }
    if (b->kind == BODY_RAW) b->rq.body = buf_str(&b->body);
    return 0;
}
