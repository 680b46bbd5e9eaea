/* data.c - the facts of data/; see data.h. */
#include "kit/module/data.h"

static str (*source)(const char *name);

void data_source(str (*find)(const char *name)) { source = find; }

str data_text(const char *name) {
    str s = source ? source(name) : (str){ 0 };
    if (!s.p) {
        fprintf(stderr, "wuye: data/%s is not in the program\n", name);
        abort();
    }
    return s;
}

bool data_row(str *rest, str *cell, size_t n) {
    str line;
    while (str_cut(rest, '\n', &line)) {
        if (line.n && line.p[line.n - 1] == '\r') line.n--;
        if (line.n == 0 || line.p[0] == '#') continue;
        for (size_t i = 0; i < n; i++)
            if (!str_cut(&line, '\t', &cell[i])) cell[i] = (str){ "", 0 };
        return true;
    }
    return false;
}
