/*
 * Scripts from inside: the fixes and repeatables of one set, what the history says of them, and what a run has done so far.
 *
 * clock.c and state.c decide; row.c reads and write.c writes the rows; attempt.c is the transaction that each script has;
 * guard.c asks; fix.c and repeatable.c run one; run.c is what a run of migrations calls; list.c and decide.c are for people.
 */
#ifndef BL_SCRIPTS_H
#define BL_SCRIPTS_H

#include "../operate/script.h"
#include "../session.h"
#include "state.h"

struct bl_scripts {
	struct bobolink_session *session;
	const struct bobolink_scripts *set;
	struct bobolink_set items;	/* the scripts in the form of a set, for what reads sets */
	uint32_t count;			/* fixes, then repeatables */
	struct bl_pool pool;		/* the texts of the rows */
	struct bl_script_row *rows;	/* one for each script */
	struct bl_script_state *states; /* likewise */
	bool *tried;			/* likewise: in this run */
	struct bl_head head;		/* that the rows were read at, and that was written since */
	bool open_only;			/* the rows of what is archived were not read */
	bool told;			/* that nothing can be written */
	/* Of scripts that the program does not carry; only where a list is made. */
	struct bl_script_unknown *unknown;
	uint32_t unknown_count;
	uint32_t unknown_capacity;
	bool lists;
};

struct bl_script_unknown {
	bool fix;
	const char *item;
	struct bl_script_row row;
};

/* run.c: made for a session; NULL when there is no memory. */
struct bl_scripts *bl_scripts_new(struct bobolink_session *session);
void bl_scripts_free(struct bl_scripts *scripts);
/* What is to be done now, as far as `view` tells of the chain. */
void bl_scripts_judge(struct bl_scripts *scripts, const struct bl_view *view, bool end);

/* row.c: reads the rows at `head`; where it matches, only those that may be open, unless a list is made. */
int bl_scripts_read(struct bl_scripts *scripts, const struct bl_head *head,
		    struct bobolink_error *error);
/* The row of one script as it is now, in the transaction at hand. Its texts live as long as the others. */
int bl_scripts_reread(struct bl_scripts *scripts, uint32_t index, struct bl_script_row *row,
		      struct bobolink_error *error);

/* write.c: what becomes of a script. */
struct bl_script_change {
	uint32_t index;
	int32_t status;
	int64_t attempts;
	int64_t duration_ms;  /* -1: not known */
	int64_t rows_changed; /* likewise */
	const char *message;  /* NULL: none */
	const char *error_message;
};

/*
 * Writes it in the transaction at hand. A live row of another text of the file that was carried out is ended, and one that was
 * not is written over.
 */
int bl_scripts_write(struct bl_scripts *scripts, const struct bl_script_row *seen,
		     const struct bl_script_change *change, struct bobolink_error *error);
/* Ends the live row. */
int bl_scripts_end(struct bl_scripts *scripts, uint32_t index, const struct bl_script_row *seen,
		   const char *message, struct bobolink_error *error);

/* attempt.c: one transaction of one script. */
struct bl_attempt {
	struct bl_scripts *scripts;
	uint32_t index;
	const struct bobolink_section *section; /* that is in hand */
	uint64_t begun_ms;
	int64_t rows_changed;	/* -1: a function has not told */
	struct bl_text message; /* the first value of the last statement */
	bool refused;		/* the last failure is the script's own fault */
	bool acts;		/* a fix has something to do, as the last look told */
	bool undoes;		/* it is a fix that is undone */
};

void bl_attempt_init(struct bl_attempt *attempt, struct bl_scripts *scripts, uint32_t index);
void bl_attempt_release(struct bl_attempt *attempt);
int64_t bl_attempt_duration_ms(const struct bl_attempt *attempt);
/* Opens the transaction and takes the head; BOBOLINK_STALE when somebody else has. */
int bl_attempt_begin(struct bl_attempt *attempt, struct bobolink_error *error);
/* Runs the statements of `section`, or the function that it names. */
int bl_attempt_run(struct bl_attempt *attempt, const struct bobolink_section *section,
		   struct bobolink_error *error);
/* BOBOLINK_DATA_LOSS when the section would destroy rows and nobody has accepted that. */
int bl_attempt_protect(struct bl_attempt *attempt, const struct bobolink_section *section,
		       struct bobolink_error *error);
/* Writes what is kept for the log; a set that was complete stays so. */
int bl_attempt_finish(struct bl_attempt *attempt, int event, const char *detail,
		      struct bobolink_error *error);
/* Writes the row, and finishes. */
int bl_attempt_write(struct bl_attempt *attempt, const struct bl_script_change *change, int event,
		     const char *detail, struct bobolink_error *error);
/* Commits where `rc` is BOBOLINK_OK, else rolls back; returns what came of it. */
int bl_attempt_end(struct bl_attempt *attempt, int rc, struct bobolink_error *error);
/* Keeps an event for the table bobolink_log. */
void bl_attempt_log(const struct bl_attempt *attempt, int kind, const char *detail);
/* Names the file and place of an error of statement `number` of the section in hand; 0: of the file as a whole. */
void bl_attempt_blame(struct bl_attempt *attempt, uint32_t number, struct bobolink_error *error);
/*
 * In a transaction of its own: the script was refused for `reason`. Nothing is written where somebody else has done it
 * meanwhile. Returns BOBOLINK_STALE when the rows have to be read again.
 */
int bl_attempt_refused(struct bl_attempt *attempt, const struct bobolink_error *reason);
/* Tells the callback alone. */
void bl_scripts_tell(const struct bl_scripts *scripts, uint32_t index, int kind, int level,
		     int64_t duration_ms, const char *detail);
/* One backup for a run, before the first script that acts, where the options ask for it. */
int bl_scripts_back_up(struct bl_scripts *scripts, const struct bobolink_section *section,
		       struct bobolink_error *error);

/* guard.c: whether a fix has something to do; `within` the transaction at hand, else without a lock. */
int bl_guard_ask(struct bl_attempt *attempt, bool within, bool *wanted,
		 struct bobolink_error *error);

/*
 * fix.c: looks, and runs it. `refused`: the result is its own fault, and recorded where session->scripts_wrote says so.
 */
int bl_fix_run(struct bl_scripts *scripts, uint32_t index, bool *refused,
	       struct bobolink_error *error);

/* repeatable.c */
bool bl_repeatable_is_pending(const struct bl_scripts *scripts, uint32_t index);
int bl_repeatable_run(struct bl_scripts *scripts, uint32_t index, struct bobolink_error *error);

#endif
