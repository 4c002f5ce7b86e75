/*
 * Names: the stable words of events and levels, in the table bobolink_log and in the lines of sinks.
 *
 * Scripts read these; a word that was published does not change.
 */
#include <bobolink/bobolink.h>

static const char *const events[] = {
	[BOBOLINK_EVENT_BOOT] = "boot",		[BOBOLINK_EVENT_WAIT] = "wait",
	[BOBOLINK_EVENT_BEGIN] = "begin",	[BOBOLINK_EVENT_SLOW] = "slow",
	[BOBOLINK_EVENT_APPLIED] = "applied",	[BOBOLINK_EVENT_FAILED] = "failed",
	[BOBOLINK_EVENT_NOTE] = "note",		[BOBOLINK_EVENT_PLAN] = "plan",
	[BOBOLINK_EVENT_RETRY] = "retry",	[BOBOLINK_EVENT_ROLLED_BACK] = "rolled_back",
	[BOBOLINK_EVENT_REPAIRED] = "repaired", [BOBOLINK_EVENT_FORCED] = "forced",
	[BOBOLINK_EVENT_BACKUP] = "backup",	[BOBOLINK_EVENT_BASELINE] = "baseline",
	[BOBOLINK_EVENT_DRIFT] = "drift",	[BOBOLINK_EVENT_SKIPPED] = "skipped",
	[BOBOLINK_EVENT_CODE] = "code",
};

static const char *const levels[] = {
	[BOBOLINK_DEBUG] = "debug",
	[BOBOLINK_INFO] = "info",
	[BOBOLINK_WARNING] = "warning",
	[BOBOLINK_ERROR] = "error",
};

const char *bobolink_event_name(int kind)
{
	if (kind <= 0 || (size_t)kind >= sizeof(events) / sizeof(events[0]))
		return "?";
	return events[kind];
}

const char *bobolink_level_name(int level)
{
	if (level < 0 || (size_t)level >= sizeof(levels) / sizeof(levels[0]))
		return "?";
	return levels[level];
}
