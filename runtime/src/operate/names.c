/*
 * Names: the stable words and exit codes of results and states.
 *
 * Scripts read these; a word that was published does not change.
 */
#include <bobolink/bobolink.h>

struct result_name {
	int32_t result;
	int32_t exit_code;
	const char *name;
};

static const struct result_name results[] = {
	{ BOBOLINK_OK, 0, "ok" },
	{ BOBOLINK_SQL_ERROR, 1, "sql-error" },
	{ BOBOLINK_USAGE, 2, "usage" },
	{ BOBOLINK_UNREACHABLE, 3, "unreachable" },
	{ BOBOLINK_PENDING, 4, "pending" },
	{ BOBOLINK_HELD, 4, "held" },
	{ BOBOLINK_CHANGED, 5, "changed" },
	{ BOBOLINK_MISSING, 5, "missing" },
	{ BOBOLINK_OUT_OF_ORDER, 5, "out-of-order" },
	{ BOBOLINK_OTHER_NAME, 5, "other-name" },
	{ BOBOLINK_LOCKED, 6, "locked" },
	{ BOBOLINK_NEWER, 7, "newer" },
	{ BOBOLINK_IN_TRANSACTION, 2, "in-transaction" },
	{ BOBOLINK_READ_ONLY, 3, "read-only" },
	{ BOBOLINK_HALFWAY, 9, "halfway" },
	{ BOBOLINK_UNKNOWN, 10, "unknown" },
	{ BOBOLINK_INTERRUPTED, 130, "interrupted" },
	{ BOBOLINK_NO_MEMORY, 1, "no-memory" },
	{ BOBOLINK_IO_ERROR, 1, "io-error" },
	{ BOBOLINK_FULL, 1, "full" },
	{ BOBOLINK_CORRUPT, 1, "corrupt" },
	{ BOBOLINK_BUSY, 6, "busy" },
	{ BOBOLINK_NO_TABLE, 1, "no-table" },
	{ BOBOLINK_FOREIGN_KEY, 1, "foreign-key" },
	{ BOBOLINK_NOT_A_DATABASE, 3, "not-a-database" },
	{ BOBOLINK_STALE, 1, "stale" },
	{ BOBOLINK_AGAIN, 6, "again" },
	{ BOBOLINK_DATA_LOSS, 8, "data-loss" },
	{ BOBOLINK_IRREVERSIBLE, 1, "irreversible" },
	{ BOBOLINK_PLAN_CHANGED, 4, "plan-changed" },
	{ BOBOLINK_BACKUP_FAILED, 1, "backup-failed" },
	{ BOBOLINK_DRIFT, 5, "drift" },
	{ BOBOLINK_TOO_OLD, 1, "too-old" },
	{ BOBOLINK_REQUIRED, 4, "required" },
};

static const char *const states[] = {
	[BOBOLINK_STATE_PENDING] = "pending",
	[BOBOLINK_STATE_APPLIED] = "applied",
	[BOBOLINK_STATE_FAILED] = "failed",
	[BOBOLINK_STATE_RUNNING] = "running",
	[BOBOLINK_STATE_BASELINE] = "baseline",
	[BOBOLINK_STATE_ROLLED_BACK] = "rolled back",
	[BOBOLINK_STATE_CHANGED] = "changed",
	[BOBOLINK_STATE_COSMETIC] = "cosmetic",
	[BOBOLINK_STATE_AMENDED] = "amended",
	[BOBOLINK_STATE_MISSING] = "missing",
	[BOBOLINK_STATE_OUT_OF_ORDER] = "out of order",
	[BOBOLINK_STATE_SKIPPED] = "skipped",
	[BOBOLINK_STATE_ROLLING_BACK] = "rolling back",
	[BOBOLINK_STATE_UNDONE] = "undone",
};

static const struct result_name *find_result(int result)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (results[i].result == result)
			return &results[i];
	}
	return NULL;
}

int bobolink_exit_code(int result)
{
	const struct result_name *found = find_result(result);

	return found ? (int)found->exit_code : 1;
}

const char *bobolink_result_name(int result)
{
	const struct result_name *found = find_result(result);

	return found ? found->name : "?";
}

const char *bobolink_state_name(int state)
{
	if (state <= 0 || (size_t)state >= sizeof(states) / sizeof(states[0]))
		return "?";
	return states[state];
}
