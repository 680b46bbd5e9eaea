#include <fcntl.h>
#include <gcrypt.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sys/crypt/keys.h"
#include "base/test.h"

/* A path in a fresh folder of its own. */
static const char *fresh_path(struct arena *a) {
    char folder[] = "/tmp/wuye-crypt-XXXXXX";
    if (mkdtemp(folder) == NULL) abort();
    return str_fmt(a, "%s/wuye.key", folder).p;
}

static str file_text(struct arena *a, const char *path) {
    int fd = open(path, O_RDONLY);
    char *p = arena_alloc(a, 10000);
    ssize_t n = read(fd, p, 9999);
    close(fd);
    return (str){ p, n > 0 ? (size_t)n : 0 };
}

static void file_write(const char *path, str text, mode_t mode) {
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    CHECK(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fchmod(fd, mode) == 0);
    close(fd);
}

static void remove_path(struct arena *a, const char *path) {
    char *folder = str_c(a, str_of(path));
    *strrchr(folder, '/') = 0;
    unlink(path);
    CHECK_I64(rmdir(folder), 0);
}

static size_t unhex(const char *hex, u8 *out) {
    size_t n = 0;
    for (unsigned b; hex[0] != 0 && sscanf(hex, "%2x", &b) == 1; hex += 2) out[n++] = (u8)b;
    return n;
}

/* ---- the algorithms themselves ------------------------------------------------------------------------- */

TEST(sm4_meets_gbt_32907) {
    u8 key[16], block[16];
    gcry_cipher_hd_t h;
    crypt_load_seeded(1);
    seal(a, "t", "c", 1, S("")); /* starts the library */
    unhex("0123456789abcdeffedcba9876543210", key);
    memcpy(block, key, sizeof block);
    CHECK_I64(gcry_cipher_open(&h, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_ECB, 0), 0);
    CHECK_I64(gcry_cipher_setkey(h, key, 16), 0);
    CHECK_I64(gcry_cipher_encrypt(h, block, 16, NULL, 0), 0);
    CHECK_STR(str_hex(a, block, 16), S("681edf34d206965e86b3e94f536e4246"));
    for (int i = 1; i < 1000000; i++) gcry_cipher_encrypt(h, block, 16, NULL, 0);
    CHECK_STR(str_hex(a, block, 16), S("595298c7c6fd271f0402f804c33d3f66"));
    gcry_cipher_close(h);
    crypt_unload();
}

/* RFC 8998, A.1. */
TEST(sm4_gcm_meets_rfc_8998) {
    u8 key[16], iv[12], aad[20], text[64], tag[16];
    gcry_cipher_hd_t h;
    unhex("0123456789ABCDEFFEDCBA9876543210", key);
    unhex("00001234567800000000ABCD", iv);
    unhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2", aad);
    unhex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
          "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA", text);
    CHECK_I64(gcry_cipher_open(&h, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0), 0);
    CHECK(gcry_cipher_setkey(h, key, 16) == 0 && gcry_cipher_setiv(h, iv, 12) == 0 &&
          gcry_cipher_authenticate(h, aad, 20) == 0 && gcry_cipher_encrypt(h, text, 64, NULL, 0) == 0 &&
          gcry_cipher_gettag(h, tag, 16) == 0);
    CHECK_STR(str_hex(a, text, 64), S("17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
                                      "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"));
    CHECK_STR(str_hex(a, tag, 16), S("83de3541e4c2b58177e065a9bf7b62ec"));
    gcry_cipher_close(h);
}

TEST(sm3_agrees_with_openssl) {
    u8 text[600], want[32];
    for (int i = 0; i < 2000; i++) {
        size_t n = test_random() % sizeof text;
        for (size_t k = 0; k < n; k++) text[k] = (u8)test_random();
        EVP_Digest(text, n, want, NULL, EVP_sm3(), NULL);
        hash h = sm3_of(text, n);
        CHECK(memcmp(h.b, want, 32) == 0);
        unsigned hn = 32;
        HMAC(EVP_sm3(), text, (int)(n / 3), text, n, want, &hn);
        h = sm3_hmac(text, n / 3, text, n);
        CHECK(memcmp(h.b, want, 32) == 0);
    }
}

