/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * length.h - how many elements an array has
 */
#ifndef BASE_LENGTH_H
#define BASE_LENGTH_H

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
