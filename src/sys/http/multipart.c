#include "sys/http/form.h"

/* A state machine over bytes. The delimiter is "\r\n--" boundary; its first byte occurs nowhere else in it, so after
 * a mismatch the matched bytes were data and the search starts afresh: no back-tracking, whatever the pieces. */

#define BOUNDARY_MAX 70
#define PART_HEAD_MAX 4096
#define FILE_NAME_MAX 1024

enum state { S_BODY, S_AFTER, S_PAD, S_LF, S_DASH, S_HEAD, S_END };
enum kind { K_PREAMBLE, K_FIELD, K_FILE };

struct multipart {
    struct arena *a;
    struct multipart_sink sink;
    enum state state;
    enum kind kind;
    int refusal;
    char delimiter[BOUNDARY_MAX + 4];
    size_t delimiter_n, matched;
    char *head;                      /* the header lines of the part being read */
    size_t head_n;
    struct http_file part;           /* name, file name, type and size of the part being read */
    bool opened;
    buf value;
    size_t kept;                     /* bytes of names and values in memory */
    VEC(struct http_pair) fields;
    VEC(struct http_file) files;
};

static bool boundary_clean(str b) {
    if (b.n == 0 || b.n > BOUNDARY_MAX || b.p[b.n - 1] == ' ') return false;
    for (size_t i = 0; i < b.n; i++) {
        char c = b.p[i];
        bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c != '\0' && strchr("'()+_,-./:=? ", c) != NULL);
        if (!good) return false;
    }
    return true;
}

struct multipart *multipart_new(struct arena *a, str content_type, const struct multipart_sink *sink) {
    str boundary;
    if (!header_param(a, content_type, "boundary", &boundary) || !boundary_clean(boundary)) return NULL;
    struct multipart *m = NEW(a, struct multipart);
    m->a = a;
    m->sink = *sink;
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary.p, boundary.n);
    m->delimiter_n = boundary.n + 4;
    m->matched = 2;                  /* the first boundary may stand at the very beginning */
    m->head = arena_alloc(a, PART_HEAD_MAX);
    return m;
}

static int keep(struct multipart *m, size_t n) {
    if (n > HTTP_FORM_MAX - m->kept) return 413;
    m->kept += n;
    return 0;
}

static int take_file(struct multipart *m, const char *p, size_t n) {
    if (!m->opened) {
        if (m->files.n >= HTTP_FILES_MAX) return 413;
        int refusal = m->sink.open(m->sink.arg);
        if (refusal != 0) return refusal;
        m->opened = true;
    }
    if ((i64)n > HTTP_FILE_MAX - m->part.size) return 413;
    m->part.size += (i64)n;
    return n == 0 ? 0 : m->sink.write(m->sink.arg, p, n);
}

static int take(struct multipart *m, const char *p, size_t n) {
    if (n == 0 || m->kind == K_PREAMBLE) return 0;
    if (m->kind == K_FILE) return take_file(m, p, n);
    int refusal = keep(m, n);
    if (refusal != 0) return refusal;
    buf_put(&m->value, p, n);
    return 0;
}

/* A part is complete. */
static int part_end(struct multipart *m) {
    enum kind kind = m->kind;
    m->kind = K_PREAMBLE;
    if (kind == K_FIELD) {
        str value = m->value.n == 0 ? S("") : buf_str(&m->value);
        if (memchr(value.p, '\0', value.n) != NULL || !utf8_valid(value)) return 400;
        *VEC_ADD(m->a, &m->fields) = (struct http_pair){ m->part.field, value };
    }
    if (kind == K_FILE) {
        /* A file input left empty sends a part without name and bytes. */
        if (m->part.name.n == 0 && m->part.size == 0) return 0;
        int refusal = take_file(m, "", 0);
        if (refusal != 0) return refusal;
        m->part.path = m->sink.close(m->sink.arg);
        m->opened = false;
        *VEC_ADD(m->a, &m->files) = m->part;
    }
    return 0;
}

/* filename*=UTF-8''%e5%9b%be.jpg (RFC 8187); false when it is in another charset. */
static bool extended_name(struct multipart *m, str value, str *ret) {
    i64 first = str_find(value, '\'');
    if (first < 0 || !name_is(str_sub(value, 0, (size_t)first), "UTF-8")) return false;
    str rest = str_from(value, (size_t)first + 1);
    i64 second = str_find(rest, '\'');
    if (second < 0) return false;
    return pct_decode(m->a, str_from(rest, (size_t)second + 1), false, ret) == 0;
}

/* What a person should see: without the path some browsers send, %22 turned back into the quote it was, without
 * control and direction marks, which are no reason to refuse a photo. */
static str file_name(struct multipart *m, str name) {
    for (size_t i = name.n; i > 0; i--) {
        if (name.p[i - 1] != '/' && name.p[i - 1] != '\\') continue;
        name = str_from(name, i);
        break;
    }
    char *out = arena_alloc(m->a, name.n);
    size_t n = 0;
    for (size_t i = 0; i < name.n;) {
        size_t from = i;
        utf8_next(name, &i);
        str c = str_sub(name, from, i - from);
        if (name.n - from >= 3 && memcmp(name.p + from, "%22", 3) == 0) {
            c = S("\"");
            i = from + 3;
        }
        if (!utf8_clean(c, false)) continue;
        memcpy(out + n, c.p, c.n);
        n += c.n;
    }
    return (str){ out, n };
}

