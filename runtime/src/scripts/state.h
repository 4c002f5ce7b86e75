/*
 * State: what each script is, and whether it may run. A pure function of the set, the rows of the history, what is applied of
 * the chain, the time.
 */
#ifndef BL_SCRIPTS_STATE_H
#define BL_SCRIPTS_STATE_H

#include "../plan.h"
#include "clock.h"

/* The latest row of a script: the live one if there is one. Absent texts are "", absent numbers -1. */
struct bl_script_row {
	int64_t id;
	int32_t status; /* enum bl_status; BL_STATUS_NONE: there is no row */
	int64_t attempts;
	int64_t duration_ms;
	int64_t rows_changed;
	const char *name;
	const char *checksum;
	const char *executed_at;
	const char *error_message;
	const char *message;
	const char *applied_by;
};

/* What stands in the way of a script now; the first reason counts. */
enum bl_script_wait {
	BL_SCRIPT_NOTHING,
	BL_SCRIPT_MIGRATION, /* the one that it requires */
	BL_SCRIPT_OTHER,     /* a script before it */
	BL_SCRIPT_CHAIN,     /* the last migration */
	BL_SCRIPT_DAY,	     /* not-before */
	BL_SCRIPT_HOUR	     /* its window */
};

struct bl_script_state {
	int32_t state;	/* enum bobolink_state */
	bool archived;	/* nothing is left to do, now or later */
	int32_t wait;	/* enum bl_script_wait */
	uint32_t other; /* with BL_SCRIPT_OTHER: its place */
	int64_t due; /* when it may run, as far as time is concerned; BL_CLOCK_NEVER: not any more */
	bool known;  /* `due` was found out */
};

/* What the states depend on beside the rows. */
struct bl_script_moment {
	int64_t now;
	const struct bl_plan *plan; /* what is applied of the chain */
	bool chain_done;	    /* nothing of it is left to do */
	bool end;		    /* the run is where `when:after` begins */
	bool open_only; /* only rows of open fixes were read: without one a script is archived */
};

/* Fills one state for each script. */
void bl_script_states(const struct bobolink_scripts *scripts, const struct bl_script_row *rows,
		      const struct bl_script_moment *moment, struct bl_script_state *states);

/* Whether the row is of the script as this program has it. */
bool bl_script_is_same(const struct bobolink_scripts *scripts, uint32_t index,
		       const struct bl_script_row *row);
/* It waits for its time, or to be tried again: the history says so. */
bool bl_script_is_open(const struct bl_script_row *row);

/* When the first of the fixes that are left may run. */
int64_t bl_script_next_due(const struct bobolink_scripts *scripts,
			   const struct bl_script_state *states);

#endif
