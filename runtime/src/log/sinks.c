/*
 * Sinks without a state: stderr, syslog, and several at once.
 */
#include <syslog.h>
#include <unistd.h>

#include <bobolink/log.h>

#include "event.h"

void bobolink_log_to_stderr(void *context, const struct bobolink_event *event)
{
	char storage[BL_EVENT_TEXT_SIZE];
	struct timespec now = { 0, 0 };
	struct bl_line line;

	(void)context;
	clock_gettime(CLOCK_REALTIME, &now);
	bl_line_init(&line, storage, sizeof(storage));
	bl_event_time(&line, &now);
	bl_line_print(&line, " %s ", bobolink_level_name(event->level));
	bl_event_text(&line, event);
	bl_line_end(&line);
	/* There is no place left where a failure could be told. */
	(void)bl_line_write(&line, STDERR_FILENO);
}

static int priority_of(int level)
{
	switch (level) {
	case BOBOLINK_DEBUG:
		return LOG_DEBUG;
	case BOBOLINK_INFO:
		return LOG_INFO;
	case BOBOLINK_WARNING:
		return LOG_WARNING;
	default:
		return LOG_ERR;
	}
}

void bobolink_log_to_syslog(void *context, const struct bobolink_event *event)
{
	char storage[BL_EVENT_TEXT_SIZE];
	struct bl_line line;

	(void)context;
	bl_line_init(&line, storage, sizeof(storage));
	bl_event_text(&line, event);
	syslog(priority_of(event->level), "%.*s", (int)line.length, line.bytes);
}

void bobolink_log_to_all(void *context, const struct bobolink_event *event)
{
	for (const struct bobolink_log_sink *sink = context; sink->log; sink++) {
		if (event->level >= sink->minimum)
			sink->log(sink->context, event);
	}
}
