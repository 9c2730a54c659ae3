/* context.h  The context that the tests of one program share, opened and closed with their group. Included once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_CONTEXT_H
#define PGT_CONTEXT_H

#include "tests/support/support.h"

static pgdp_ctx *ctx;

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

#endif
