/* read_llm_prices.c  Token price histories, one file a vendor. Source: simonw/llm-prices; formats.md 19.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
