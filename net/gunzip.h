/* gunzip.h  A packed body at once. libcurl would unpack too, but takes a packed body that ends early for a whole one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GUNZIP_H
#define PG_GUNZIP_H

#include "core/arena.h"

typedef enum pg_gunzipped { PG_GUNZIP_WHOLE, PG_GUNZIP_DAMAGED, PG_GUNZIP_TOO_LARGE, PG_GUNZIP_NO_MEMORY } pg_gunzipped;
/** Unpack gzip of n bytes, checksums compared, to at most `most` bytes in the arena, with a NUL after them. */
pg_gunzipped pg_gunzip(pg_arena *arena, const unsigned char *packed, size_t n, size_t most, unsigned char **out,
                       size_t *n_out);

#endif
