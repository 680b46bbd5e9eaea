/* crypt.h - keys, sealed fields, blind indexes, tokens and randomness.
 *
 * The keys file (mode 0400) holds one root per line; the working keys are derived from it by HKDF-SM3 and
 * live in locked memory that is not dumped. The newest root seals, every root reveals. Index, CSRF,
 * session and pepper keys come from the first root and do not change when a root is added, because what
 * they made cannot be made again.
 *
 * A sealed record is  ver(1)=2 | key_id(2) | iv(12) | SM4-GCM ciphertext | tag(16),  bound to its table,
 * column and row: moved to another place it does not open. */
#ifndef WUYE_CRYPT_H
#define WUYE_CRYPT_H

#include "base/base.h"

#define SEAL_OVERHEAD 31       /* bytes a sealed record is longer than its text */
#define TOKEN_TEXT 43          /* 32 bytes as base64url */
#define TICKET_TEXT 22         /* 16 bytes as base64url */

/* ---- the keys file ------------------------------------------------------------------------------------- */

/* Writes a keys file with one fresh root. E_CONFLICT when there is one already: a keys file is never
 * overwritten. */
err crypt_key_make(const char *path) MUST;
/* Adds a fresh root that seals from the next start on; the old file stays whole until the new one is on
 * disk. */
err crypt_key_add(const char *path) MUST;
/* Reads the file once, before threads start. E_MISSING: no file; E_DENIED: others may read it or it is not
 * ours; E_INPUT: damaged; E_FULL: memory cannot be locked. */
err crypt_load(const char *path) MUST;
/* Wipes the keys. Nothing may be sealed or revealed any more; crypt_load may follow. */
void crypt_unload(void);
/* Tests only: keys made from a number instead of a file. */
void crypt_load_seeded(u64 seed);
/* Id of the root that seals now, and the one a record was sealed with (0: not a record). */
unsigned crypt_key_id(void);
unsigned sealed_key_id(str sealed);

/* Everything below aborts when no keys are loaded. Any thread. */

/* ---- sealed fields ------------------------------------------------------------------------------------- */

/* Encrypts `plain` for the place (table, column, row); the record lives in the arena. */
str seal(struct arena *a, const char *table, const char *column, i64 row_id, str plain);
/* The same for a whole file: equal files give equal records (the iv follows from the text, by a key of its own), so
 * that one sent twice is known again. Not for fields: nobody may see which of them are equal. */
str seal_file(struct arena *a, const char *table, const char *column, i64 row_id, str plain);
/* Opens a record of that place. E_BROKEN when it was changed or belongs elsewhere; E_MISSING when its root
 * is not in the keys file. *ret is untouched then. */
err reveal(struct arena *a, const char *table, const char *column, i64 row_id, str sealed, str *ret) MUST;

/* ---- blind indexes: equal values give equal hashes, nothing else can be seen --------------------------- */

enum blind_purpose { BLIND_PHONE, BLIND_IDCARD, BLIND_ACCOUNT, BLIND_LOGIN, BLIND_CODE, BLIND_FILE, BLIND_PURPOSES };

/* The index of a value in its normal form (idcheck.h); each purpose has a key of its own. */
hash blind(enum blind_purpose purpose, str normal);
/* The same within one area, for short pieces such as the last four digits, so that they do not link across
 * areas. */
hash blind_within(enum blind_purpose purpose, i64 area_id, str normal);

/* ---- randomness, tokens, sessions ---------------------------------------------------------------------- */

/* From the kernel; aborts when there is none. */
void random_bytes(void *p, size_t n);
/* Evenly from 0 .. below - 1 (below > 0). */
u32 random_below(u32 below);
/* A secret of 32 bytes as base64url: session cookies. Only token_hash is stored. */
str token_text(struct arena *a);
/* A secret of 16 bytes as base64url: links and codes that work without login. */
str ticket_text(struct arena *a);
hash token_hash(str token);
/* The token of the forms of a session, from the hash of its secret; and the check in constant time. */
str csrf_text(struct arena *a, hash session);
bool csrf_ok(hash session, str given);
/* Compares in a time that depends on the lengths only. */
bool bytes_equal(str x, str y);
/* HMAC-SM3 with the pepper: for password.c. */
hash pepper(const void *p, size_t n);

#endif
