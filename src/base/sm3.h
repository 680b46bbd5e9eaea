/* sm3.h - the SM3 hash (GB/T 32905-2016) and HMAC over it. Pure C, no allocation. */
#ifndef WUYE_SM3_H
#define WUYE_SM3_H

#include "base/base.h"

#define SM3_LEN 32
typedef struct hash { u8 b[SM3_LEN]; } hash;
struct sm3 { u32 v[8]; u64 n; u8 block[64]; };

void sm3_init(struct sm3 *c);
void sm3_put(struct sm3 *c, const void *p, size_t n);
/* Length-prefixed (8 bytes big endian): canonical encoding of a list of fields. */
void sm3_field(struct sm3 *c, str s);
void sm3_i64(struct sm3 *c, i64 v);
hash sm3_end(struct sm3 *c);
hash sm3_of(const void *p, size_t n);
/* A key of HMAC made ready: two of the four blocks of a short message are the key's. */
struct sm3_key { struct sm3 inner, outer; };
void sm3_key_init(struct sm3_key *k, const u8 *key, size_t n);
hash sm3_key_mac(const struct sm3_key *k, const void *p, size_t n);
hash sm3_hmac(const u8 *key, size_t key_n, const void *p, size_t n);
bool hash_eq(hash a, hash b);   /* constant time */

#endif
