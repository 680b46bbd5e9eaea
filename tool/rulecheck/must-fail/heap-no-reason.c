/* breaks: heap as src/app/serve.c */
static void *x(void) { return calloc(8, 8); /* heap: */ }
