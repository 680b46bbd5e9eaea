/* breaks: clock as src/app/serve.c */
static void x(struct timeval *t) { gettimeofday(t, NULL); }
