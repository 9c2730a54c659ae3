/* read_nist.c  StRD data sets: data and certified values. Source: NIST/ITL Statistical Reference Datasets, file format.
 * SPDX-License-Identifier: GPL-3.0-or-later */