TEST(hkdf_agrees_with_rfc_5869_over_our_sm3) {
    u8 root[ROOT_LEN], out[SM3_LEN];
    for (int i = 0; i < ROOT_LEN; i++) root[i] = (u8)test_random();
    hkdf_sm3(root, "pepper", out, sizeof out);
    hash prk = sm3_hmac((const u8 *)"wuye", 4, root, sizeof root);
    hash okm = sm3_hmac(prk.b, SM3_LEN, "pepper\x01", 7);
    CHECK(memcmp(okm.b, out, sizeof out) == 0);
}

TEST(hkdf_agrees_with_openssl) {
    u8 root[ROOT_LEN], ours[SM3_LEN], theirs[SM3_LEN];
    char digest[] = "SM3", salt[] = "wuye", info[] = "session";
    for (int i = 0; i < ROOT_LEN; i++) root[i] = (u8)test_random();
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *c = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM p[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, root, sizeof root),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, sizeof salt - 1),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof info - 1),
        OSSL_PARAM_construct_end(),
    };
    CHECK(EVP_KDF_derive(c, theirs, SM4_KEY_LEN, p) == 1);
    hkdf_sm3(root, info, ours, SM4_KEY_LEN);
    CHECK(memcmp(ours, theirs, SM4_KEY_LEN) == 0);
    CHECK(EVP_KDF_derive(c, theirs, SM3_LEN, p) == 1);
    hkdf_sm3(root, info, ours, SM3_LEN);
    CHECK(memcmp(ours, theirs, SM3_LEN) == 0);
    EVP_KDF_CTX_free(c);
    EVP_KDF_free(kdf);
}

/* ---- the keys file ------------------------------------------------------------------------------------- */

TEST(key_file_is_made_once_and_private) {
    const char *path = fresh_path(a);
    CHECK_I64(crypt_load(path), E_MISSING);
    CHECK_I64(crypt_key_make(path), OK);
    struct stat st;
    CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0400);
    str first = file_text(a, path);
    CHECK_I64(crypt_key_make(path), E_CONFLICT);
    CHECK_STR(file_text(a, path), first);
    CHECK_I64(crypt_load(path), OK);
    CHECK_I64(crypt_key_id(), 1);
    hash h = blind(BLIND_PHONE, S("13800001234"));
    crypt_unload();
    CHECK_I64(crypt_load(path), OK);
    CHECK(hash_eq(h, blind(BLIND_PHONE, S("13800001234"))));
    crypt_unload();
    remove_path(a, path);
}

/* In a process of its own, as an ordinary user: root may always lock. */
TEST(key_without_locked_memory_is_refused) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = { 0, 0 };
        char path[64];
        if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) _exit(9);
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(8);
        if (mlock(path, sizeof path) == 0) _exit(0); /* the sanitizer only pretends to lock */
        snprintf(path, sizeof path, "/tmp/wuye-unlocked-%d", (int)getpid());
        if (crypt_key_make(path) != OK) _exit(7);
        err e = crypt_load(path);
        unlink(path);
        _exit(e == E_FULL ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_I64(status, 0);
}

TEST(key_file_others_can_read_is_refused) {
    const char *path = fresh_path(a);
    CHECK_I64(crypt_key_make(path), OK);
    CHECK_I64(chmod(path, 0440), 0);
    CHECK_I64(crypt_load(path), E_DENIED);
    CHECK_I64(chmod(path, 0404), 0);
    CHECK_I64(crypt_load(path), E_DENIED);
    str link = str_fmt(a, "%s.link", path);
    CHECK_I64(chmod(path, 0400), 0);
    CHECK_I64(symlink(path, link.p), 0);
    CHECK_I64(crypt_load(link.p), E_DENIED);
    unlink(link.p);
    remove_path(a, path);
}

TEST(key_file_damaged_is_refused) {
    const char *path = fresh_path(a);
    CHECK_I64(crypt_key_make(path), OK);
    str good = file_text(a, path);
    CHECK_I64(good.n, 9 + 2 + 64 + 1);
    for (size_t cut = 0; cut < good.n; cut++) {
        file_write(path, str_sub(good, 0, cut), 0400);
        CHECK_I64(crypt_load(path), E_INPUT);
    }
    const char *bad[] = { "wuye-key 0 ", "wuye-key 65536 ", "wuye-key x ", "other-key 1 ", "wuye-key 1  " };
    for (size_t i = 0; i < COUNT(bad); i++) {
        file_write(path, str_cat(a, str_of(bad[i]), str_from(good, 11)), 0400);
        CHECK_I64(crypt_load(path), E_INPUT);
    }
    file_write(path, str_cat(a, good, good), 0400); /* the same id twice */
    CHECK_I64(crypt_load(path), E_INPUT);
    remove_path(a, path);
}

