/* Finding an asset: both tables are sorted by name and few. */
#include <string.h>
#include "assets.h"

extern const struct asset asset_table[], data_table[];
extern const size_t asset_count, data_count;

static const struct asset *find(const struct asset *table, size_t n, const char *name)
{
    while (n > 0) {
        size_t half = n / 2;
        int c = strcmp(name, table[half].name);
        if (c == 0) return &table[half];
        if (c > 0) {
            table += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return NULL;
}

const struct asset *asset_by_name(const char *name)
{
    return find(asset_table, asset_count, name);
}

const struct asset *data_file(const char *name)
{
    return find(data_table, data_count, name);
}

const struct asset *data_at(size_t i)
{
    return i < data_count ? &data_table[i] : NULL;
}

const struct asset *asset_by_url(const char *url)
{
    for (size_t i = 0; i < asset_count; i++)
        if (strcmp(asset_table[i].url, url) == 0) return &asset_table[i];
    return NULL;
}
