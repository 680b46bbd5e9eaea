/* assets.h - the files that travel inside the program: what browsers fetch, under names that change with the content
 * (so they may be kept for ever), and the data tables. Made by `pack` at build time; all memory is static. */
#ifndef WUYE_ASSETS_H
#define WUYE_ASSETS_H

#include <stddef.h>

/* A zero byte follows the raw bytes. gz and br are NULL where compressing does not pay. */
struct asset {
    const char *name, *url, *type;    /* "app.css", "/assets/app.0123456789.css", "text/css; charset=utf-8" */
    const unsigned char *raw, *gz, *br;
    size_t raw_n, gz_n, br_n;
};

/* NULL if there is none. */
const struct asset *asset_by_name(const char *name);
const struct asset *asset_by_url(const char *url);
/* A table of data/, such as "roles.tsv"; url is NULL. */
const struct asset *data_file(const char *name);
/* All of them, migrations (*.sql) too, in order of name; NULL past the end. */
const struct asset *data_at(size_t i);

#endif