static int part_disposition(struct multipart *m, str value) {
    str name, file;
    if (m->part.field.p != NULL || !str_is(media_type(m->a, value), "form-data")) return 400;
    if (!header_param(m->a, value, "name", &name) || !utf8_clean(name, false)) return 400;
    m->part.field = str_dup(m->a, name);
    m->kind = K_FIELD;
    str plain, extended;
    bool has = header_param(m->a, value, "filename", &plain);
    if (has) file = plain;
    if (header_param(m->a, value, "filename*", &extended)) {
        if (!extended_name(m, extended, &file)) return 400;
        has = true;
    }
    if (!has) return 0;
    if (file.n > FILE_NAME_MAX) return 400;
    m->kind = K_FILE;
    m->part.name = file_name(m, file);
    return 0;
}

static int part_header(struct multipart *m, str line) {
    i64 colon = str_find(line, ':');
    if (colon <= 0) return 400;
    str name = str_sub(line, 0, (size_t)colon), value = str_trim(str_from(line, (size_t)colon + 1));
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] <= ' ') return 400;
    }
    if (!utf8_valid(value)) return 400;
    if (name_is(name, "Content-Disposition")) return part_disposition(m, value);
    if (name_is(name, "Content-Type")) m->part.type = str_dup(m->a, media_type(m->a, value));
    if (name_is(name, "Content-Transfer-Encoding") && !name_is(value, "binary") && !name_is(value, "8bit") &&
        !name_is(value, "7bit")) return 400;
    return 0;
}

/* The blank line was read: head holds lines that end in CRLF. */
static int part_begin(struct multipart *m) {
    m->part = (struct http_file){ .type = S("") };
    m->kind = K_PREAMBLE;
    m->opened = false;
    str rest = { m->head, m->head_n };
    while (rest.n > 0) {
        const char *cr = memchr(rest.p, '\r', rest.n);
        size_t n = (size_t)(cr - rest.p);
        int refusal = part_header(m, str_sub(rest, 0, n));
        if (refusal != 0) return refusal;
        rest = str_from(rest, n + 2);
    }
    if (m->part.field.p == NULL) return 400;
    if (m->fields.n + m->files.n >= HTTP_PAIRS_MAX) return 413;
    int refusal = keep(m, m->part.field.n + m->part.name.n);
    if (refusal != 0) return refusal;
    m->value = buf_in(m->a, HTTP_FORM_MAX);
    m->state = S_BODY;
    m->matched = 0;
    return 0;
}

static int head_byte(struct multipart *m, char c) {
    if (m->head_n >= PART_HEAD_MAX) return 413;
    char *h = m->head;
    size_t n = m->head_n;
    bool after_cr = n > 0 && h[n - 1] == '\r';
    if (after_cr != (c == '\n') || c == '\0') return 400;    /* CR and LF stand together or not at all */
    h[n] = c;
    m->head_n = n + 1;
    if (c != '\n') return 0;
    bool empty = n == 1 || (n >= 3 && h[n - 2] == '\n');
    if (!empty) return 0;
    m->head_n -= 2;
    return part_begin(m);
}

/* Takes body bytes up to and including a complete delimiter; returns how many. Data goes on in the longest possible
 * runs, so that a body full of line ends does not become a write for each. `carried` bytes of the delimiter were
 * matched in earlier pieces and are not in `p`. */
static size_t body_bytes(struct multipart *m, const char *p, size_t n) {
    size_t i = 0, carried = m->matched;
    while (i < n && m->matched < m->delimiter_n) {
        if (m->matched == 0) {
            const char *cr = memchr(p + i, '\r', n - i);
            if (cr == NULL) {
                i = n;
                break;
            }
            i = (size_t)(cr - p) + 1;
            m->matched = 1;
        } else if (p[i] == m->delimiter[m->matched]) {
            m->matched++;
            i++;
        } else {
            if (carried > 0) m->refusal = take(m, m->delimiter, carried);
            if (m->refusal != 0) return i;
            carried = 0;
            m->matched = 0;
        }
    }
    m->refusal = take(m, p, i - (m->matched - carried));
    if (m->refusal != 0 || m->matched < m->delimiter_n) return i;
    m->matched = 0;
    m->state = S_AFTER;
    m->refusal = part_end(m);
    return i;
}

/* The bytes between a delimiter and the next part. */
static int between_byte(struct multipart *m, char c) {
    switch (m->state) {
    case S_AFTER:
        if (c == '-') {
            m->state = S_DASH;
            return 0;
        }
        m->state = S_PAD;
        return between_byte(m, c);
    case S_PAD:
        if (c == ' ' || c == '\t') return 0;
        m->state = S_LF;
        return c == '\r' ? 0 : 400;
    case S_LF:
        m->state = S_HEAD;
        m->head_n = 0;
        return c == '\n' ? 0 : 400;
    default:
        m->state = S_END;
        return c == '-' ? 0 : 400;
    }
}

int multipart_feed(struct multipart *m, const char *p, size_t n) {
    size_t i = 0;
    while (i < n && m->refusal == 0 && m->state != S_END) {
        if (m->state == S_BODY) {
            i += body_bytes(m, p + i, n - i);
        } else if (m->state == S_HEAD) {
            m->refusal = head_byte(m, p[i++]);
        } else {
            m->refusal = between_byte(m, p[i++]);
        }
    }
    return m->refusal;
}

int multipart_end(struct multipart *m, const struct http_pair **fields, size_t *nfields,
    const struct http_file **files, size_t *nfiles) {
    *fields = m->fields.p;
    *nfields = m->fields.n;
    *files = m->files.p;
    *nfiles = m->files.n;
    if (m->refusal == 0 && m->state != S_END) m->refusal = 400;
    return m->refusal;
}
