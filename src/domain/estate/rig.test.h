/* rig.test.h - a house with one estate of our own for the tests of this room. Tests only. */
#ifndef WUYE_ESTATE_RIG_H
#define WUYE_ESTATE_RIG_H

#include "base/test.h"
#include "domain/estate/inner.h"
#include "kit/event/bed.h"

/* Officers and others, as actors with their posts and ties loaded. */
enum { RIG_COMMUNITY = 9001, RIG_STREET, RIG_MANAGER, RIG_CLERK, RIG_OWNER };
enum { RIG_ORG = 7001, RIG_ORG_2 };

void rig_each(struct arena *a, void (*fn)(struct bed *b));
instant rig_now(void);
void rig_day(const char *text);
/* The actor with everything he holds now; `estate` loads his ties there. */
struct actor rig_actor(struct bed *b, i64 person, i64 estate);
/* A command as that person; fields as name, value, ..., NULL. */
err rig_do(struct bed *b, i64 person, i64 estate, const char *command, const char *const *fields,
           struct faults *ff, str *ret_result);
/* The same with an input already made, as after prepare(). */
err rig_run(struct bed *b, i64 person, i64 estate, const char *command, void *in, struct call *ret);
/* Delivers every event. */
void rig_carry(struct bed *b);
/* Lets time pass, with all that falls due. */
void rig_until(struct bed *b, const char *text);
/* Digest of everything an import may touch. */
hash rig_digest(struct bed *b);
/* Every fact that must hold, of people, org and estate. */
void rig_checks(struct bed *b);
/* A file beside the sources, wherever the test is started from; empty when there is none. */
str rig_file(struct arena *a, const char *path);
/* The member of a JSON result. */
str rig_member(str json, const char *name);
i64 rig_count(struct bed *b, struct stmt *s, i64 arg);

#define RIG(...) ((const char *const[]){ __VA_ARGS__, NULL })

#endif
