/* disk.c - see disk.h. */
#include <sqlite3.h>
#include "disk.h"

enum { NAMES = 4, SECTOR = 512, SHM_PAGES = 64, SHM_SIZE = 32768 };
enum what { A_MAKE, A_WRITE, A_SIZE, A_SYNC, A_REMOVE, A_NOTE };

/* One operation. `file` is the number of an inode; `name` that of a directory entry. */
struct act { u8 what; u8 name; u32 file; i64 at; size_t n; u8 *data; };

struct inode { u8 *p; size_t n, cap; };
struct names { int file[NAMES]; };             /* -1: no such entry */

struct disk {
    struct inode *live;                        /* by inode */
    size_t ninodes, capinodes;
    struct names now;
    struct act *act;
    size_t n, cap;
    /* What was safe after the first `seen` operations, and the operations on each inode since. */
    struct inode *safe;
    size_t nsafe, capsafe, seen;
    struct names safe_names, seen_names;
    size_t *pending, npending, cappending;
    /* faults */
    enum disk_fault fault;
    i64 skip, times, failed;
    bool off;
    u8 *shm[SHM_PAGES];
};

static const char *const file_names[NAMES] = { "/room.db", "/room.db-wal", "/room.db-journal",
                                               "/room.db-other" };
static struct disk *mounted;

static void *must(void *p) {
    if (!p) abort();
    return p;
}

#define GROW(p, n, cap)                                                                                      \
    do {                                                                                                     \
        if ((n) == (cap)) {                                                                                  \
            (cap) = (cap) ? (cap)*2 : 64;                                                                    \
            (p) = must(realloc((p), (cap) * sizeof *(p)));                                                   \
        }                                                                                                    \
    } while (0)

