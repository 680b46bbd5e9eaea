/* powercut.c - the power goes after every single operation of the disk. What was acknowledged is there
 * exactly once, nothing is half done, the chain fits, and a client that asks again with its key gets the
 * first answer.
 *
 * usage: powercut [cuts] [seed]             the test and its controls (synchronous=OFF and NORMAL must lose)
 *        powercut --must-fail [cuts] [seed] for a build with a part taken out: it must be caught */
#include <sqlite3.h>
#include "disk.h"
#include "rig.h"
#include "room.h"
#include "sys/db/engine.h"

#define CHECK(cond)                                                                                          \
    ((cond) ? (void)0 : (printf("%s:%d: %s\n", __FILE__, __LINE__, #cond), fflush(stdout), abort()))

enum { BATCHES = 26, BATCH_MOST = 64, CUTS = 21000, CONTROL_CUTS = 1500 };
enum note { N_SENT, N_TOLD, N_MADE, N_HEAD };   /* in the low two bits of a note */

/* How the writer is set: as it is, or weaker for a control. */
enum sync { SYNC_FULL, SYNC_NORMAL, SYNC_OFF };

/* What the world outside knows. */
struct known { bool sent[ROOM_REFS], told[ROOM_REFS], made; i64 head, refs; };

static char results[ROOM_REFS][96];
static struct disk *on_air;                     /* where notes go */
static i64 cuts, bad, second;

static void note(enum note kind, i64 n) { disk_note(on_air, n << 2 | kind); }

static void learn(void *arg, i64 what) {
    struct known *k = arg;
    i64 n = what >> 2;
    switch (what & 3) {
    case N_SENT:
        k->sent[n] = true;
        if (n >= k->refs) k->refs = n + 1;
        break;
    case N_TOLD: k->told[n] = true; break;
    case N_MADE: k->made = true; break;
    default: k->head = n;
    }
}

static void told(struct booking *b) {
    if (b->e != OK) return;
    note(N_TOLD, b->ref);
    memcpy(results[b->ref], b->result, sizeof b->result);
}

/* ---- one life of the program ---- */

static void seal_now(struct rig *r, struct arena *a) {
    struct books *b = NEW(a, struct books);
    struct seal_job *seal = NEW(a, struct seal_job);
    struct job *one = &seal->job;
    if (seal_make(seal, rig_conn(r), a) != OK) return;
    if (seal->s.n) rig_batch(r, &one, 1);
    if (books_read(rig_conn(r), a, b) == OK) note(N_HEAD, b->head);
}

static struct disk *live_once(struct db *db, struct arena *a, u64 seed, enum sync sync) {
    struct disk *d = disk_new();
    u64 s = seed;
    i64 ref = 0;
    disk_mount(on_air = d);
    struct conn *c = db_connect(db, DB_WRITE);
    CHECK(c && room_make(c) == OK);
    note(N_MADE, 0);
    db_disconnect(c);
    struct rig *r = rig_open(db);
    CHECK(r && (sync != SYNC_NORMAL || db_script(rig_conn(r), "PRAGMA synchronous=NORMAL") == OK));
    for (int i = 0; i < BATCHES; i++) {
        struct job *jobs[BATCH_MOST];
        int n = i == BATCHES / 2 ? 24 : 1 + (int)dice_below(&s, 7);
        for (int k = 0; k < n; k++) {
            struct booking *b = NEW(a, struct booking);
            booking_make(b, ref++, false, a);
            b->told = told;
            jobs[k] = &b->job;
            note(N_SENT, b->ref);
        }
        rig_batch(r, jobs, n);
        for (int k = 0; k < n; k++) CHECK(((struct booking *)jobs[k])->e == OK);
        if (i % 5 == 2) seal_now(r, a);
        if (i % 6 == 5) rig_idle(r);
    }
    rig_close(r);
    return d;
}

/* ---- after the cut ---- */

static int count_rows(void *arg, int n, char **v, char **names) {
    (void)names;
    if (n != 1 || strcmp(v[0], "ok") != 0) snprintf(arg, 100, "integrity_check: %s", n ? v[0] : "");
    return 0;
}

static bool believes(struct rig *r, struct arena *a, const struct known *k, char *why, size_t size) {
    struct books *b = NEW(a, struct books);
    err e = books_read(rig_conn(r), a, b);
    if (e != OK) snprintf(why, size, "the books cannot be read (%s)", err_name(e));
    else if (b->problem[0]) snprintf(why, size, "%s", b->problem);
    for (i64 i = 0; e == OK && !*why && i < ROOM_REFS; i++) {
        if (k->told[i] && b->pairs[i] != 1)
            snprintf(why, size, "booking %lld was acknowledged and is there %d times", (long long)i,
                     b->pairs[i]);
        else if (b->pairs[i] > k->sent[i])
            snprintf(why, size, "booking %lld is there %d times", (long long)i, b->pairs[i]);
    }
    if (!*why && b->head < k->head)
        snprintf(why, size, "the chain had %lld links and has %lld", (long long)k->head, (long long)b->head);
    const char *chain = *why ? NULL : chain_problem(rig_conn(r), a);
    if (chain) snprintf(why, size, "%s", chain);
    return !*why;
}

/* Every client that has no answer asks again, and two that have one, too. */
static void ask_again(struct rig *r, struct arena *a, const struct known *k, u64 *s, char *why, size_t size) {
    struct job *jobs[BATCH_MOST];
    struct known *after = NEW(a, struct known);
    int n = 0;
    i64 twice[2] = { k->refs ? (i64)dice_below(s, (u64)k->refs) : -1,
                     k->refs ? (i64)dice_below(s, (u64)k->refs) : -1 };
    *after = *k;
    for (i64 i = 0; i < k->refs && n < BATCH_MOST; i++) {
        if (k->told[i] && i != twice[0] && i != twice[1]) continue;
        struct booking *b = NEW(a, struct booking);
        booking_make(b, i, false, a);
        b->told = told;
        jobs[n++] = &b->job;
    }
    if (n) rig_batch(r, jobs, n);
    for (int i = 0; i < n && !*why; i++) {
        struct booking *b = (struct booking *)jobs[i];
        after->told[b->ref] = true;
        if (b->e != OK)
            snprintf(why, size, "booking %lld asked again gets %s", (long long)b->ref, err_name(b->e));
        else if (k->told[b->ref] && !b->replay)
            snprintf(why, size, "booking %lld was done again", (long long)b->ref);
        else if (strcmp(b->result, results[b->ref]) != 0)
            snprintf(why, size, "booking %lld got another answer", (long long)b->ref);
    }
    if (!*why) seal_now(r, a);
    if (!*why) believes(r, a, after, why, size);
}

/* 1: look; 2: look into every page, ask again; 3: ask again, and cut the power while that is going on. */
static void look(struct db *db, struct arena *a, struct disk *g, const struct known *k, int depth, u64 *s,
                 char *why, size_t size) {
    disk_mount(on_air = g);
    struct rig *r = rig_open(db);
    if (!r) {
        snprintf(why, size, "the database does not open");
        return;
    }
    if (!k->made && room_make(rig_conn(r)) != OK) snprintf(why, size, "the tables cannot be made");
    if (!*why) believes(r, a, k, why, size);
    if (!*why && depth == 2) sqlite3_exec(rig_conn(r)->h, "PRAGMA integrity_check", count_rows, why, NULL);
    if (!*why && depth >= 2) ask_again(r, a, k, s, why, size);
    disk_off(g);
    rig_drop(r);
}

static void cut_again(struct db *db, struct arena *a, struct disk *g, const struct known *k, u64 *s,
                      char *why, size_t size) {
    struct known *more = NEW(a, struct known);
    size_t at = dice_below(s, disk_time(g) + 1);
    *more = *k;
    disk_notes(g, at, learn, more);
    struct disk *h = disk_cut(g, at, dice(s));
    look(db, a, h, more, 2, s, why, size);
    disk_free(h);
    second++;
}

static void cut(struct db *db, struct arena *a, struct disk *d, size_t at, u64 seed) {
    char why[300] = "";
    u64 s = seed;
    arena_reset(a);
    struct known *k = NEW(a, struct known);
    disk_notes(d, at, learn, k);
    struct disk *g = disk_cut(d, at, dice(&s));
    u64 depth = dice_below(&s, 16);
    look(db, a, g, k, depth < 11 ? 1 : depth < 15 ? 2 : 3, &s, why, sizeof why);
    if (depth == 15 && !*why) cut_again(db, a, g, k, &s, why, sizeof why);
    disk_free(g);
    cuts++;
    if (*why && bad++ < 5)
        printf("cut after operation %zu, seed %llu: %s\n", at, (unsigned long long)seed, why);
}

/* Cuts one life at every operation, the same number of times each. */
static void run(i64 want, u64 seed, enum sync sync) {
    struct arena *life = arena_new((size_t)256 << 20), *a = arena_new((size_t)256 << 20);
    struct db *db = db_open("/room.db");
    i64 before = cuts;
    if (sync == SYNC_OFF) db_unsafe_sync(db);
    while (cuts - before < want) {
        arena_reset(life);
        struct disk *d = live_once(db, life, seed++, sync);
        size_t io = 0, end = disk_time(d);
        for (size_t i = 0; i < end; i++) io += disk_is_io(d, i);
        i64 each = (want - (cuts - before) + (i64)io - 1) / (i64)io;
        if (each > 8) each = 8;
        for (size_t at = 0; at <= end && cuts - before < want + (i64)io; at++)
            for (i64 i = 0; i < each && (at == end || disk_is_io(d, at)); i++)
                cut(db, a, d, at, seed * 1000003 + at * 31 + (u64)i);
        disk_free(d);
    }
    db_close(db);
    arena_free(a);
    arena_free(life);
}

/* A weaker setting must be caught. */
static bool control(const char *name, u64 seed, enum sync sync) {
    bad = cuts = 0;
    printf("control, synchronous=%s:\n", name);
    run(CONTROL_CUTS, seed, sync);
    printf("control: %lld of %lld cuts lost something: %s\n", (long long)bad, (long long)cuts,
           bad ? "caught" : "NOT CAUGHT");
    return bad > 0;
}

int main(int argc, char **argv) {
    bool must_fail = argc > 1 && !strcmp(argv[1], "--must-fail");
    i64 want = must_fail ? CONTROL_CUTS : CUTS, seed = 20261124;
    if (must_fail) argc--, argv++;
    if (argc > 1 && !str_i64(str_of(argv[1]), &want)) return 2;
    if (argc > 2 && !str_i64(str_of(argv[2]), &seed)) return 2;
    quiet();
    disk_start();
    room_start();
    printf("seed %lld\n", (long long)seed);
    run(want, (u64)seed, SYNC_FULL);
    i64 lost = bad, tried = cuts;
    printf("%lld cuts (and %lld more while what they left was being recovered): %lld lost or doubled "
           "something\n",
           (long long)tried, (long long)second, (long long)lost);
    if (must_fail) {
        printf("control: the same cuts on a build with a part taken out: %s\n%d passed, %d failed\n",
               lost ? "caught" : "NOT CAUGHT", lost > 0, lost == 0);
        return lost > 0 ? 0 : 1;
    }
    int caught = control("OFF", (u64)seed, SYNC_OFF) + control("NORMAL", (u64)seed, SYNC_NORMAL);
    printf("%lld passed, %lld failed\n", (long long)(tried - lost + caught), (long long)(lost + 2 - caught));
    return lost == 0 && caught == 2 && tried >= want ? 0 : 1;
}
