/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/calendar.h"

/* Days from 1 March of the year 0 to 1 January 1970 */
#define DAYS_TO_1970 719468

/* With the leap day at its end, a year's months are 30.6 days each, rounded. */
static int64_t days_of(const struct calendar *date)
{
	int64_t year = date->year, month = (int64_t)date->month - 3;

	if (date->month < 3) {
		month += 12;
		year--;
	}
	return year * 365 + year / 4 - year / 100 + year / 400 +
		(month * 306 + 5) / 10 + date->day - 1 - DAYS_TO_1970;
}

int64_t calendar_seconds(const struct calendar *date)
{
	if (date->year < 1 || date->year > 9999 || date->month < 1 ||
		date->month > 12 || date->day < 1 || date->day > 31)
		return 0;
	return days_of(date) * 86400 + (int64_t)date->hour * 3600 +
		(int64_t)date->minute * 60 + date->second;
}
