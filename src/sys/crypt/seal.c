#include <gcrypt.h>
#include <pthread.h>
#include "sys/crypt/keys.h"

#define VERSION 2
#define HEAD 3                       /* version and key id */
#define IV 12
#define TAG 16
#define NAME_MAX_BYTES 64            /* of a table or a column */

/* A ready cipher: key schedule and GCM table are made once. Threads take one and put it back. */
struct cipher {
    struct cipher *next;
    gcry_cipher_hd_t h;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct cipher *idle[ROOTS_MAX];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_gcrypt(void) {
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) return;
    if (gcry_check_version("1.10.0") == NULL) abort();
    gcry_control(GCRYCTL_SUSPEND_SECMEM_WARN);
    gcry_control(GCRYCTL_INIT_SECMEM, 65536, 0);
    gcry_control(GCRYCTL_RESUME_SECMEM_WARN);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

static struct cipher *cipher_take(const struct keys *k, size_t at) {
    pthread_once(&once, start_gcrypt);
    pthread_mutex_lock(&lock);
    struct cipher *c = idle[at];
    if (c != NULL) idle[at] = c->next;
    pthread_mutex_unlock(&lock);
    if (c != NULL) return c;
    c = malloc(sizeof *c);
    if (c == NULL) return NULL;
    /* Locked memory has room for some forty ciphers; more threads than that at once get common memory. */
    if (gcry_cipher_open(&c->h, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, GCRY_CIPHER_SECURE) != 0 &&
        gcry_cipher_open(&c->h, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0) != 0) {
        free(c);
        return NULL;
    }
    if (gcry_cipher_setkey(c->h, k->seal[at], SM4_KEY_LEN) != 0) abort();
    return c;
}

static void cipher_give(struct cipher *c, size_t at) {
    pthread_mutex_lock(&lock);
    c->next = idle[at];
    idle[at] = c;
    pthread_mutex_unlock(&lock);
}

void seal_forget(void) {
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < ROOTS_MAX; i++) {
        while (idle[i] != NULL) {
            struct cipher *c = idle[i];
            idle[i] = c->next;
            gcry_cipher_close(c->h);
            free(c);
        }
    }
    pthread_mutex_unlock(&lock);
}

struct aad { u8 b[HEAD + 2 * (1 + NAME_MAX_BYTES) + 8]; size_t n; };

static void aad_name(struct aad *x, const char *name) {
    size_t n = strlen(name);
    if (n > NAME_MAX_BYTES) abort();
    x->b[x->n++] = (u8)n;            /* the length in front: "ab"+"c" is not "a"+"bc" */
    memcpy(x->b + x->n, name, n);
    x->n += n;
}

/* What the record is bound to: its own head and its place. */
static struct aad aad_of(const u8 head[HEAD], const char *table, const char *column, i64 row_id) {
    struct aad x = { .n = HEAD };
    memcpy(x.b, head, HEAD);
    aad_name(&x, table);
    aad_name(&x, column);
    for (int i = 0; i < 8; i++) x.b[x.n++] = (u8)((u64)row_id >> (56 - 8 * i));
    return x;
}

static bool begin(gcry_cipher_hd_t h, const u8 *iv, const struct aad *x) {
    return gcry_cipher_reset(h) == 0 && gcry_cipher_setiv(h, iv, IV) == 0 &&
           gcry_cipher_authenticate(h, x->b, x->n) == 0;
}

static bool encrypt(gcry_cipher_hd_t h, u8 *rec, const struct aad *x, str plain) {
    u8 *text = rec + HEAD + IV;
    return begin(h, rec + HEAD, x) && gcry_cipher_final(h) == 0 &&
           gcry_cipher_encrypt(h, text, plain.n, plain.p, plain.n) == 0 &&
           gcry_cipher_gettag(h, text + plain.n, TAG) == 0;
}

static str seal_with(struct arena *a, const char *table, const char *column, i64 row_id, str plain, const u8 *iv) {
    const struct keys *k = keys_now();
    /* The arena may jump out, so it is asked before a cipher is taken. */
    u8 *rec = arena_alloc(a, plain.n + SEAL_OVERHEAD);
    size_t at = k->n - 1;
    rec[0] = VERSION;
    rec[1] = (u8)(k->id[at] >> 8);
    rec[2] = (u8)k->id[at];
    memcpy(rec + HEAD, iv, IV);
    struct aad x = aad_of(rec, table, column, row_id);
    struct cipher *c = cipher_take(k, at);
    /* A field that cannot be sealed must not be stored at all, and there is no reason but lost memory. */
    if (c == NULL || !encrypt(c->h, rec, &x, plain)) abort();
    cipher_give(c, at);
    return (str){ (const char *)rec, plain.n + SEAL_OVERHEAD };
}

str seal(struct arena *a, const char *table, const char *column, i64 row_id, str plain) {
    u8 iv[IV];
    random_bytes(iv, sizeof iv);
    return seal_with(a, table, column, row_id, plain, iv);
}

str seal_file(struct arena *a, const char *table, const char *column, i64 row_id, str plain) {
    return seal_with(a, table, column, row_id, plain, blind(BLIND_FILE, plain).b);
}

unsigned sealed_key_id(str sealed) {
    if (sealed.n < SEAL_OVERHEAD || sealed.p[0] != VERSION) return 0;
    return (unsigned)(u8)sealed.p[1] << 8 | (u8)sealed.p[2];
}

err reveal(struct arena *a, const char *table, const char *column, i64 row_id, str sealed, str *ret) {
    const struct keys *k = keys_now();
    unsigned id = sealed_key_id(sealed);
    size_t at = 0;
    if (id == 0) return E_BROKEN;
    while (at < k->n && k->id[at] != id) at++;
    if (at == k->n) return E_MISSING;
    size_t n = sealed.n - SEAL_OVERHEAD;
    char *plain = arena_alloc(a, n + 1);
    const u8 *rec = (const u8 *)sealed.p;
    struct aad x = aad_of(rec, table, column, row_id);
    struct cipher *c = cipher_take(k, at);
    if (c == NULL) return E_FULL;
    bool good = begin(c->h, rec + HEAD, &x) && gcry_cipher_final(c->h) == 0 &&
                gcry_cipher_decrypt(c->h, plain, n, rec + HEAD + IV, n) == 0 &&
                gcry_cipher_checktag(c->h, rec + HEAD + IV + n, TAG) == 0;
    cipher_give(c, at);
    if (!good) {
        explicit_bzero(plain, n);
        return E_BROKEN;
    }
    *ret = (str){ plain, n };
    return OK;
}
