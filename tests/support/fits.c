/* fits.c  What tests ask of a fit: fits.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/fits.h"

#include "tests/support/support.h"

#include <string.h>

pgdp_diagnostic pgt_fit_line(const pgdp_fit *fit, const char *name)
{
    pgdp_diagnostic line;
    for (size_t i = 0; (line = pgdp_fit_diagnostic(fit, i)).name != NULL; i++)
        if (strcmp(line.name, name) == 0) return line;
    fail_msg("there is no line \"%s\"", name);
    return line;
}

double pgt_fit_factor(const pgdp_fit *fit, const char *name)
{
    pgdp_factor factor;
    for (size_t i = 0; (factor = pgdp_fit_factor(fit, i)).name != NULL; i++)
        if (strcmp(factor.name, name) == 0) return factor.value;
    fail_msg("there is no factor \"%s\"", name);
    return 0;
}

pgdp_status pgt_fit_once(pgdp_ctx *ctx, void *request)
{
    const pgt_fit_request *q = request;
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(ctx, q->method, q->vcov, q->design, NULL, &fit);
    pgdp_fit_free(fit);
    return status;
}
