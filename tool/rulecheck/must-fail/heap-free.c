/* breaks: heap as src/kit/page/page.c */
static void x(void *p) { free(p); }