TEST(key_added_seals_and_the_old_one_reveals) {
    const char *path = fresh_path(a);
    str plain;
    CHECK_I64(crypt_key_make(path), OK);
    CHECK_I64(crypt_load(path), OK);
    str old = seal(a, "person", "phone", 7, S("13800001234"));
    hash index = blind(BLIND_PHONE, S("13800001234")), token = token_hash(S("x")), pep = pepper("x", 1);
    crypt_unload();
    CHECK_I64(crypt_key_add(path), OK);
    CHECK_I64(crypt_load(path), OK);
    CHECK_I64(crypt_key_id(), 2);
    CHECK_I64(sealed_key_id(old), 1);
    CHECK_I64(reveal(a, "person", "phone", 7, old, &plain), OK);
    CHECK_STR(plain, S("13800001234"));
    str new = seal(a, "person", "phone", 7, S("13800001234"));
    CHECK_I64(sealed_key_id(new), 2);
    CHECK_I64(reveal(a, "person", "phone", 7, new, &plain), OK);
    CHECK(hash_eq(index, blind(BLIND_PHONE, S("13800001234"))));
    CHECK(hash_eq(token, token_hash(S("x"))) && hash_eq(pep, pepper("x", 1)));
    crypt_unload();
    struct stat st;
    CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0400);
    remove_path(a, path);
    crypt_load_seeded(1); /* other roots: the id is known but the key is not */
    CHECK_I64(reveal(a, "person", "phone", 7, old, &plain), E_BROKEN);
    CHECK_I64(reveal(a, "person", "phone", 7, new, &plain), E_MISSING);
    crypt_unload();
}

/* ---- sealed fields ------------------------------------------------------------------------------------- */

TEST(sealed_field_opens_only_in_its_place) {
    crypt_load_seeded(1);
    str plain = S_INIT("untouched"), s = seal(a, "person", "idcard", 42, S("11010519491231002X"));
    CHECK_I64(s.n, 18 + SEAL_OVERHEAD);
    CHECK(!str_has(s, S("110105")));
    CHECK_I64(reveal(a, "person", "idcard", 43, s, &plain), E_BROKEN);
    CHECK_I64(reveal(a, "person", "phone", 42, s, &plain), E_BROKEN);
    CHECK_I64(reveal(a, "people", "idcard", 42, s, &plain), E_BROKEN);
    CHECK_I64(reveal(a, "personi", "dcard", 42, s, &plain), E_BROKEN);
    CHECK_STR(plain, S("untouched"));
    CHECK_I64(reveal(a, "person", "idcard", 42, s, &plain), OK);
    CHECK_STR(plain, S("11010519491231002X"));
    CHECK(!str_eq(s, seal(a, "person", "idcard", 42, S("11010519491231002X"))));
    crypt_unload();
}

TEST(a_file_sealed_twice_is_one_record) {
    crypt_load_seeded(1);
    str plain, s = seal_file(a, "file", "upload", 0, S("楼号,房号"));
    CHECK(str_eq(s, seal_file(a, "file", "upload", 0, S("楼号,房号"))));
    CHECK(!str_eq(s, seal_file(a, "file", "upload", 0, S("楼号,房间"))));
    CHECK_I64(reveal(a, "file", "upload", 0, s, &plain), OK);
    CHECK_STR(plain, S("楼号,房号"));
    crypt_unload();
}

