/* command.h - a write, declared once: form post, JSON call and command line come from the same declaration, with one
 * validation, one permission check, one audit row, one idempotency key. */
#ifndef WUYE_COMMAND_H
#define WUYE_COMMAND_H

#include "kit/access/access.h"
#include "kit/audit/audit.h"
#include "kit/entity/field.h"
#include "sys/db/db.h"

enum shard_kind {
    SHARD_HOUSE,    /* reference data: shard 0 */
    SHARD_ESTATE,   /* writes one estate */
    SHARD_PERSON,   /* writes what belongs to the actor alone */
};

/* Work done before the write, on a worker thread that may wait: cleaning photos, checking a password. It may
 * fill fields
 * of the input and add faults. `read` runs a function in a read transaction. */
struct http_file;
struct prep {
    struct arena *a;
    instant now;
    struct faults *faults;
    str peer;
    i64 estate;                      /* of the address, 0 if there is none */
    const struct http_file *files;   /* uploads of the request, as spilled; gone when it is answered */
    size_t nfiles;
    /* Reads a stored file by its hash. */
    err (*fetch)(struct prep *p, hash h, str *ret);
    err (*read)(struct prep *p, err (*fn)(struct tx *tx, void *arg), void *arg);
    /* Runs an internal command at once, in the name of the house: what must stand though this one is refused. */
    err (*record)(struct prep *p, const char *command, void *in);
};

struct command {
    const char *name;            /* "appeal.case.report" */
    const char *title;           /* "报事" */
    const char *right;           /* "appeal.report"; NULL: any logged-in person, for what is his own */
    enum shard_kind shard;
    const struct field *in;      /* ended by FIELD_END */
    size_t in_size;
    err (*run)(struct tx *tx, const void *in);
    /* What the permission is asked for; NULL: the estate as a whole, or nothing. E_MISSING if there is none. */
    err (*object)(struct tx *tx, const void *in, struct object *ret);
    err (*prepare)(struct prep *p, void *in);
    const char *said;            /* sentence shown when it is done */
    bool internal;               /* only events and the timer may run it */
    bool open;                   /* needs no login */
};
#define COMMAND_END { .name = NULL }

struct call {
    const struct command *cmd;
    const struct actor *actor;
    i64 shard, estate, code;     /* of the estate: its 16-digit area code */
    enum face face;
    str key;                     /* 8..64 printable ASCII characters, made by the client */
    const void *in;
    hash in_hash;                /* of actor, command and canonical input */
    /* what comes back */
    struct faults faults;
    str result;                  /* JSON object */
    str next;                    /* address to go to after a form post; empty: stay */
    str cookie;                  /* session cookie to set; never stored */
    bool replay;                 /* the key had been answered before */
};

/* Digest of actor, command and canonical input; the same through form, JSON and command line. Personal data and
 * passwords
 * enter it under the house's key. */
hash call_hash(struct arena *a, const struct call *c);
/* Runs a command inside a transaction to the contract: op row first, permission, run, op row completed. */
err command_run(struct tx *tx, struct call *c) MUST;
/* Only asks whether the actor may: what a preparation may cost is not spent on anybody else. */
err command_may(struct tx *tx, struct call *c) MUST;
bool key_ok(str key);

/* ---- for the run function ---- */

const struct actor *op_actor(struct tx *tx);
i64 op_estate(struct tx *tx);
i64 op_code(struct tx *tx);      /* area code of the estate */
enum face op_face(struct tx *tx);
/* Refuses with a sentence at a field (NULL: at the top). Returns `e`. */
err op_fail(struct tx *tx, err e, const char *field, const char *sentence) MUST;
/* Adds a member to the result. */
void op_result(struct tx *tx, const char *name, str value);
void op_next(struct tx *tx, str url);
/* Hands a session cookie to the client; "-" takes it away. It is not part of the stored result. */
void op_cookie(struct tx *tx, str cookie);
/* Counts for the metric kernel: +delta in the month (yyyymm) of the estate. Also kept in the op row for the carrier. */
err op_count(struct tx *tx, i64 metric, i64 month, i64 delta) MUST;
/* Emits an event; payload is a field list. */
void op_event(struct tx *tx, const char *name, const struct field *fields, const void *payload);
/* Checks a further right inside the run function. */
err op_may(struct tx *tx, const char *right, const struct object *o) MUST;

#endif
