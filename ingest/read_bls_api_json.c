/* read_bls_api_json.c  Answers of the BLS Public Data API. Source: formats.md 7.
 * SPDX-License-Identifier: GPL-3.0-or-later */
