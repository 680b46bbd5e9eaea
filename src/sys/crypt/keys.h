/* keys.h - inside sys/crypt: the keys in locked memory. */
#ifndef WUYE_KEYS_H
#define WUYE_KEYS_H

#include "sys/crypt/crypt.h"

#define ROOT_LEN 32
#define SM4_KEY_LEN 16
#define ROOTS_MAX 64

/* What is derived from the first root. */
struct fixed_keys {
    struct sm3_key blind[BLIND_PURPOSES], csrf, session, pepper;
};

struct keys {
    size_t n;                        /* roots; the last one seals */
    unsigned id[ROOTS_MAX];
    u8 seal[ROOTS_MAX][SM4_KEY_LEN];
    struct fixed_keys fixed;
};

/* The keys of the process; aborts when none are loaded. */
const struct keys *keys_now(void);
/* One HKDF-SM3 output of at most 32 bytes. */
void hkdf_sm3(const u8 root[ROOT_LEN], const char *info, u8 *out, size_t n);
/* Forgets the ready ciphers when the keys go. */
void seal_forget(void);

#endif
