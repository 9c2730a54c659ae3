/* option.h  Settings by name into a component's own struct, checked against its option rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_OPTION_H
#define PG_OPTION_H

#include "core/ctx.h"

/**
 * Fill `fields` with defaults, then with settings.
 * @param what  for messages: "estimator ridge"
 * @return NOT_FOUND (unknown name, with a suggestion), BAD_ARGUMENT (not a number, out of range, no such choice)
 */
pgdp_status pg_options_read(pgdp_ctx *ctx, const char *what, const pgdp_option *options, const pgdp_setting *settings,
                            void *fields);

#endif
