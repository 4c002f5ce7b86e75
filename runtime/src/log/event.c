/*
 * Event: one event becomes one line. Two forms, for people and for programs; neither can fail.
 */
#include "event.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "text.h"

/* Longer texts are cut in JSON. A byte becomes six at most: \u001b. */
#define LONGEST_NAME   512
#define LONGEST_DETAIL 4096
#define MEMBERS	       512 /* keys, numbers, punctuation */
static_assert(6 * (2 * LONGEST_NAME + LONGEST_DETAIL) + MEMBERS < BL_EVENT_JSON_SIZE,
	      "an event may be longer than its line");

void bl_event_day(struct bl_line *line, const struct timespec *at)
{
	struct tm utc = { 0 };

	gmtime_r(&at->tv_sec, &utc);
	bl_line_print(line, "%04d-%02d-%02d", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

void bl_event_time(struct bl_line *line, const struct timespec *at)
{
	struct tm utc = { 0 };

	gmtime_r(&at->tv_sec, &utc);
	bl_event_day(line, at);
	bl_line_print(line, "T%02d:%02d:%02d.%03ldZ", utc.tm_hour, utc.tm_min, utc.tm_sec,
		      at->tv_nsec / 1000000);
}

void bl_event_text(struct bl_line *line, const struct bobolink_event *event)
{
	bl_line_show(line, event->set_name);
	if (event->version >= 0)
		bl_line_print(line, " %" PRId64, event->version);
	if (*event->name) {
		bl_line_print(line, " ");
		bl_line_show(line, event->name);
	}
	bl_line_print(line, " %s", bobolink_event_name(event->kind));
	if (event->duration_ms >= 0)
		bl_line_print(line, " (%" PRId64 " ms)", event->duration_ms);
	if (*event->detail) {
		bl_line_print(line, ": ");
		bl_line_show(line, event->detail);
	}
}

/* Length of `text`, or of what stands of it before byte `limit` without cutting a character. */
static size_t cut_length(const char *text, size_t limit)
{
	size_t length = strlen(text);
	size_t end = limit;

	if (length <= limit)
		return length;
	while (end > limit - 4 && ((unsigned char)text[end] & 0xC0) == 0x80)
		end--;
	return end;
}

static void put_text(struct bl_json *json, const char *key, const char *text, size_t limit)
{
	if (*text)
		bl_json_bytes(json, key, text, cut_length(text, limit));
	else
		bl_json_null(json, key);
}

static void put_members(struct bl_json *json, const struct bobolink_event *event)
{
	bl_json_text(json, "level", bobolink_level_name(event->level));
	put_text(json, "set", event->set_name, LONGEST_NAME);
	bl_json_text(json, "event", bobolink_event_name(event->kind));
	if (event->version >= 0)
		bl_json_version(json, "version", event->version);
	else
		bl_json_null(json, "version");
	put_text(json, "name", event->name, LONGEST_NAME);
	if (event->duration_ms >= 0)
		bl_json_number(json, "duration_ms", event->duration_ms);
	else
		bl_json_null(json, "duration_ms");
	put_text(json, "detail", event->detail, LONGEST_DETAIL);
}

void bl_event_json(struct bl_line *line, const struct bobolink_event *event,
		   const struct timespec *at)
{
	char storage[64];
	struct bl_line time;
	struct bl_json json;

	bl_line_init(&time, storage, sizeof(storage));
	bl_event_time(&time, at);
	bl_json_init(&json, bl_line_put, line);
	bl_json_object(&json, NULL);
	bl_json_bytes(&json, "at", time.bytes, time.length);
	bl_json_number(&json, "pid", getpid());
	put_members(&json, event);
	bl_json_object_end(&json);
}
