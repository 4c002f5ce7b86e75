/* Step: one migration of a run, and the statements of it. */
#ifndef BL_STEP_H
#define BL_STEP_H

#include "session.h"

/* A run over the steps of one plan. */
struct bl_run {
	struct bobolink_session *session;
	struct bl_view view;
	struct bl_head read; /* the head that the plan was made from */
	uint64_t begun_ms;
	uint32_t applied; /* migrations committed so far, over all plans of the call */
	bool refused;	  /* the last failure is the migration's own fault */
	bool leaderless;  /* at this revision nobody was at work */
	int64_t leaderless_revision;
	/* The transaction at hand may run several migrations; an error counts their statements on. */
	uint32_t first_step; /* the step that began it */
	uint32_t statements; /* of the steps before the one in hand */
};

/* One migration in hand. */
struct bl_step {
	uint32_t number; /* from 0: place among the plan's steps */
	const struct bl_plan_item *item;
	const struct bobolink_section *section;
	uint64_t begun_ms;
};

void bl_step_init(const struct bl_run *run, uint32_t number, struct bl_step *step);

/* The last step of the plan: it reaches the target. */
bool bl_step_is_last(const struct bl_run *run, const struct bl_step *step);

const char *bl_step_name(const struct bl_run *run, const struct bl_step *step);
int64_t bl_step_duration_ms(const struct bl_step *step);
/* The status that the plan saw. */
int bl_step_status(const struct bl_step *step);

/* A transaction begins with this step. */
void bl_step_first(struct bl_run *run, const struct bl_step *step);
/*
 * Runs statement `number`, or has the backend take note of it. After this step's statements the next
 * one's are counted on with bl_step_next.
 */
int bl_step_statement(struct bl_run *run, const struct bl_step *step, uint32_t number,
		      struct bobolink_error *error);
void bl_step_next(struct bl_run *run, const struct bl_step *step);
/*
 * `rc`, of anything done in the transaction at hand: when a statement is to blame, `step` becomes its
 * migration, the error is placed in its file and run->refused says whether it was refused for good.
 */
void bl_step_blame(struct bl_run *run, struct bl_step *step, int rc, struct bobolink_error *error);

/* The head after this step: `done` when the step ends with it. */
struct bl_head bl_step_head(const struct bl_run *run, const struct bl_step *step, bool done);
/* Writes it; BOBOLINK_STALE when somebody else was faster. */
int bl_step_record_head(struct bl_run *run, const struct bl_step *step, bool done,
			struct bobolink_error *error);
/* Ends a run in the transaction of its last step: the batch is logged, a complete set is marked. */
int bl_step_record_end(struct bl_run *run, const struct bl_step *step,
		       struct bobolink_error *error);
/*
 * Commits the transaction of bl_step_record_head when `rc` is BOBOLINK_OK, else rolls it back. Returns
 * what became of it, with the error blamed on a statement where one is to blame.
 */
int bl_step_end(struct bl_run *run, struct bl_step *step, bool done, int rc,
		struct bobolink_error *error);

void bl_step_event(const struct bl_run *run, const struct bl_step *step, int kind, int level,
		   const char *detail);

/* Runs a migration outside a transaction, piece by piece (pieces.c). */
int bl_step_pieces(struct bl_run *run, struct bl_step *step, struct bobolink_error *error);
/* Whether it has to. */
bool bl_step_needs_pieces(const struct bl_step *step);

#endif
