/* breaks: room as src/domain/x/x.c */
#include "domain/y/inner.h"

const struct module x_module = { .name = "x", .needs = (const char *const[]){ "y", NULL } };
/* beside: src/domain/y/y.c */
const struct module y_module = { .name = "y" };
