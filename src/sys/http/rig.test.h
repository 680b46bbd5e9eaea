/* rig.test.h - a server with a few handlers, in this process, and a raw client, for the tests of sys/http. */
#ifndef WUYE_HTTP_RIG_H
#define WUYE_HTTP_RIG_H

#include "sys/http/http.h"

struct rig;
struct rig_conf {
    const char *address;             /* NULL: 127.0.0.1 */
    int threads, head_ms, body_ms, connections;
};

struct rig *rig_start(const struct rig_conf *conf);
struct http *rig_http(struct rig *r);
int rig_port(const struct rig *r);
/* Lets go or holds back the thread that answers /wait. */
void rig_hold(struct rig *r, bool hold);
/* Requests whose on_free was called. */
i64 rig_freed(const struct rig *r);
/* Files in the spill directory. */
int rig_spilled(const struct rig *r);
void rig_stop(struct rig *r);

struct answer { int status; str head, body; };

int dial(int port);
int dial_unix(const char *path);
bool say(int fd, str bytes);
/* Reads one answer with Content-Length; status 0 when the connection ended before a status line. */
struct answer hear(struct arena *a, int fd, bool head_only);
/* Has the other side closed? Waits up to `ms`. */
bool hung_up(int fd, int ms);
/* dial, say, hear, close. */
struct answer ask(struct arena *a, int port, str bytes);
str request_get(struct arena *a, const char *target);
str request_post(struct arena *a, const char *target, const char *type, str body);

#endif
