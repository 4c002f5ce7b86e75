/*
 * Clock: when a script may run. All of it is UTC, so that no day has a missing or a double hour.
 */
#include "clock.h"

#include <stdio.h>
#include <time.h>

#define MINUTE 60
#define DAY    86400

int64_t bl_clock_now(void)
{
	return (int64_t)time(NULL);
}

/* The second of the day, also of times before 1970. */
static int64_t second_of_day(int64_t time)
{
	return ((time % DAY) + DAY) % DAY;
}

static bool is_whole_day(uint32_t from, uint32_t to)
{
	return from == to || (from == 0 && to * MINUTE >= DAY);
}

bool bl_clock_in_window(int64_t time, uint32_t from, uint32_t to)
{
	int64_t second = second_of_day(time);
	int64_t begin = (int64_t)from * MINUTE;
	int64_t end = (int64_t)to * MINUTE;

	if (is_whole_day(from, to))
		return true;
	if (begin < end)
		return second >= begin && second < end;
	return second >= begin || second < end;
}

int64_t bl_clock_window(int64_t time, uint32_t from, uint32_t to)
{
	int64_t wait = (int64_t)from * MINUTE - second_of_day(time);

	if (bl_clock_in_window(time, from, to))
		return time;
	return time + (wait < 0 ? wait + DAY : wait);
}

void bl_clock_text(int64_t time, char text[BL_CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)time;
	struct tm parts;

	text[0] = '\0';
	if (time == BL_CLOCK_NEVER || !gmtime_r(&seconds, &parts) || parts.tm_year + 1900 > 9999)
		return;
	strftime(text, BL_CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
}
