#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sodium.h>
#include "sys/crypt/keys.h"
#include "sys/file/file.h"

/* The file is text, so that it can be copied by hand into a safe:  wuye-key 1 <64 hex digits>  per line. */
#define LINE_HEAD "wuye-key "
#define FILE_MAX (ROOTS_MAX * 96)

struct roots {
    size_t n;
    unsigned id[ROOTS_MAX];
    u8 root[ROOTS_MAX][ROOT_LEN];
    char text[FILE_MAX];             /* the file as read or to be written */
    size_t text_n;
};

static struct keys *loaded;

const struct keys *keys_now(void) {
    if (loaded == NULL) abort();
    return loaded;
}

/* RFC 5869: extract with the salt, then the first block of the expansion. */
void hkdf_sm3(const u8 root[ROOT_LEN], const char *info, u8 *out, size_t n) {
    static const u8 salt[] = { 'w', 'u', 'y', 'e' };
    u8 text[64];
    size_t len = strlen(info);
    if (n > SM3_LEN || len >= sizeof text) abort();
    hash prk = sm3_hmac(salt, sizeof salt, root, ROOT_LEN);
    memcpy(text, info, len);
    text[len] = 1;
    hash block = sm3_hmac(prk.b, SM3_LEN, text, len + 1);
    memcpy(out, block.b, n);
    sodium_memzero(&prk, sizeof prk);
    sodium_memzero(&block, sizeof block);
}

static void derive_mac(const u8 root[ROOT_LEN], const char *info, struct sm3_key *ret) {
    u8 key[SM3_LEN];
    hkdf_sm3(root, info, key, sizeof key);
    sm3_key_init(ret, key, sizeof key);
    sodium_memzero(key, sizeof key);
}

static void derive(struct keys *k, const struct roots *r) {
    static const char *const purpose[BLIND_PURPOSES] = { "blind phone", "blind idcard", "blind account",
                                                         "blind login", "blind code", "blind file" };
    k->n = r->n;
    for (size_t i = 0; i < r->n; i++) {
        k->id[i] = r->id[i];
        hkdf_sm3(r->root[i], "seal sm4", k->seal[i], SM4_KEY_LEN);
    }
    for (int i = 0; i < BLIND_PURPOSES; i++) derive_mac(r->root[0], purpose[i], &k->fixed.blind[i]);
    derive_mac(r->root[0], "csrf", &k->fixed.csrf);
    derive_mac(r->root[0], "session", &k->fixed.session);
    derive_mac(r->root[0], "pepper", &k->fixed.pepper);
}

/* Turns roots into the keys of the process and wipes the roots. */
static err take(struct roots *r) {
    struct keys *k = sodium_malloc(sizeof *k);
    if (k == NULL) return E_FULL;
    /* sodium_malloc locks if it can and says nothing if it cannot; keys may not reach the swap. */
    if (sodium_mlock(k, sizeof *k) != 0) {
        sodium_free(k);
        return E_FULL;
    }
    sodium_memzero(k, sizeof *k);
    derive(k, r);
    if (sodium_mprotect_readonly(k) != 0) {
        sodium_free(k);
        return E_FULL;
    }
    loaded = k;
    return OK;
}

/* sodium_malloc locks its memory, surrounds it with guard pages and wipes it when freed. */
static struct roots *roots_new(void) {
    if (sodium_init() < 0) abort();
    struct roots *r = sodium_malloc(sizeof *r);
    if (r != NULL) sodium_memzero(r, sizeof *r);
    return r;
}

/* One line, without its newline, into r. */
static err read_line(struct roots *r, str line) {
    str id_text;
    i64 id;
    size_t got = 0;
    if (!str_starts(line, S(LINE_HEAD)) || r->n == ROOTS_MAX) return E_INPUT;
    str rest = str_from(line, sizeof LINE_HEAD - 1);
    if (!str_cut(&rest, ' ', &id_text) || !str_i64(id_text, &id) || id < 1 || id > 0xFFFF) return E_INPUT;
    if (r->n > 0 && (unsigned)id <= r->id[r->n - 1]) return E_INPUT;
    if (rest.n != 2 * ROOT_LEN ||
        sodium_hex2bin(r->root[r->n], ROOT_LEN, rest.p, rest.n, NULL, &got, NULL) != 0 || got != ROOT_LEN) {
        return E_INPUT;
    }
    r->id[r->n++] = (unsigned)id;
    return OK;
}