static u64 mix(u64 *s) {
    u64 z = *s += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* ---- inodes ---- */

static void set_size(struct inode *f, size_t n) {
    if (n > f->cap) {
        f->cap = n < 65536 ? 65536 : n * 2;
        f->p = must(realloc(f->p, f->cap));
    }
    if (n > f->n) memset(f->p + f->n, 0, n - f->n);
    f->n = n;
}

static void put(struct inode *f, i64 at, const u8 *p, size_t n) {
    if ((size_t)at + n > f->n) set_size(f, (size_t)at + n);
    memcpy(f->p + at, p, n);
}

static struct inode copy_of(const struct inode *f) {
    struct inode g = { 0 };
    set_size(&g, f->n);
    if (f->n) memcpy(g.p, f->p, f->n);
    return g;
}

static int inode_add(struct inode **list, size_t *n, size_t *cap, struct inode f) {
    GROW(*list, *n, *cap);
    (*list)[*n] = f;
    return (int)(*n)++;
}

static struct names no_names(void) {
    struct names none;
    for (int i = 0; i < NAMES; i++) none.file[i] = -1;
    return none;
}

struct disk *disk_new(void) {
    struct disk *d = must(calloc(1, sizeof *d));
    d->now = d->safe_names = d->seen_names = no_names();
    return d;
}

static void inodes_free(struct inode *list, size_t n) {
    for (size_t i = 0; i < n; i++) free(list[i].p);
    free(list);
}

void disk_free(struct disk *d) {
    if (!d) return;
    inodes_free(d->live, d->ninodes);
    inodes_free(d->safe, d->nsafe);
    for (size_t i = 0; i < d->n; i++) free(d->act[i].data);
    for (int i = 0; i < SHM_PAGES; i++) free(d->shm[i]);
    free(d->act);
    free(d->pending);
    if (mounted == d) mounted = NULL;
    free(d);
}

/* A disk whose names have these bytes, all of them safe. */
static struct disk *disk_of(const struct inode *list, const struct names *names) {
    struct disk *g = disk_new();
    for (int i = 0; i < NAMES; i++) {
        if (names->file[i] < 0) continue;
        const struct inode *f = &list[names->file[i]];
        g->now.file[i] = inode_add(&g->live, &g->ninodes, &g->capinodes, copy_of(f));
        (void)inode_add(&g->safe, &g->nsafe, &g->capsafe, copy_of(f));
    }
    g->safe_names = g->seen_names = g->now;
    return g;
}

struct disk *disk_copy(const struct disk *d) { return disk_of(d->live, &d->now); }
void disk_mount(struct disk *d) { mounted = d; }
void disk_off(struct disk *d) { d->off = true; }

/* ---- the past ---- */

static void record(struct disk *d, enum what what, int name, int file, i64 at, const void *p, size_t n) {
    GROW(d->act, d->n, d->cap);
    u8 *data = NULL;
    if (p && n) memcpy(data = must(malloc(n)), p, n);
    d->act[d->n++] = (struct act){ (u8)what, (u8)name, (u32)file, at, n, data };
}

size_t disk_time(const struct disk *d) { return d->n; }
void disk_note(struct disk *d, i64 what) { record(d, A_NOTE, 0, 0, what, NULL, 0); }
bool disk_is_io(const struct disk *d, size_t i) { return d->act[i].what != A_NOTE; }

void disk_notes(const struct disk *d, size_t at, void (*each)(void *arg, i64 what), void *arg) {
    for (size_t i = 0; i < at && i < d->n; i++)
        if (d->act[i].what == A_NOTE) each(arg, d->act[i].at);
}

static void apply(struct inode *f, const struct act *a) {
    if (a->what == A_WRITE) put(f, a->at, a->data, a->n);
    if (a->what == A_SIZE) set_size(f, (size_t)a->at);
}

/* A sync makes the file's bytes safe. The first one of a new file syncs the folder too (SQLite's unix VFS
 * does it for a log and a journal, ext4 by itself), and with it every name made or removed before. */
static void synced(struct disk *d, u32 file) {
    size_t kept = 0;
    for (size_t i = 0; i < d->npending; i++) {
        const struct act *a = &d->act[d->pending[i]];
        if (a->file == file) apply(&d->safe[file], a);
        else d->pending[kept++] = d->pending[i];
    }
    d->npending = kept;
    for (int i = 0; i < NAMES; i++)
        if (d->seen_names.file[i] == (int)file && d->safe_names.file[i] != (int)file)
            d->safe_names = d->seen_names;
}

static void forward(struct disk *d, size_t at) {
    if (at < d->seen) abort();   /* time only goes forward */
    for (; d->seen < at; d->seen++) {
        const struct act *a = &d->act[d->seen];
        switch (a->what) {
        case A_MAKE:
            while (d->nsafe <= a->file)
                (void)inode_add(&d->safe, &d->nsafe, &d->capsafe, (struct inode){ 0 });
            d->seen_names.file[a->name] = (int)a->file;
            break;
        case A_REMOVE:
            d->seen_names.file[a->name] = -1;
            if (a->at) d->safe_names.file[a->name] = -1;   /* the folder was synced */
            break;
        case A_SYNC: synced(d, a->file); break;
        case A_WRITE:
        case A_SIZE:
            GROW(d->pending, d->npending, d->cappending);
            d->pending[d->npending++] = d->seen;
            break;
        default: break;
        }
    }
}

/* ---- the cut ---- */

/* How a cut treats what was not synced, in 256ths: lost, garbage; and whether the order is kept. */
struct temper { int lost, garbage; bool shuffled; };
static const struct temper tempers[] = {
    { 256, 0, false }, { 0, 0, false },   { 128, 0, false }, { 30, 0, true },
    { 60, 40, true },  { 200, 20, true }, { 0, 128, true },
};

static void garble(u8 *p, size_t n, u64 *s) {
    for (size_t i = 0; i < n; i++) p[i] = (u8)mix(s);
}

static void tear(struct inode *f, const struct act *a, const struct temper *t, u64 *s) {
    if (a->what == A_SIZE) {
        if ((int)(mix(s) % 256) >= t->lost) set_size(f, (size_t)a->at);
        return;
    }
    for (size_t done = 0; done < a->n;) {
        size_t at = (size_t)a->at + done, n = SECTOR - at % SECTOR;
        if (n > a->n - done) n = a->n - done;
        int r = (int)(mix(s) % 256);
        if (r >= t->lost) {
            put(f, (i64)at, a->data + done, n);
            if (r < t->lost + t->garbage) garble(f->p + at, n, s);
        } else if (mix(s) % 16 == 0 && at + n > f->n) {
            set_size(f, at + n);   /* the file has grown, its bytes are not there */
        }
        done += n;
    }
}

struct disk *disk_cut(struct disk *d, size_t at, u64 seed) {
    forward(d, at);
    u64 s = seed;
    const struct temper *t = &tempers[mix(&s) % COUNT(tempers)];
    struct names names = d->safe_names;
    for (int i = 0; i < NAMES; i++)
        if (d->seen_names.file[i] != names.file[i] && (int)(mix(&s) % 256) >= t->lost)
            names.file[i] = d->seen_names.file[i];
    struct disk *g = disk_new();
    for (int i = 0; i < NAMES; i++) {
        if (names.file[i] < 0) continue;
        struct inode f = copy_of(&d->safe[names.file[i]]);
        size_t *order = must(malloc((d->npending + 1) * sizeof *order)), n = 0;
        for (size_t k = 0; k < d->npending; k++)
            if (d->act[d->pending[k]].file == (u32)names.file[i]) order[n++] = d->pending[k];
        for (size_t k = n; t->shuffled && k > 1; k--) {
            size_t other = mix(&s) % k, x = order[k - 1];
            order[k - 1] = order[other];
            order[other] = x;
        }
        for (size_t k = 0; k < n; k++) tear(&f, &d->act[order[k]], t, &s);
        free(order);
        g->now.file[i] = inode_add(&g->live, &g->ninodes, &g->capinodes, f);
        (void)inode_add(&g->safe, &g->nsafe, &g->capsafe, copy_of(&f));
    }
    g->safe_names = g->seen_names = g->now;
    return g;
}

/* ---- faults ---- */

void disk_fail(struct disk *d, enum disk_fault f, i64 skip, i64 times) {
    d->fault = f;
    d->skip = skip;
    d->times = times;
    d->failed = 0;
}

i64 disk_failed(const struct disk *d) { return d->failed; }

static bool fails(struct disk *d, enum disk_fault f) {
    if (d->off) return true;
    if (d->fault != f || d->times <= 0) return false;
    if (d->skip > 0) {
        d->skip--;
        return false;
    }
    d->times--;
    d->failed++;
    return true;
}

/* ---- the VFS ---- */

struct handle { sqlite3_file base; struct disk *d; int file, name; };

static struct handle *of(sqlite3_file *f) { return (struct handle *)f; }
static struct inode *bytes(sqlite3_file *f) { return &of(f)->d->live[of(f)->file]; }

static int f_close(sqlite3_file *f) { return f->pMethods ? SQLITE_OK : SQLITE_OK; }

static int f_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
    struct inode *i = bytes(f);
    if (fails(of(f)->d, FAULT_READ)) return SQLITE_IOERR_READ;
    size_t have = (size_t)at < i->n ? i->n - (size_t)at : 0;
    if (have >= (size_t)n) {
        memcpy(to, i->p + at, (size_t)n);
        return SQLITE_OK;
    }
    if (have) memcpy(to, i->p + at, have);
    memset((char *)to + have, 0, (size_t)n - have);
    return SQLITE_IOERR_SHORT_READ;
}

