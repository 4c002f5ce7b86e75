/* Clock: times of scripts, in seconds since 1970-01-01T00:00:00Z; leap seconds are not counted. */
#ifndef BL_SCRIPTS_CLOCK_H
#define BL_SCRIPTS_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BL_CLOCK_NEVER INT64_MAX

/* This machine's clock. */
int64_t bl_clock_now(void);

/* Whether `time` lies in the window of minutes of the day; equal ends, and 0 to 1440, are the whole day. */
bool bl_clock_in_window(int64_t time, uint32_t from, uint32_t to);
/* The first time from `time` on that does. */
int64_t bl_clock_window(int64_t time, uint32_t from, uint32_t to);

#define BL_CLOCK_TEXT_SIZE 32
/* "2026-01-02T03:04:05.000Z"; "" for a time that has no such text. */
void bl_clock_text(int64_t time, char text[BL_CLOCK_TEXT_SIZE]);

#endif
