/* disk.h - inside sys/file: plain reading and writing of descriptors. */
#ifndef WUYE_DISK_H
#define WUYE_DISK_H

#include "sys/file/file.h"

/* Writes all of it; false when the disk refuses. */
bool write_all(int fd, const void *p, size_t n) MUST;
/* Reads until n bytes are there or the file ends; false on an error. */
bool read_up_to(int fd, void *p, size_t n, size_t *ret_n) MUST;
err sync_dir(int dir) MUST;

#endif
