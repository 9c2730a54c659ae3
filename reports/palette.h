/* palette.h  Colours and measures of a workbook: one accent, its shades and greys.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PALETTE_H
#define PG_PALETTE_H

/** Red, green, blue. White on the accent has contrast 12 : 1, every text on its fill more than 4.5 : 1. */
enum {
    PG_ACCENT = 0x1F3864,
    PG_WHITE = 0xFFFFFF,
    PG_PALE = 0xD9E2F3,
    PG_INPUT_FILL = 0xFFF2CC,
    PG_INPUT_TEXT = 0x1F3DCC,
    PG_GREY = 0x595959,
    PG_RULE = 0xD9D9D9,
    PG_GOOD_FILL = 0xE2EFDA,
    PG_GOOD_TEXT = 0x375623,
    PG_BAD_FILL = 0xFBE0DD,
    PG_BAD_TEXT = 0x9C0006,
    PG_PALE_LINE = 0x8EA9DB
};
/** Series of a chart in their order. */
#define PG_SHADES                                                                                                      \
    {                                                                                                                  \
        0x1F3864, 0x5B8BD0, 0x595959, 0xA9C0E6, 0xC55A11, 0x2E9CA6, 0xA6A6A6, 0x7B5EA7                                 \
    }
enum { PG_N_SHADES = 8 };

/** Rows of a page above its blocks; height of a line in points; charts in pixels and sheet rows. */
enum { PG_TITLE_ROW = 0, PG_ABOUT_ROW = 1, PG_BACK_ROW = 2, PG_FIRST_BLOCK = 3, PG_LINE_POINTS = 15 };
enum { PG_CHART_WIDTH = 680, PG_CHART_HEIGHT = 440, PG_CHART_ROWS = 23, PG_CHART_GAP = 20, PG_CHARTS_A_ROW = 2 };
/** A category axis of more than the first shows about the second. */
enum { PG_MOST_LABELS = 40, PG_FEW_LABELS = 14 };
enum { PG_CHARTS_A_PAGE = 4, PG_MAX_BREAKS = 32, PG_GALLERY_PERCENT = 66, PG_PAGE_CHARACTERS = 320 };

#endif
