/* breaks: needs-cycle as src/domain/x/x.c */
static const char *const needs[] = { "y", NULL };
const struct module x_module = { .name = "x", .needs = needs };
/* beside: src/domain/y/y.c */
const struct module y_module = { .name = "y", .needs = (const char *const[]){ "z", NULL } };
/* beside: src/domain/z/z.c */
const struct module z_module = { .name = "z", .needs = (const char *const[]){ "x", NULL } };
