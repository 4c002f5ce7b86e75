/*
 * Plan: decides everything and touches nothing.
 *
 * A pure function of the set, the history and the request. Status, check, verify, dry run and apply
 * are the same walk that stops at different places behind it.
 */
#ifndef BL_PLAN_H
#define BL_PLAN_H

#include "history.h"
#include "set.h"

enum bl_plan_mode {
	BL_PLAN_BOOT,	   /* a rolled-back migration waits for a decision */
	BL_PLAN_APPLY,	   /* somebody asked: rolled-back migrations are applied again */
	BL_PLAN_RETRY,	   /* and so are refused ones, or the one of `version` */
	BL_PLAN_ROLLBACK,  /* down: the last `batches` batches */
	BL_PLAN_TO,	   /* up or down to `target` */
	BL_PLAN_TAKE_BACK, /* down: what this run applied, `versions` */
};

struct bl_plan_request {
	int32_t mode;	 /* enum bl_plan_mode */
	int64_t target;	 /* a version, BOBOLINK_HEAD, or BOBOLINK_NONE */
	int64_t version; /* of BL_PLAN_RETRY; BOBOLINK_HEAD: all */
	bool mended;	 /* a fix has acted in this run: refused migrations are tried again */
	uint32_t batches;
	uint32_t version_count;
	const int64_t *versions;
	const char *environment; /* which data seeds are run; NULL: none was named */
};

/* One migration of the set or of the history. */
struct bl_plan_item {
	int64_t version;
	int32_t state; /* enum bobolink_state */
	int32_t code; /* enum bobolink_result: why it stands in the way; BOBOLINK_OK when it does not */
	uint32_t index; /* in the set, or BL_SET_NONE */
	bool elsewhere; /* a data seed for other environments that is not applied: its step is recorded and not run */
	const struct bl_history_row *row; /* NULL when the history does not know it */
};

struct bl_plan {
	const struct bobolink_allocator *allocator;
	const struct bobolink_set *set;
	struct bl_plan_item *items; /* ascending by version */
	uint32_t count;
	uint32_t *steps; /* indices of items, in the order of execution */
	uint32_t step_count;
	int32_t verdict;	   /* BOBOLINK_OK: the steps may be run */
	uint32_t culprit;	   /* the item behind the verdict; `count` for none */
	const char *other_name;	   /* with BOBOLINK_OTHER_NAME */
	int64_t highest;	   /* newest version that counts as applied; -1 for none */
	int64_t target;		   /* the version that the run ends with */
	bool completes;		   /* after the steps nothing of the set is left to do */
	bool down;		   /* the steps are undone */
	int32_t mode;		   /* of the request */
	uint32_t database_version; /* as struct bobolink_section has it */
};

/*
 * Fills `plan`; returns BOBOLINK_OK or BOBOLINK_NO_MEMORY, everything else is in the verdict. The
 * plan borrows from the set and the history. Release in either case.
 */
int bl_plan_make(const struct bobolink_set *set, const struct bl_history *history,
		 const struct bl_plan_request *request, const struct bobolink_allocator *allocator,
		 struct bl_plan *plan);
void bl_plan_release(struct bl_plan *plan);

/* Makes the verdict BOBOLINK_TOO_OLD when a step needs a newer database than this one. */
void bl_plan_require(struct bl_plan *plan, uint32_t database_version);

/* A migration that ran and does not match any more, but only in ways that do no harm. */
bool bl_plan_is_note(const struct bl_plan_item *item);

/* Whether a migration of the set is done, whatever the checksum says. */
bool bl_plan_is_done(const struct bl_plan_item *item);

/* The name of an item, from the set or else the history. */
const char *bl_plan_item_name(const struct bl_plan *plan, const struct bl_plan_item *item);

/* What a step that this program carries runs; nothing for one that is only recorded. */
const struct bobolink_section *bl_plan_section(const struct bl_plan *plan,
					       const struct bl_plan_item *item);

/* Whether its down comes from the history: this program carries none, or another one. */
bool bl_plan_is_stored(const struct bl_plan *plan, const struct bl_plan_item *item);

/* The database contains what the migration does, or a part of it. */
bool bl_plan_is_in_database(const struct bl_history_row *row);

/* plan_down.c: collects steps and verdict of a request that goes down. */
void bl_plan_decide_down(struct bl_plan *plan, const struct bl_plan_request *request);
/* The verdict becomes `code`, for item `i`, if that matters more than what it is. */
void bl_plan_judge(struct bl_plan *plan, int code, uint32_t i);

/* Of two results the one that matters more to somebody who looks at the whole. */
int bl_plan_worse(int a, int b);

#endif
