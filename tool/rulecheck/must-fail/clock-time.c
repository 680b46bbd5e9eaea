/* breaks: clock as src/domain/x/x.c */
static i64 x(void) { return time(NULL); }
