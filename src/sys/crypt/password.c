#include <pthread.h>
#include <sodium.h>
#include <sys/resource.h>
#include "sys/crypt/crypt.h"
#include "sys/crypt/password.h"

#define THREADS 2
#define PASSES 2
#define KIB 19456
/* What a record may ask for; one out of our own database never asks for more. */
#define PASSES_MAX 16
#define KIB_MAX 262144
#define HEAD "argon2id$"
#define B64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

struct record {
    i64 passes, kib;
    u8 salt[crypto_pwhash_SALTBYTES];
    hash tag;
};

/* Argon2id, then the pepper: neither the database nor the keys file alone lets anyone guess. */
static bool compute(str password, struct record *r) {
    u8 raw[32];
    if (password.n > PASSWORD_MAX) return false;
    if (crypto_pwhash(raw, sizeof raw, password.p, password.n, r->salt, (unsigned long long)r->passes,
                      (size_t)r->kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return false;
    }
    r->tag = pepper(raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
    return true;
}

static bool bytes_read(str s, u8 *out, size_t n) {
    size_t got = 0;
    return sodium_base642bin(out, n, s.p, s.n, NULL, &got, NULL, B64) == 0 && got == n;
}

static bool record_read(str s, struct record *r) {
    str passes, kib, salt;
    if (s.n > PASSWORD_RECORD || !str_starts(s, S(HEAD))) return false;
    s = str_from(s, sizeof HEAD - 1);
    return str_cut(&s, '$', &passes) && str_i64(passes, &r->passes) && r->passes >= 1 &&
           r->passes <= PASSES_MAX && str_cut(&s, '$', &kib) && str_i64(kib, &r->kib) && r->kib >= 8 &&
           r->kib <= KIB_MAX && str_cut(&s, '$', &salt) && bytes_read(salt, r->salt, sizeof r->salt) &&
           s.p != NULL && bytes_read(s, r->tag.b, SM3_LEN);
}

/* Writes the record of a new password; false leaves `out` empty. */
static bool make(str password, char out[PASSWORD_RECORD]) {
    struct record r = { .passes = PASSES, .kib = KIB };
    char salt[32], tag[48];
    out[0] = 0;
    random_bytes(r.salt, sizeof r.salt);
    if (!compute(password, &r)) return false;
    sodium_bin2base64(salt, sizeof salt, r.salt, sizeof r.salt, B64);
    sodium_bin2base64(tag, sizeof tag, r.tag.b, SM3_LEN, B64);
    int n = snprintf(out, PASSWORD_RECORD, HEAD "%d$%d$%s$%s", PASSES, KIB, salt, tag);
    if (n < 0 || n >= PASSWORD_RECORD) abort();
    return true;
}

bool password_check_sync(str password, str record) {
    /* An unknown account, or a record we cannot read, costs what a known one costs. */
    struct record want = { 0 }, got = { .passes = PASSES, .kib = KIB };
    bool known = record_read(record, &want);
    if (known) got = want;
    bool computed = compute(password, &got);
    bool same = hash_eq(want.tag, got.tag);
    return known && computed && same;
}

str password_hash_sync(struct arena *a, str password) {
    char out[PASSWORD_RECORD];
    make(password, out);
    return str_dup(a, str_of(out));
}

/* ---- the pool ------------------------------------------------------------------------------------------ */

struct job {
    void (*checked)(bool ok, void *arg);       /* one of the two is set */
    void (*hashed)(str record, void *arg);
    void *arg;
    size_t password_n, record_n;
    char password[PASSWORD_MAX + 1];
    char record[PASSWORD_RECORD];
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t thread[THREADS];
    struct job *queue;                         /* a ring of `max` places */
    size_t max, first, n;
    bool on;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER };

static void run(struct job *j) {
    str password = { j->password, j->password_n };
    if (j->checked != NULL) {
        bool ok = password_check_sync(password, (str){ j->record, j->record_n });
        sodium_memzero(j->password, sizeof j->password);
        j->checked(ok, j->arg);
        return;
    }
    make(password, j->record);
    sodium_memzero(j->password, sizeof j->password);
    j->hashed(str_of(j->record), j->arg);
}

static void *serve(void *unused) {
    struct job j;
    (void)setpriority(PRIO_PROCESS, 0, 10);   /* this thread only: who asks for a page goes first */
    for (;;) {
        pthread_mutex_lock(&pool.lock);
        while (pool.n == 0 && pool.on) pthread_cond_wait(&pool.work, &pool.lock);
        if (pool.n == 0) {
            pthread_mutex_unlock(&pool.lock);
            return unused;
        }
        struct job *at = &pool.queue[pool.first];
        j = *at;
        sodium_memzero(at, sizeof *at);
        pool.first = (pool.first + 1) % pool.max;
        pool.n--;
        pthread_mutex_unlock(&pool.lock);
        run(&j);
    }
}

static bool ask(const struct job *j) {
    pthread_mutex_lock(&pool.lock);
    bool taken = pool.on && pool.n < pool.max;
    if (taken) {
        pool.queue[(pool.first + pool.n++) % pool.max] = *j;
        pthread_cond_signal(&pool.work);
    }
    pthread_mutex_unlock(&pool.lock);
    return taken;
}

/* One byte past the limit is kept, so that a password that is too long stays too long. */
static void job_password(struct job *j, str password) {
    j->password_n = password.n > PASSWORD_MAX ? PASSWORD_MAX + 1 : password.n;
    memcpy(j->password, password.p, j->password_n);
}

bool password_check_async(str password, str record, void (*done)(bool ok, void *arg), void *arg) {
    struct job j = { .checked = done, .arg = arg };
    if (password.n > 0) job_password(&j, password);
    if (record.n > 0 && record.n <= sizeof j.record) memcpy(j.record, record.p, j.record_n = record.n);
    bool taken = ask(&j);
    sodium_memzero(&j, sizeof j);
    return taken;
}

bool password_hash_async(str password, void (*done)(str record, void *arg), void *arg) {
    struct job j = { .hashed = done, .arg = arg };
    if (password.n > 0) job_password(&j, password);
    bool taken = ask(&j);
    sodium_memzero(&j, sizeof j);
    return taken;
}

/* Lets the threads finish what waits and joins the first n of them. */
static void end_threads(int n) {
    pthread_mutex_lock(&pool.lock);
    pool.on = false;
    pthread_cond_broadcast(&pool.work);
    pthread_mutex_unlock(&pool.lock);
    for (int i = 0; i < n; i++) pthread_join(pool.thread[i], NULL);
    free(pool.queue);
    pool.queue = NULL;
    pool.max = pool.first = 0;
}

err password_start(size_t queue_max) {
    if (sodium_init() < 0 || pool.on) abort();
    pool.queue = calloc(queue_max > 0 ? queue_max : 1, sizeof *pool.queue);
    if (pool.queue == NULL) return E_FULL;
    pool.max = queue_max > 0 ? queue_max : 1;
    pool.on = true;
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&pool.thread[i], NULL, serve, NULL) == 0) continue;
        end_threads(i);
        return E_FULL;
    }
    return OK;
}

void password_stop(void) {
    if (pool.on) end_threads(THREADS);
}