static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at) {
    struct disk *d = of(f)->d;
    if (fails(d, FAULT_FULL)) return SQLITE_FULL;
    if (fails(d, FAULT_WRITE)) return SQLITE_IOERR_WRITE;
    put(bytes(f), at, p, (size_t)n);
    record(d, A_WRITE, of(f)->name, of(f)->file, at, p, (size_t)n);
    return SQLITE_OK;
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 n) {
    struct disk *d = of(f)->d;
    if (fails(d, FAULT_WRITE)) return SQLITE_IOERR_TRUNCATE;
    set_size(bytes(f), (size_t)n);
    record(d, A_SIZE, of(f)->name, of(f)->file, n, NULL, 0);
    return SQLITE_OK;
}

static int f_sync(sqlite3_file *f, int flags) {
    struct disk *d = of(f)->d;
    (void)flags;
    if (fails(d, FAULT_SYNC)) return SQLITE_IOERR_FSYNC;
    record(d, A_SYNC, of(f)->name, of(f)->file, 0, NULL, 0);
    return SQLITE_OK;
}

static int f_size(sqlite3_file *f, sqlite3_int64 *n) {
    *n = (sqlite3_int64)bytes(f)->n;
    return SQLITE_OK;
}

static int f_lock(sqlite3_file *f, int how) { return (void)f, (void)how, SQLITE_OK; }
static int f_reserved(sqlite3_file *f, int *ret) { return (void)f, *ret = 0, SQLITE_OK; }
static int f_control(sqlite3_file *f, int op, void *arg) {
    return (void)f, (void)op, (void)arg, SQLITE_NOTFOUND;
}
static int f_sector(sqlite3_file *f) { return (void)f, SECTOR; }
static int f_device(sqlite3_file *f) { return (void)f, SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

/* The index of the log lives in memory only: it is gone with the power. */
static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret) {
    struct disk *d = of(f)->d;
    *ret = NULL;
    if (page >= SHM_PAGES || size != SHM_SIZE || d->off) return SQLITE_IOERR_SHMMAP;
    if (!d->shm[page] && extend) d->shm[page] = must(calloc(1, SHM_SIZE));
    *ret = d->shm[page];
    return SQLITE_OK;
}

