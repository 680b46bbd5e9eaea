/* breaks: heap as src/domain/x/x.c */
static void *x(void) { return malloc(8); }
