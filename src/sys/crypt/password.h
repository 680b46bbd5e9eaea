/* password.h - passwords as Argon2id (19 MiB, 2 passes) with the pepper of the keys file over it.
 *
 * One check takes some 20 ms and 19 MiB, so exactly two run at a time, on threads of their own, behind a
 * short queue: a flood of logins costs a fixed amount of memory and no HTTP thread ever waits. A record is
 * text:
 *     argon2id$2$19456$<salt>$<tag>      passes, KiB, base64url
 * The pepper makes a stolen database useless for guessing. */
#ifndef WUYE_PASSWORD_H
#define WUYE_PASSWORD_H

#include "base/base.h"

#define PASSWORD_MAX 256       /* bytes */
#define PASSWORD_RECORD 128    /* no record is longer, in bytes */

/* Starts the two threads; up to `queue_max` further requests wait. E_FULL when they cannot be had. Keys
 * are loaded. */
err password_start(size_t queue_max) MUST;
/* Answers everything that waits, then ends the threads. Nobody may ask meanwhile. */
void password_stop(void);

/* Checks a password against a record and calls done(ok, arg) on a thread of the pool; both texts are
 * copied. Give the empty str as record when the account is unknown: it takes the same time and is never
 * ok. False, and done is not called, when the queue is full (answer 503). */
bool password_check_async(str password, str record, void (*done)(bool ok, void *arg), void *arg) MUST;
/* Makes the record of a new password in the same way; `record` is valid during the call, and empty when
 * the password is longer than PASSWORD_MAX or memory ran out. */
bool password_hash_async(str password, void (*done)(str record, void *arg), void *arg) MUST;

/* The same on the calling thread, for seeding and the command line. Empty on failure. */
str password_hash_sync(struct arena *a, str password);
bool password_check_sync(str password, str record);

#endif
