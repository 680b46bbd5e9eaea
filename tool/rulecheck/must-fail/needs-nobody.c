/* breaks: needs as src/domain/x/x.c */
const struct module x_module = { .name = "x", .needs = (const char *const[]){ "nobody", NULL } };
