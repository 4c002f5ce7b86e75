/*
 * Fixes and repeatables: what became of them, and decisions by hand.
 *
 * bobolink_boot() and bobolink_apply() run them where their settings say; see docs/scripts.md. A fix looks before it acts,
 * and one that fails blocks neither the others nor the migrations. A repeatable runs again whenever its text has changed.
 * bobolink_check() and bobolink_wait() answer BOBOLINK_PENDING for a repeatable that would run, and never because of a fix.
 *
 * Included by <bobolink/bobolink.h>.
 */
#ifndef BOBOLINK_SCRIPTS_H
#define BOBOLINK_SCRIPTS_H

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One fix or repeatable. Strings belong to the list; absent ones are "". */
struct bobolink_script_item {
	int64_t number;	      /* of a fix; -1 of a repeatable */
	int64_t required;     /* version of the migration it requires; -1 for none */
	int64_t rows_changed; /* -1 when not known */
	int64_t duration_ms;  /* -1 when not known */
	int32_t state; /* enum bobolink_state: PENDING, APPLIED, SKIPPED, FAILED, UNDONE, CHANGED (of a repeatable: runs again), MISSING */
	uint32_t flags;		   /* BOBOLINK_SCRIPT_… */
	uint32_t attempts;	   /* made so far */
	uint32_t attempts_allowed; /* 0: any number */
	const char *name;
	const char *label; /* "F0007", or the name of a repeatable */
	const char *file;
	const char *title; /* what the file says about itself */
	const char
		*message;  /* that the last run recorded, or that the text of the fix has changed */
	const char *error; /* of the last attempt that failed */
	const char *executed_at; /* UTC, "2026-01-02T03:04:05.678Z" */
	const char *next_at; /* when it may run next, likewise; "" for never, or at the next run */
	const char *
		waits; /* what it waits for: "migration 5", "F0003", "the window 02:00-04:00", "--migrate-retry=F0007: …"; "" for nothing */
	const char *applied_by;
};

struct bobolink_script_list {
	const struct bobolink_script_item
		*items; /* fixes by number, then repeatables in order; then unknown ones */
	uint32_t count;
	uint32_t pending; /* that the next run looks at, failed ones too */
	uint32_t failed;
	uint32_t reserved;
};

/*
 * Reads the state of every script; writes nothing. Release with bobolink_script_list_free(). A set without scripts has an
 * empty list.
 */
int bobolink_script_list(struct bobolink_session *session, struct bobolink_script_list **list,
			 struct bobolink_error *error);
void bobolink_script_list_free(struct bobolink_script_list *list);

/*
 * Runs fix `number` now, whatever became of it, its time and its attempts; it still looks before it acts, and what it requires
 * must be there (BOBOLINK_PENDING). BOBOLINK_USAGE when there is no such fix.
 */
int bobolink_retry_fix(struct bobolink_session *session, int64_t number,
		       struct bobolink_error *error);

/*
 * Runs the undo section of fix `number`, which must be applied (BOBOLINK_USAGE); BOBOLINK_IRREVERSIBLE when it has none. It is
 * not run again until bobolink_retry_fix(), or another text of its file.
 */
int bobolink_undo_fix(struct bobolink_session *session, int64_t number,
		      struct bobolink_error *error);

/* What a run calls for a set with scripts; generated code names this function. */
int bobolink_scripts_run(struct bobolink_session *session, int point, struct bobolink_error *error);

#ifdef __cplusplus
}
#endif

#endif