static int f_shm_lock(sqlite3_file *f, int at, int n, int how) {
    return (void)f, (void)at, (void)n, (void)how, SQLITE_OK;
}
static void f_shm_barrier(sqlite3_file *f) { (void)f; }

static int f_shm_unmap(sqlite3_file *f, int drop) {
    struct disk *d = of(f)->d;
    for (int i = 0; drop && i < SHM_PAGES; i++) {
        free(d->shm[i]);
        d->shm[i] = NULL;
    }
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    2,          f_close,       f_read,      f_write,   f_truncate, f_sync,   f_size,
    f_lock,     f_lock,        f_reserved,  f_control, f_sector,   f_device, f_shm_map,
    f_shm_lock, f_shm_barrier, f_shm_unmap, NULL,      NULL,
};

static int name_of(const char *path) {
    for (int i = 0; i < NAMES; i++)
        if (path && !strcmp(path, file_names[i])) return i;
    return -1;
}

static int v_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *ret) {
    int name = name_of(path);
    struct disk *d = mounted;
    (void)v;
    memset(f, 0, sizeof(struct handle));
    if (!d || d->off || name < 0) return SQLITE_CANTOPEN;
    if (d->now.file[name] < 0) {
        if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
        d->now.file[name] = inode_add(&d->live, &d->ninodes, &d->capinodes, (struct inode){ 0 });
        record(d, A_MAKE, name, d->now.file[name], 0, NULL, 0);
    }
    *of(f) = (struct handle){ { &methods }, d, d->now.file[name], name };
    if (ret) *ret = flags;
    return SQLITE_OK;
}

static int v_delete(sqlite3_vfs *v, const char *path, int sync) {
    int name = name_of(path);
    struct disk *d = mounted;
    (void)v;
    if (!d || d->off || name < 0) return SQLITE_IOERR_DELETE;
    if (d->now.file[name] < 0) return SQLITE_IOERR_DELETE_NOENT;
    d->now.file[name] = -1;
    record(d, A_REMOVE, name, 0, sync, NULL, 0);
    return SQLITE_OK;
}

static int v_access(sqlite3_vfs *v, const char *path, int flags, int *ret) {
    int name = name_of(path);
    (void)v;
    (void)flags;
    *ret = mounted && name >= 0 && mounted->now.file[name] >= 0 &&
           (flags != SQLITE_ACCESS_EXISTS || mounted->live[mounted->now.file[name]].n > 0);
    return SQLITE_OK;
}

static int v_path(sqlite3_vfs *v, const char *path, int n, char *out) {
    (void)v;
    snprintf(out, (size_t)n, "%s", path);
    return SQLITE_OK;
}

static int v_random(sqlite3_vfs *v, int n, char *out) {
    static u64 s = 20261124;
    (void)v;
    garble((u8 *)out, (size_t)n, &s);
    return n;
}

static int v_sleep(sqlite3_vfs *v, int us) { return (void)v, us; }
static int v_error(sqlite3_vfs *v, int n, char *out) { return (void)v, (void)n, (void)out, 0; }

static int v_time(sqlite3_vfs *v, sqlite3_int64 *ret) {
    (void)v;
    *ret = 212740000000000LL;
    return SQLITE_OK;
}

static int v_day(sqlite3_vfs *v, double *ret) {
    (void)v;
    *ret = 2462270.0;
    return SQLITE_OK;
}

void disk_start(void) {
    static sqlite3_vfs vfs = { .iVersion = 2,
                               .szOsFile = sizeof(struct handle),
                               .mxPathname = 64,
                               .zName = "disk",
                               .xOpen = v_open,
                               .xDelete = v_delete,
                               .xAccess = v_access,
                               .xFullPathname = v_path,
                               .xRandomness = v_random,
                               .xSleep = v_sleep,
                               .xCurrentTime = v_day,
                               .xGetLastError = v_error,
                               .xCurrentTimeInt64 = v_time };
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) abort();
}
