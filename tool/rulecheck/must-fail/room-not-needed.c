/* breaks: room as src/domain/x/x.c */
#include "domain/y/y.h"

const struct module x_module = {
    .name = "x",
    .needs = (const char *const[]){ NULL },
};