TEST(sealed_field_changed_in_any_bit_is_broken) {
    crypt_load_seeded(1);
    str plain, s = seal(a, "person", "phone", 1, S("13800001234"));
    char *p = str_c(a, s);
    i64 opened = 0;
    for (size_t bit = 0; bit < s.n * 8; bit++) {
        p[bit / 8] = (char)(p[bit / 8] ^ 1 << bit % 8);
        opened += reveal(a, "person", "phone", 1, (str){ p, s.n }, &plain) == OK;
        p[bit / 8] = (char)(p[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t n = 0; n < s.n; n++) opened += reveal(a, "person", "phone", 1, (str){ p, n }, &plain) == OK;
    CHECK_I64(opened, 0);
    CHECK_I64(reveal(a, "person", "phone", 1, (str){ p, s.n }, &plain), OK);
    crypt_unload();
}

TEST(sealed_field_of_any_length_comes_back) {
    crypt_load_seeded(2);
    char text[300];
    for (size_t n = 0; n < sizeof text; n++) {
        for (size_t i = 0; i < n; i++) text[i] = (char)test_random();
        str plain, s = seal(a, "t", "c", (i64)n, (str){ text, n });
        CHECK_I64(reveal(a, "t", "c", (i64)n, s, &plain), OK);
        CHECK_STR(plain, ((str){ text, n }));
    }
    crypt_unload();
}

static void *seal_much(void *arg) {
    struct arena *a = arena_new(64 << 20);
    i64 *wrong = arg;
    for (i64 i = 0; i < 5000; i++) {
        str text = str_fmt(a, "1380000%lld", (long long)i), plain;
        str sealed = seal(a, "t", "c", i, text);
        if (reveal(a, "t", "c", i, sealed, &plain) != OK || !str_eq(plain, text)) ++*wrong;
    }
    arena_free(a);
    return NULL;
}

TEST(sealing_from_many_threads) {
    crypt_load_seeded(3);
    pthread_t t[4];
    i64 wrong[4] = { 0 };
    for (int i = 0; i < 4; i++) CHECK_I64(pthread_create(&t[i], NULL, seal_much, &wrong[i]), 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    CHECK_I64(wrong[0] + wrong[1] + wrong[2] + wrong[3], 0);
    crypt_unload();
}

/* ---- indexes, tokens ----------------------------------------------------------------------------------- */

TEST(blind_indexes_differ_by_purpose_area_and_key) {
    crypt_load_seeded(1);
    hash phone = blind(BLIND_PHONE, S("13800001234"));
    CHECK(hash_eq(phone, blind(BLIND_PHONE, S("13800001234"))));
    CHECK(!hash_eq(phone, blind(BLIND_LOGIN, S("13800001234"))));
    CHECK(!hash_eq(phone, blind(BLIND_PHONE, S("13800001235"))));
    hash tail = blind_within(BLIND_PHONE, 1, S("1234"));
    CHECK(hash_eq(tail, blind_within(BLIND_PHONE, 1, S("1234"))));
    CHECK(!hash_eq(tail, blind_within(BLIND_PHONE, 2, S("1234"))));
    CHECK(!hash_eq(tail, blind(BLIND_PHONE, S("1234"))));
    crypt_load_seeded(2);
    CHECK(!hash_eq(phone, blind(BLIND_PHONE, S("13800001234"))));
    crypt_unload();
}

TEST(tokens_and_csrf) {
    crypt_load_seeded(1);
    str t = token_text(a), u = token_text(a);
    CHECK_I64(t.n, TOKEN_TEXT);
    CHECK_I64(ticket_text(a).n, TICKET_TEXT);
    CHECK(!str_eq(t, u));
    hash session = token_hash(t);
    CHECK(!hash_eq(session, token_hash(u)));
    str form = csrf_text(a, session);
    CHECK_I64(form.n, TOKEN_TEXT);
    CHECK(csrf_ok(session, form));
    CHECK(!csrf_ok(token_hash(u), form));
    CHECK(!csrf_ok(session, str_sub(form, 0, form.n - 1)));
    CHECK(!csrf_ok(session, S("")));
    for (size_t i = 0; i < form.n; i++) {
        char *p = str_c(a, form);
        p[i] ^= 1;
        CHECK(!csrf_ok(session, (str){ p, form.n }));
    }
    crypt_unload();
}

TEST(random_numbers_are_even) {
    i64 seen[10] = { 0 };
    for (int i = 0; i < 100000; i++) seen[random_below(10)]++;
    for (int i = 0; i < 10; i++) CHECK(seen[i] > 9500 && seen[i] < 10500); /* five standard deviations */
    CHECK_I64(random_below(1), 0);
}

/* The alphabet and the tail of base64url, against the library. */
TEST(base64url_is_the_usual_one) {
    crypt_load_seeded(1);
    hash session = token_hash(S("s"));
    str mine = csrf_text(a, session);
    const struct keys *k = keys_now();
    hash raw = sm3_key_mac(&k->fixed.csrf, session.b, SM3_LEN);
    u8 want[64];
    EVP_EncodeBlock(want, raw.b, SM3_LEN);
    for (u8 *p = want; *p != 0; p++) *p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? 0 : *p;
    CHECK_STR(mine, str_of((const char *)want));
    crypt_unload();
}
