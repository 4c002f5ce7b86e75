/* Losses: what a section can destroy, and how many rows of it there are. */
#ifndef BL_LOSSES_H
#define BL_LOSSES_H

#include "step.h"

/* One line of a section's losses, its fields still with their escapes. */
struct bl_losses_line {
	const char *what;
	size_t what_length;
	const char *query;
	size_t query_length;
	const char *table; /* to be locked before they are counted; "" for none */
	size_t table_length;
};

/* Takes the next line off `*text`; false at the end. */
bool bl_losses_next(const char **text, struct bl_losses_line *line);
/* A field without its escapes, appended. */
void bl_losses_field(const char *field, size_t length, struct bl_text *text);

/* Instead of a number of rows, within a transaction: there is no such table. */
#define BL_LOSSES_GONE (-2)

/*
 * Asks how many rows hold data, `within` the transaction at hand, else so that nothing can be changed by it; -1 when
 * that cannot be told now, which is BOBOLINK_OK. Anything else than that the query is refused ends the run: no
 * connection, a wish to stop, or that the history is not as it was read.
 */
int bl_losses_count(struct bobolink_session *session, const struct bl_losses_line *line,
		    bool within, int64_t *rows, struct bobolink_error *error);

/* "table orders (3 rows)" */
void bl_losses_describe(const struct bobolink_session *session, const struct bl_losses_line *line,
			int64_t rows, char *text, size_t size);

/*
 * In the transaction of a step, before its statements: BOBOLINK_DATA_LOSS when nobody has accepted that it
 * destroys rows and it would, or may.
 */
int bl_losses_guard(const struct bl_run *run, const struct bl_step *step,
		    struct bobolink_error *error);
/* The same before the run, for the rows that are there now; what cannot be counted yet is left to the guard. */
int bl_losses_foresee(const struct bl_run *run, const struct bl_step *step,
		      struct bobolink_error *error);
/* Before the transaction of a step that may destroy rows by force: logs which. */
int bl_losses_tell(const struct bl_run *run, const struct bl_step *step,
		   struct bobolink_error *error);

#endif
