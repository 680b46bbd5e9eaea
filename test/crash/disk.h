/* disk.h - a disk in memory under SQLite: every write and sync is written down, so that the power can be
 * cut after any of them, and any of them can be made to fail.
 *
 * What the disk promises is what sys/db relies on, and no more: a file that was synced is there with its
 * bytes, and so is every name made or removed before the first sync of a new file. What was written since
 * may be there or not, by sectors of 512 bytes, in any order, or be garbage; a file may have grown or not.
 * A write never changes bytes outside its range (powersafe overwrite, as SQLite's unix VFS assumes). */
#ifndef WUYE_CRASH_DISK_H
#define WUYE_CRASH_DISK_H

#include "base/base.h"

struct disk;

/* Registers the VFS as SQLite's default. Once. */
void disk_start(void);
struct disk *disk_new(void);
void disk_free(struct disk *d);
/* A copy of what programs see now; it has no past. */
struct disk *disk_copy(const struct disk *d);
/* The disk that connections opened from now on work with. */
void disk_mount(struct disk *d);

/* ---- the past ---- */

/* How many operations have been written down. */
size_t disk_time(const struct disk *d);
/* Notes something of the harness at this point of time; disk_notes calls back for all notes before `at`. */
void disk_note(struct disk *d, i64 what);
void disk_notes(const struct disk *d, size_t at, void (*each)(void *arg, i64 what), void *arg);
/* Is operation number i one of the disk (not a note)? */
bool disk_is_io(const struct disk *d, size_t i);
/* The disk that is found when the power was cut after the first `at` operations. Cheapest when `at` only
 * rises. */
struct disk *disk_cut(struct disk *d, size_t at, u64 seed);

/* ---- faults ---- */

enum disk_fault { FAULT_NONE, FAULT_FULL, FAULT_WRITE, FAULT_READ, FAULT_SYNC };
/* From now on, after `skip` operations of its kind, `times` of them fail. Everything fails once the power
 * is off. */
void disk_fail(struct disk *d, enum disk_fault f, i64 skip, i64 times);
i64 disk_failed(const struct disk *d);      /* how many have failed since disk_fail */
void disk_off(struct disk *d);

#endif
