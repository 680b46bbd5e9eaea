/* notify.h - the way out for short messages and mail. A driver does the sending; the one here writes each
 * message into a file of a folder, from where a gateway takes it (or where a demonstration shows it).
 *
 * Messages leave after COMMIT, from a job: notify_send waits for the disk or the network. It may be called
 * again with the same id after a crash; the driver then delivers once. */
#ifndef WUYE_NOTIFY_H
#define WUYE_NOTIFY_H

#include "base/base.h"

#define NOTIFY_TEXT_MAX 4000          /* code points of a mail; a short message has at most 500 */
#define NOTIFY_SMS_MAX 500

enum notify_channel { NOTIFY_SMS, NOTIFY_MAIL, NOTIFY_CHANNELS };

struct notify_message {
    i64 id;                           /* names the message for ever: the same id is the same message */
    enum notify_channel channel;
    str to;                           /* mobile number or mail address, in full */
    str subject;                      /* mail only */
    str text;
};

/* Sends one message: OK, E_IO (try again later), E_INPUT (never will go). Called by one thread at a time. */
struct notify_driver {
    err (*send)(void *ctx, const struct notify_message *m);
    void *ctx;
};

/* Chooses the driver and how many messages of each channel may leave in a minute (0: no limit). Before
 * threads. */
void notify_start(struct notify_driver driver, u32 per_minute);
/* The driver that writes files of mode 0600 to `folder`, which is made when needed: <id>-sms.txt,
 * <id>-mail.txt. */
err notify_folder(const char *folder, struct notify_driver *ret) MUST;

/* Checks and sends. E_INPUT: no address, line breaks in a head line, too long; E_RATE: the minute is full,
 * try again in the next; E_IO: try again later. */
err notify_send(const struct notify_message *m) MUST;

/* The minute's counter, apart for tests and for limits of one's own. */
struct notify_meter { i64 minute; u32 used; };
/* Counts one event at time now_ns (monotonic); false when `limit` of this minute are used up. */
bool notify_count(struct notify_meter *m, u32 limit, i64 now_ns);

#endif
