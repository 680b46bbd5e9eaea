/* breaks: env as src/kit/page/page.c */
static const char *x(void) { return getenv("HOME"); }
