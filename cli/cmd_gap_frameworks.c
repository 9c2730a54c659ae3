/* cmd_gap_frameworks.c  pgdp gap frameworks: published frameworks computed again, at other inputs too.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/frameworks.h"

#include <string.h>

static const pgdp_framework *find(const char *name)
{
    const pgdp_framework *f;
    for (size_t i = 0; (f = pgdp_framework_at(i)) != NULL; i++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *name[1], *csv = NULL;
    const pgc_flag own[] = { { "--csv", &csv, NULL }, { NULL, NULL, NULL } };
    const pgdp_sink sink = pgc_stdout();
    const pgdp_framework *framework = NULL;
    pgdp_frame *frame = NULL;
    pgc_option_flags f;
    for (int i = 0; i < argc && framework == NULL; i++)
        framework = find(argv[i]);
    pgc_option_flags_init(&f, own, framework == NULL ? NULL : framework->options);
    if (!pgc_parse(app, argc, argv, f.flags, name, 1)) return 2;
    pgc_option_settings(&f);
    pgdp_status status = pgdp_frameworks(app->ctx, name[0], f.settings, &frame);
    if (status == PGDP_OK) status = pgc_write_frame(app, frame, csv);
    if (status == PGDP_OK) status = pgdp_frameworks_write(app->ctx, frame, app->json, &sink);
    pgdp_frame_free(frame);
    return pgc_end(app, status);
}

const pgc_command pgc_gap_frameworks = {
    .name = "gap frameworks",
    .summary = "published frameworks computed again by their own arithmetic, at their inputs or yours",
    .help = "pgdp gap frameworks\n"
            "pgdp gap frameworks ces --sigma 2\n"
            "pgdp gap frameworks acemoglu --labour_saving 0.36 --json\n\n"
            "Without a name: every framework at its published inputs. With one, its inputs are flags;\n"
            "docs/model.md section 15 tells each.\n"
            "  --csv FILE   the table as a file\n"
            "  --json       schema pgdp.gap.frameworks/1\n",
    .run = run,
};
