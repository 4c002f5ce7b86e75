/* Event: what happened, in words for people or as JSON. */
#ifndef BL_EVENT_H
#define BL_EVENT_H

#include <time.h>

#include <bobolink/bobolink.h>

#include "line.h"

/* What pipes and terminals of Linux take at once, and the NUL behind it. */
#define BL_EVENT_TEXT_SIZE 4097
/* Holds any event: texts are cut before they are escaped. */
#define BL_EVENT_JSON_SIZE 32768

/* "shop 7 create_orders applied (12 ms): statements: 3", without what the event does not have. */
void bl_event_text(struct bl_line *line, const struct bobolink_event *event);
/* The same as an object of docs/json.md. */
void bl_event_json(struct bl_line *line, const struct bobolink_event *event,
		   const struct timespec *at);

/* "2026-01-02T03:04:05.678Z" */
void bl_event_time(struct bl_line *line, const struct timespec *at);
/* "2026-01-02" */
void bl_event_day(struct bl_line *line, const struct timespec *at);

#endif
