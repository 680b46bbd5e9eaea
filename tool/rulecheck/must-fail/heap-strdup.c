/* breaks: heap as src/kit/page/page.c */
static char *x(const char *p) {
    /* heap: the reason must stand on the line */
    return strdup(p);
}
