/* read_fed_ddp.c  Data Download Program of the Federal Reserve Board. Source: formats.md 5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