static err read_fd(int fd, struct roots *r) {
    struct stat st;
    if (fstat(fd, &st) != 0) return E_IO;
    /* Keys that others can read are no keys. A service manager may hand us a file owned by root. */
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) return E_DENIED;
    if (st.st_uid != geteuid() && st.st_uid != 0) return E_DENIED;
    for (;;) {
        ssize_t n = read(fd, r->text + r->text_n, sizeof r->text - r->text_n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return E_IO;
        if (n == 0) break;
        r->text_n += (size_t)n;
        if (r->text_n == sizeof r->text) return E_INPUT;
    }
    str rest = { r->text, r->text_n };
    if (rest.n == 0 || rest.p[rest.n - 1] != '\n') return E_INPUT; /* cut off */
    rest.n--;
    for (str line; str_cut(&rest, '\n', &line);) TRY(read_line(r, line));
    return OK;
}

static err read_roots(const char *path, struct roots *r) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0) return errno == ENOENT ? E_MISSING : errno == EACCES || errno == ELOOP ? E_DENIED : E_IO;
    err e = read_fd(fd, r);
    close(fd);
    return e;
}

/* Adds a fresh root to the text. */
static void add_root(struct roots *r) {
    u8 root[ROOT_LEN];
    char hex[2 * ROOT_LEN + 1];
    unsigned id = r->n == 0 ? 1 : r->id[r->n - 1] + 1;
    random_bytes(root, sizeof root);
    sodium_bin2hex(hex, sizeof hex, root, sizeof root);
    int n = snprintf(r->text + r->text_n, sizeof r->text - r->text_n, LINE_HEAD "%u %s\n", id, hex);
    if (n > 0 && (size_t)n < sizeof r->text - r->text_n) r->text_n += (size_t)n;
    sodium_memzero(root, sizeof root);
    sodium_memzero(hex, sizeof hex);
}

static err write_new(const char *path, const struct roots *r) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    if (fd < 0) return errno == EEXIST ? E_CONFLICT : E_IO;
    bool good = write(fd, r->text, r->text_n) == (ssize_t)r->text_n && fsync(fd) == 0;
    if (close(fd) != 0) good = false;
    if (good) return OK;
    unlink(path);
    return E_IO;
}

err crypt_key_make(const char *path) {
    struct roots *r = roots_new();
    if (r == NULL) return E_FULL;
    add_root(r);
    err e = write_new(path, r);
    sodium_free(r);
    return e != OK ? e : folder_sync_of(path);
}

static err add_and_replace(const char *path, struct roots *r) {
    char next[4096];
    TRY(read_roots(path, r));
    if (r->n == ROOTS_MAX || r->id[r->n - 1] == 0xFFFF) return E_FULL;
    add_root(r);
    int n = snprintf(next, sizeof next, "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof next) return E_INPUT;
    if (unlink(next) != 0 && errno != ENOENT) return E_IO; /* left by a crash; never in use */
    TRY(write_new(next, r));
    if (rename(next, path) != 0) {
        unlink(next);
        return E_IO;
    }
    return folder_sync_of(path);
}

err crypt_key_add(const char *path) {
    struct roots *r = roots_new();
    if (r == NULL) return E_FULL;
    err e = add_and_replace(path, r);
    sodium_free(r);
    return e;
}

err crypt_load(const char *path) {
    if (loaded != NULL) abort();
    struct roots *r = roots_new();
    if (r == NULL) return E_FULL;
    err e = read_roots(path, r);
    if (e == OK) e = take(r);
    sodium_free(r);
    return e;
}

void crypt_load_seeded(u64 seed) {
    if (loaded != NULL) crypt_unload();
    struct roots *r = roots_new();
    if (r == NULL) abort();
    hash h = sm3_of(&seed, sizeof seed);
    memcpy(r->root[0], h.b, ROOT_LEN);
    r->id[0] = 1;
    r->n = 1;
    if (take(r) != OK) abort();
    sodium_free(r);
}

void crypt_unload(void) {
    seal_forget();
    sodium_free(loaded);
    loaded = NULL;
}

unsigned crypt_key_id(void) {
    const struct keys *k = keys_now();
    return k->id[k->n - 1];
}
