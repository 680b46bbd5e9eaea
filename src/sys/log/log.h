/* log.h - one line per event, key=value, to stderr or a file.
 *
 *     log_line("http", "status=%d path=%.*s ms=%lld", 200, STR(rq->path), 3LL);
 *     2026-11-24T21:36:05.123+08:00 info http status=200 path=/desk ms=3
 *
 * A line leaves in one write(2), so lines of several threads never mix and nothing is lost when the process dies. A
 * server may hold lines of information together instead (log_hold).
 * Every %s is quoted and escaped when it must be, so a value can neither forge a line nor a second field. The value
 * of a key named after a secret (password, secret, token, cookie, session, authorization) is written as ***. Bodies
 * do not belong here, nor does what a person typed. Understood: %s %.*s %c %d %i %u %x with l, ll, z, and %%. */
#ifndef WUYE_LOG_H
#define WUYE_LOG_H

#include "base/base.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR, LOG_LEVEL_NONE };

/* Appends to `path` (made with mode 0640), or to stderr when NULL. E_IO, and no change, if it cannot be opened. */
err log_open(const char *path) MUST;
/* Opens the same path again after the file was renamed away. E_IO as above. */
err log_reopen(void) MUST;
/* From now on lines of information wait until 32 KiB have come together, a warning is logged or log_flush is called,
 * which the owner does at least every second: a write for each request is a tenth of the cost of a small one. A kill
 * loses what waits. `false` writes it out and ends this. */
void log_hold(bool on);
void log_flush(void);
/* Lines below `least` are dropped before they are formatted. The start is INFO. */
void log_set_level(enum log_level least);

void log_debug(const char *area, const char *fmt, ...) PRINTF(2, 3);
void log_line(const char *area, const char *fmt, ...) PRINTF(2, 3);
void log_warn(const char *area, const char *fmt, ...) PRINTF(2, 3);
void log_error(const char *area, const char *fmt, ...) PRINTF(2, 3);

#endif
