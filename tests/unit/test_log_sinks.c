/*
 * Log sinks for stderr and syslog, several at once, and the words of events.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include <bobolink/log.h>

#include "captured.h"

/* --- stderr ---------------------------------------------------------------------------------- */

/* The line of one event without its time, in a buffer that the next call reuses. */
static const char *line_on_stderr(const struct bobolink_event *event)
{
	struct captured captured;
	const char *line;

	capture_begin(&captured);
	bobolink_log_to_stderr(NULL, event);
	line = captured_next(&captured);
	capture_end(&captured);
	assert_true(strlen(line) > 25);
	assert_int_equal(line[10], 'T');
	assert_memory_equal(line + 23, "Z ", 2);
	return line + 25;
}

static void an_event_is_one_line_on_stderr(void **state)
{
	struct bobolink_event event = made_up(BOBOLINK_EVENT_APPLIED, "orders", "statements: 3");

	(void)state;
	assert_string_equal(line_on_stderr(&event),
			    "info shop 7 orders applied (12 ms): statements: 3\n");
	event.level = BOBOLINK_WARNING;
	event.kind = BOBOLINK_EVENT_BOOT;
	event.version = -1;
	event.duration_ms = -1;
	event.name = "";
	event.detail = "";
	assert_string_equal(line_on_stderr(&event), "warning shop boot\n");
}

static void scripts_and_functions_have_a_line_as_well(void **state)
{
	struct bobolink_event event =
		made_up(BOBOLINK_EVENT_SKIPPED, "F0007_clean_orphans", "nothing to do");

	(void)state;
	event.version = -1;
	event.duration_ms = -1;
	assert_string_equal(line_on_stderr(&event),
			    "info shop F0007_clean_orphans skipped: nothing to do\n");
	event = made_up(BOBOLINK_EVENT_CODE, "backfill_names", "half of it");
	event.duration_ms = -1;
	assert_string_equal(line_on_stderr(&event),
			    "info shop 7 backfill_names code: half of it\n");
}

static void a_terminal_obeys_nothing_and_a_line_stays_one(void **state)
{
	const struct bobolink_event event =
		made_up(BOBOLINK_EVENT_FAILED, "é", "red \x1b[31m\nsecond\r\xff");

	(void)state;
	assert_string_equal(line_on_stderr(&event), "info shop 7 é failed (12 ms): "
						    "red \\x1b[31m\\x0asecond\\x0d\\xff\n");
}

static void a_long_line_is_cut_at_a_character(void **state)
{
	static char detail[10001];
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", detail);
	const char *line;
	size_t length;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(detail); i += 2)
		memcpy(detail + i, "é", 2);
	line = line_on_stderr(&event);
	length = strlen(line);
	assert_in_range(length + 25, 4090, 4096);
	assert_string_equal(line + length - 6, "é…\n");
}

/* --- syslog, and several sinks at once ------------------------------------------------------- */

static int priority;
static char message[8192];

/* In the place of the C library's. */
void syslog(int given, const char *format, ...)
{
	va_list arguments;

	priority = given;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
}

static void levels_become_priorities_of_syslog(void **state)
{
	static const int priorities[] = { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR };
	struct bobolink_event event = made_up(BOBOLINK_EVENT_SLOW, "orders", "100 %s\n");

	(void)state;
	for (int level = BOBOLINK_DEBUG; level <= BOBOLINK_ERROR; level++) {
		event.level = level;
		priority = -1;
		bobolink_log_to_syslog(NULL, &event);
		assert_int_equal(priority, priorities[level]);
	}
	assert_string_equal(message, "shop 7 orders slow (12 ms): 100 %s\\x0a");
}

static char order[64];

static void note_order(void *context, const struct bobolink_event *event)
{
	size_t length = strlen(order);

	snprintf(order + length, sizeof(order) - length, "%c%d ", *(const char *)context,
		 (int)event->level);
}

static void each_sink_gets_events_from_its_level_on(void **state)
{
	static char letters[] = "abc";
	static struct bobolink_log_sink sinks[] = {
		{ note_order, letters, BOBOLINK_DEBUG },
		{ note_order, letters + 1, BOBOLINK_WARNING },
		{ note_order, letters + 2, BOBOLINK_ERROR },
		{ NULL, NULL, 0 },
	};
	struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", "");

	(void)state;
	order[0] = '\0';
	for (event.level = BOBOLINK_DEBUG; event.level <= BOBOLINK_ERROR; event.level++)
		bobolink_log_to_all(sinks, &event);
	assert_string_equal(order, "a0 a1 a2 b2 a3 b3 c3 ");
}

static void every_kind_and_level_has_a_word(void **state)
{
	static const char *const kinds[] = {
		"?",	    "boot",  "wait",	"begin",       "slow",	   "applied", "failed",
		"note",	    "plan",  "retry",	"rolled_back", "repaired", "forced",  "backup",
		"baseline", "drift", "skipped", "code",	       "?"
	};

	(void)state;
	for (int i = 0; i < (int)(sizeof(kinds) / sizeof(kinds[0])); i++)
		assert_string_equal(bobolink_event_name(i), kinds[i]);
	assert_string_equal(bobolink_event_name(-1), "?");
	assert_string_equal(bobolink_level_name(-1), "?");
	assert_string_equal(bobolink_level_name(BOBOLINK_DEBUG), "debug");
	assert_string_equal(bobolink_level_name(BOBOLINK_ERROR), "error");
	assert_string_equal(bobolink_level_name(BOBOLINK_ERROR + 1), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_one_line_on_stderr),
		cmocka_unit_test(scripts_and_functions_have_a_line_as_well),
		cmocka_unit_test(a_terminal_obeys_nothing_and_a_line_stays_one),
		cmocka_unit_test(a_long_line_is_cut_at_a_character),
		cmocka_unit_test(levels_become_priorities_of_syslog),
		cmocka_unit_test(each_sink_gets_events_from_its_level_on),
		cmocka_unit_test(every_kind_and_level_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
