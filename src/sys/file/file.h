/* file.h - files on disk: small helpers, and the store of what people attach (photos, scans, imported
 * sheets).
 *
 * In the store a file is named by the SM3 of its bytes, <root>/ab/cdef..., so a name never comes from a
 * person, equal files are kept once, nothing is ever overwritten, and each file proves itself. What OK was
 * returned for is on disk: bytes, name and folder are synced. Nothing is deleted. All functions may be
 * called from any thread; they wait for the disk, so not from an HTTP thread. */
#ifndef WUYE_FILE_H
#define WUYE_FILE_H

#include "base/base.h"

#define FILES_MAX ((i64)1 << 30)   /* no stored file is larger, in bytes */

/* ---- helpers ------------------------------------------------------------------------------------------- */

/* Reads a whole file of at most `max` bytes. E_MISSING, E_TOOBIG, E_IO; E_INPUT when it is not a regular
 * file. */
err file_read(struct arena *a, const char *path, size_t max, str *ret) MUST;
/* Replaces or creates a file in one step: after a crash there is the old one or the new one, whole. */
err file_write(const char *path, str data, unsigned mode) MUST;
/* Takes an exclusive lock on a file, created when needed; it goes with the process. E_CONFLICT: held by
 * another. */
err file_lock(const char *path, int *ret_fd) MUST;
void file_unlock(int fd);
/* Makes a folder (0700) if it is not there yet. */
err folder_make(const char *path) MUST;
/* Puts the names in the folder of `path` on disk, after a file in it was created or renamed. */
err folder_sync_of(const char *path) MUST;

/* ---- the store ----------------------------------------------------------------------------------------- */

struct files;

/* Opens the store and creates the folder when needed. */
err files_open(const char *root, struct files **ret) MUST;
void files_close(struct files *f);
/* Stores bytes; E_TOOBIG past FILES_MAX, E_IO when the disk refuses (nothing is left behind then). */
err files_put(struct files *f, str data, hash *ret) MUST;
/* Stores a copy of what can be read from `fd`, at most `max` bytes. */
err files_put_fd(struct files *f, int fd, i64 max, hash *ret, i64 *ret_size) MUST;
bool files_has(struct files *f, hash h);
/* Opens a stored file for reading; the caller closes. E_MISSING. The bytes are not compared with the hash. */
err files_get_fd(struct files *f, hash h, int *ret_fd, i64 *ret_size) MUST;
/* Reads a stored file and compares it with its hash: E_BROKEN when the disk changed it. */
err files_get(struct files *f, struct arena *a, hash h, size_t max, str *ret) MUST;

struct files_count { i64 files, bytes, broken, strange; };
/* Reads every stored file; counts those that no longer match their name, and names that are none of ours. */
err files_check(struct files *f, struct files_count *ret) MUST;

#endif
