/* zip_out.h  A ZIP archive written front to back into a sink, its parts printed and packed by blocks on all threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ZIP_OUT_H
#define PG_ZIP_OUT_H

#include "core/ctx.h"
#include "core/text.h"

enum { PG_ZIP_OUT_PARTS = 16 };

/** An archive under construction; starts with `label` (for messages) and `sink`, the rest zeroed. */
typedef struct pg_zip_out {
    const char *label;
    pgdp_sink sink;
    uint64_t at; /**< bytes written */
    size_t n_parts;
    struct pg_zip_entry {
        const char *name;
        uint64_t offset, packed, size;
        uint32_t checksum;
    } parts[PG_ZIP_OUT_PARTS];
} pg_zip_out;

/** A part as blocks of text, one after another. */
typedef struct pg_zip_part {
    const char *name; /**< borrowed until the end */
    size_t n_blocks;  /**< at least 1 */
    /** Append block `block`, below 2 GiB, to out; called on any thread, in any order. */
    pgdp_status (*print)(pgdp_ctx *ctx, const void *user, size_t block, pg_text *out);
    const void *user;
    const char *what; /**< of progress; NULL: silent */
} pg_zip_part;

/** Write a part. The bytes do not depend on the number of threads; memory does not grow with the blocks.
 * @return SHAPE_MISMATCH beyond 4 GiB, what print says, IO, NO_MEMORY */
pgdp_status pg_zip_out_part(pgdp_ctx *ctx, pg_zip_out *zip, const pg_zip_part *part);
/** Write the directory of all parts. */
pgdp_status pg_zip_out_end(pgdp_ctx *ctx, pg_zip_out *zip);

#endif
