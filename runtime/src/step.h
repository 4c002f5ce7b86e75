/* Step: one migration of a run, and the statements of it. */
#ifndef BL_STEP_H
#define BL_STEP_H

#include "call.h"
#include "record.h"
#include "stored.h"

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
	uint32_t first_step;   /* the step that began it */
	uint32_t statements;   /* of the steps before the one in hand */
	struct bl_downs downs; /* of a plan that goes down; the caller's */
	int32_t undo;	       /* BL_HISTORY_UNDO or BL_HISTORY_TAKE_BACK */
	bool unguarded;	       /* rows may be destroyed */
	bool told;	       /* what is pending */
	bool validated;	       /* the schema that the run begins with */
	int64_t *versions;     /* of the migrations applied or undone, `applied` */
};

/* One migration in hand. */
struct bl_step {
	uint32_t number; /* from 0: place among the plan's steps */
	const struct bl_plan_item *item;
	const struct bobolink_set
		*set;	/* where its statements are: the session's, or a stored one */
	uint32_t index; /* in it */
	const struct bobolink_section *section;
	uint64_t begun_ms;
};

void bl_step_init(const struct bl_run *run, uint32_t number, struct bl_step *step);

/* The last step of the plan: it reaches the target. */
bool bl_step_is_last(const struct bl_run *run, const struct bl_step *step);

const char *bl_step_name(const struct bl_run *run, const struct bl_step *step);
int64_t bl_step_duration_ms(const struct bl_step *step);
/* Statement `number` of it, and its text. */
const struct bobolink_statement *bl_step_at(const struct bl_step *step, uint32_t number);
const char *bl_step_text(const struct bl_step *step, uint32_t offset);
/* A change of its row, `event`, as far as it is the same for all of them. */
struct bl_record bl_step_change(const struct bl_run *run, const struct bl_step *step, int event);
/* The status that the plan saw. */
int bl_step_status(const struct bl_step *step);

/* Whether it may run, as far as other sets are concerned. Asked under the lock, before anything is written. */
int bl_step_permit(const struct bl_run *run, const struct bl_step *step,
		   struct bobolink_error *error);
/* A transaction begins with this step. */
void bl_step_first(struct bl_run *run, const struct bl_step *step);
/*
 * Runs statement `number`, or has the backend take note of it. After this step's statements the next
 * one's are counted on with bl_step_next.
 */
int bl_step_statement(struct bl_run *run, const struct bl_step *step, uint32_t number,
		      struct bobolink_error *error);
void bl_step_next(struct bl_run *run, const struct bl_step *step);
/* The function of a step that names one. It counts as its only statement. */
const struct bobolink_call *bl_step_function(const struct bl_step *step);
/* What that is given, by this step. */
void bl_step_hand(const struct bl_run *run, const struct bl_step *step, struct bobolink_step *hand);
/* Runs it in the transaction at hand. */
int bl_step_call(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error);
/* What was run: "statements: 3". */
const char *bl_step_what(const struct bl_step *step, char *text, size_t size);
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
/* What a step that was committed is: applied, undone, or skipped. */
int bl_step_done_event(const struct bl_run *run, const struct bl_step *step);
/* Ends a migration in its last transaction: it is logged, and a set that it completes is marked. */
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

/* run.c: every step of the plan, each committed by itself. */
int bl_run_steps(struct bl_run *run, struct bobolink_error *error);
/* All statements of a step and its row, in the transaction at hand. */
int bl_run_migration(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error);
/* The first step that cannot run in a transaction; the number of steps when all can. */
uint32_t bl_run_first_piece(const struct bl_run *run);
/* What one transaction for all steps needs: foreign keys are off for all when one wants that. */
struct bobolink_section bl_run_needs(const struct bl_run *run);
/* Runs every step in the transaction at hand; `step` is the one it stopped at. */
int bl_run_all(struct bl_run *run, struct bl_step *step, struct bobolink_error *error);
/* Lets the scripts of the set run; see bl_session_scripts. A way down has none. */
int bl_run_scripts(struct bl_run *run, int point, struct bobolink_error *error);
/* One backup for a run, before its first step, where the options ask for it. */
int bl_run_back_up(struct bl_run *run, struct bobolink_error *error);
/* Room to remember every step of the plan. */
int bl_run_reserve(struct bl_run *run, struct bobolink_error *error);
/* A step was committed. */
void bl_run_tell_done(struct bl_run *run, const struct bl_step *step);
/* The step was refused in its transaction and left nothing behind: its row, or the log, says so. */
void bl_run_record_refusal(struct bl_run *run, const struct bl_step *step,
			   const struct bobolink_error *error);
/* The run ended with `rc` at `step`. */
void bl_run_tell_failed(struct bl_run *run, const struct bl_step *step, int rc,
			struct bobolink_error *error);

#endif
