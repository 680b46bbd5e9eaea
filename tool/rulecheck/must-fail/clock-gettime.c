/* breaks: clock as src/kit/job/job.c */
static void x(struct timespec *t) { clock_gettime(CLOCK_REALTIME, t); }
