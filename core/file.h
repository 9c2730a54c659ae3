/* file.h  Files read in parts or through a mapping, for those too large to be read whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FILE_H
#define PG_FILE_H

#include "core/ctx.h"

/** A regular file open for reading at any place, by several threads at once. */
typedef struct pg_file pg_file;
/** @return IO (what is no regular file too), NO_MEMORY */
pgdp_status pg_file_open(pgdp_ctx *ctx, const char *path, pg_file **out);
void pg_file_close(pg_file *file); /**< NULL is fine */
uint64_t pg_file_size(const pg_file *file);
/** Exactly n bytes from `offset`. @return IO, also when the file ends before */
pgdp_status pg_file_read_at(pgdp_ctx *ctx, const pg_file *file, uint64_t offset, void *bytes, size_t n);

/** The bytes of a file without reading them at once. The file must not be cut short while it is looked at. */
typedef struct pg_mapping {
    const unsigned char *data; /**< NULL: not mapped */
    size_t n;
    void *base; /* the same, for the system */
} pg_mapping;
/** Map a regular file of at least `least` bytes; others (pipes, small files) leave *out empty. @return IO */
pgdp_status pg_file_map(pgdp_ctx *ctx, const char *path, size_t least, pg_mapping *out);
void pg_mapping_close(pg_mapping *mapping); /**< an empty one is fine */
/** Bytes that are done with: their pages no longer count as this program's memory. Any part of memory may be named;
 * only pages of the mapping that lie wholly in it are let go. */
void pg_mapping_forget(const pg_mapping *mapping, const unsigned char *from, size_t n);

/** path: doing failed: the system's reason. */
pgdp_status pg_fail_io(pgdp_ctx *ctx, const char *path, const char *doing, int error);
/** A descriptor, or -1 with errno. */
int pg_open_to_read(const char *path);
/** Whether something has this name. */
bool pg_file_is_there(const char *path);

#endif
