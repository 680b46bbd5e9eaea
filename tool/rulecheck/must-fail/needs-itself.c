/* breaks: needs-cycle as src/domain/x/x.c */
const struct module x_module = { .name = "x", .needs = (const char *const[]){ "x", NULL } };
