/** @file file.h  Files: read whole, written atomically.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_FILE_H
#define PGDP_FILE_H

#include "pgdp/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Read a whole file ("-": standard input) into memory of the context's allocator; freed with pgdp_file_release().
 * @return IO (names the path and the system's reason; a directory is one), NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_file_read(pgdp_ctx *ctx, const char *path, unsigned char **bytes, size_t *n);
PGDP_API void pgdp_file_release(pgdp_ctx *ctx, unsigned char *bytes);

/** A file that appears whole or not at all: written beside its place, synced, renamed on commit. */
typedef struct pgdp_output pgdp_output;
/** @return IO, NO_MEMORY; *sink writes to it */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_output_new(pgdp_ctx *ctx, const char *path, pgdp_output **out, pgdp_sink *sink);
PGDP_API const char *pgdp_output_temporary(const pgdp_output *output); /**< path of the file being written */
/** Flush, fsync, rename, fsync the directory, free. On failure nothing is left behind. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_output_commit(pgdp_ctx *ctx, pgdp_output *output);
PGDP_API void pgdp_output_discard(pgdp_ctx *ctx, pgdp_output *output); /**< NULL is fine */
/** Bytes to a file at once, atomically. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_file_write(pgdp_ctx *ctx, const char *path, const void *bytes, size_t n);
/** Make a directory and its parents; one that is there is fine. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_directory_make(pgdp_ctx *ctx, const char *path);
/** Put the named files (NULL-ended) of a staging directory in place of those of `directory`, which is made when
 * missing. The last file seals the others: it is removed first and comes last. @return IO */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_directory_publish(pgdp_ctx *ctx, const char *staging, const char *directory,
                                                          const char *const *files);
/** Remove the files in a staging directory, and it; a directory that is not there is fine. */
PGDP_API void pgdp_directory_remove(pgdp_ctx *ctx, const char *directory);
/** Standard output (fd 1) as a sink. */
PGDP_API pgdp_sink pgdp_standard_output(void);

#ifdef __cplusplus
}
#endif
#endif
