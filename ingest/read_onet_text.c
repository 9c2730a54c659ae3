/* read_onet_text.c  O*NET database, text edition: TAB, no quoting, "n/a" is missing. Source: formats.md 13.2 and 13.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/load.h"
#include "ingest/readers.h"

/* First header cells of the database's files. */
static const char *const beginnings[] = {
    "O*NET-SOC Code\t",       "Element ID\t",        "Scale ID\t",       "Job Zone\t",   "Commodity Code\t",
    "Abilities Element ID\t", "Skills Element ID\t", "GWA Element ID\t", "Class Code\t",
};
static const char *const marks[] = { "n/a", "N/A", "NULL", NULL };

static int sniff(const pgdp_bytes *head)
{
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (pg_bytes_start(head, beginnings[i])) return PG_LIKELY;
    return PG_NOT_OURS;
}

void pg_onet_manner(const pgdp_bytes *head, pg_csv_dialect *dialect, pg_rules *rules)
{
    static const char *const codes[] = { "Element ID", "Scale ID", "O*NET-SOC Code", NULL };
    (void)head;
    *dialect = (pg_csv_dialect){ .delimiter = '\t', .quote = '\0' };
    *rules = (pg_rules){ .missing = marks, .missing_text = marks, .codes = codes, .text_holds_numbers = true };
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    return pg_read_in_manner(ctx, in, pg_onet_manner, out);
}

const pgdp_reader pg_read_onet_text = {
    .name = "onet_text",
    .title = "O*NET database, text files",
    .spec = "O*NET data dictionary, releases 20 to 31",
    .sniff = sniff,
    .read = read,
};
