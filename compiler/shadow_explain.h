/* Explain: the database's words about a statement, at their place, with what to do about it. */
#ifndef SHADOW_EXPLAIN_H
#define SHADOW_EXPLAIN_H

#include "shadow_run.h"

/*
 * Reports that the database refused a statement. `offset` is a byte in the statement or -1; `before` is put in front of
 * the message; `count` migrations have been applied, and run->inventory is what the statement found.
 */
void shadow_explain(struct shadow_run *run, enum severity severity, const char *rule,
		    const struct section *section, const struct statement *statement,
		    int32_t offset, const char *before, const char *message, uint32_t count);

/*
 * What engines make help of. Each adds it to the diagnostic reported last, where there is something to say.
 *
 * The nearest object of a kind to a name that nothing has, else who removed it.
 */
void shadow_help_object(struct shadow_run *run, const char *name, uint32_t count,
			bool (*is_kind)(const struct bobolink_object *object));
/* The nearest column of the tables that the statement names. */
void shadow_help_column(struct shadow_run *run, const struct section *section,
			const struct statement *statement, const char *name);
/* The keyword nearest to a word at which the syntax went wrong. */
void shadow_help_syntax(struct shadow_run *run, const char *word);

/* Who made what is there already, item `made`; what a repeatable finds of its own is to be dropped first. */
void shadow_help_made(struct shadow_run *run, const struct section *section, uint32_t made);

/* How many arguments the statement gives to the function. */
uint32_t shadow_count_arguments(const struct section *section, const struct statement *statement,
				const char *name);

/* The column nearest to a name among those of the tables that the statement names; NULL when none is near. */
const struct bobolink_object *shadow_near_column(struct shadow_run *run,
						 const struct section *section,
						 const struct statement *statement,
						 const char *name);

#endif
