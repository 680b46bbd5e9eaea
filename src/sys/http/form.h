/* form.h - the parsers of a request, pure functions on memory with limits, so that they can be fuzzed without a socket.
 *
 * Where a function returns an int it is 0 or the HTTP status of the refusal. Results live in the arena or are views
 * of the input. */
#ifndef WUYE_HTTP_FORM_H
#define WUYE_HTTP_FORM_H

#include "sys/http/http.h"

#define HTTP_HEADERS_MAX 64
#define HTTP_URI_MAX 8000
#define HTTP_COOKIES_MAX 50

/* Decodes %XX (and '+' to a blank when `plus`). 400 on a broken escape, a NUL, or invalid UTF-8. */
int pct_decode(struct arena *a, str in, bool plus, str *ret);
/* The path of a request target as it was sent, to its decoded form: absolute, UTF-8, without control characters,
 * backslash, encoded slash, "//", "." or ".." segments, else 400. */
int path_parse(struct arena *a, str raw, str *ret);
/* A query or urlencoded body. 413 above `max` pairs, 400 as pct_decode. */
int form_parse(struct arena *a, str text, size_t max, const struct http_pair **ret, size_t *ret_n);

/* The parameter `name` of a header value such as `form-data; name="x"`; false if absent. Quoted values lose their
 * quotes and the backslash of \" and \\. The value is a view or lives in the arena. */
bool header_param(struct arena *a, str value, const char *name, str *ret);
/* The media type in front of the parameters, lower case. */
str media_type(struct arena *a, str value);

/* The first cookie of that name; {NULL,0} if absent. */
str cookie_find(str header, const char *name);
/* Does If-None-Match name this entity tag (opaque part, without quotes)? Weak comparison. */
bool etag_matches(str list, str tag);
/* Is this content coding acceptable by name, with a quality above 0? */
bool coding_accepted(str list, const char *coding);

/* The head of a request as a list, and what the gate found in it. */
struct head {
    str method, target;              /* as sent */
    bool http11;
    struct http_pair *headers;       /* values are trimmed, a damaged Referer emptied */
    size_t n;
    i64 length;                      /* Content-Length, 0 if absent */
    bool expects;                    /* 100-continue */
    str host, type, cookie;          /* {NULL,0} if absent */
};
/* 0 when the request may go on, else 400, 405, 411, 414, 417, 431 or 501. */
int head_gate(struct head *h);
bool name_is(str header_name, const char *name);   /* ASCII case-insensitive */

/* multipart/form-data, fed in pieces of any size. Fields go to the arena, files to the sink. */
struct multipart_sink {
    int (*open)(void *arg);                             /* 0 or a status; a file begins */
    int (*write)(void *arg, const void *p, size_t n);   /* 0 or a status */
    const char *(*close)(void *arg);                    /* the file is complete; its path */
    void *arg;
};
struct multipart;
/* NULL if the Content-Type has no proper boundary (1-70 bytes of the RFC 2046 alphabet). */
struct multipart *multipart_new(struct arena *a, str content_type, const struct multipart_sink *sink);
/* 0, or 400, 413, 503; after a refusal nothing more is taken. */
int multipart_feed(struct multipart *m, const char *p, size_t n);
/* 400 when the closing boundary is missing. The lists hold what was found. */
int multipart_end(struct multipart *m, const struct http_pair **fields, size_t *nfields,
    const struct http_file **files, size_t *nfiles);

#endif
