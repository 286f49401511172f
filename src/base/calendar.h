/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calendar.h - seconds of a date, without the host's time zones
 *
 * timegm() of the C library reads files, which the child cannot.
 */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdint.h>

/* A date and time of day in UTC, as file systems without a clock keep them. */
struct calendar {
	unsigned int year;  /* 1 to 9999 */
	unsigned int month; /* 1 to 12 */
	unsigned int day;   /* 1 to 31; 31 April is 1 May */
	unsigned int hour;
	unsigned int minute;
	unsigned int second;
};

/* Seconds since 1970; 0 if year, month or day are none. */
int64_t calendar_seconds(const struct calendar *date);

#endif
