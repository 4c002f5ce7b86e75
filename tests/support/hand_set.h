/*
 * Sets made by hand, in the form of generated code: tests of the runtime need no compiler.
 *
 * Checksums are a plain hash of the statements, long enough to tell texts apart. A leading comment
 * `-- text` + newline in front of a statement counts for the checksum and not for the SQL checksum.
 */
#ifndef HAND_SET_H
#define HAND_SET_H

#include <bobolink/migrations.h>

struct hand_set;

struct hand_set *hand_set_new(const char *name);
void hand_set_free(struct hand_set *set);

/* Flags of bobolink_set. */
void hand_set_flags(struct hand_set *set, uint32_t flags);

/* Adds a migration; versions ascend. The statements end with NULL. */
void hand_set_add(struct hand_set *set, int64_t version, const char *name, uint32_t section_flags,
		  ...);

/* Marks statement `number` (from 0) of the last migration. */
void hand_set_statement_flags(struct hand_set *set, uint32_t number, uint32_t flags);
/* The query that tells whether statement `number` of the last migration was done. */
void hand_set_probe(struct hand_set *set, uint32_t number, const char *sql);
/* Timeouts of the last migration's up; 0: the session's. */
void hand_set_timeouts(struct hand_set *set, uint32_t lock_ms, uint32_t statement_ms);
/*
 * Gives the last migration a down. It counts for both checksums. Statements are marked, probed and given losses
 * with the functions below, `number` from 0.
 */
void hand_set_down(struct hand_set *set, uint32_t section_flags, ...);
void hand_set_down_statement(struct hand_set *set, uint32_t number, uint32_t flags,
			     const char *probe);
/* What the down can destroy, in the form of bobolink_section.losses. */
void hand_set_down_losses(struct hand_set *set, const char *losses);
void hand_set_down_timeouts(struct hand_set *set, uint32_t lock_ms, uint32_t statement_ms);
/* The last migration's up, or down, which has no statements, is a function of the program. */
void hand_set_call(struct hand_set *set, const char *name,
		   int (*function)(struct bobolink_step *step));
void hand_set_down_call(struct hand_set *set, uint32_t section_flags, const char *name,
			int (*function)(struct bobolink_step *step));
/* What the last migration's up can destroy. */
void hand_set_losses(struct hand_set *set, const char *losses);
/* The oldest database that knows the statements of the last migration's up, or down, and why. */
void hand_set_needs(struct hand_set *set, uint32_t version, const char *feature);
void hand_set_down_needs(struct hand_set *set, uint32_t version, const char *feature);
/* The database that the set was proved on. */
void hand_set_shadow(struct hand_set *set, uint32_t version);
/* Why the last migration has no down. */
void hand_set_irreversible(struct hand_set *set, const char *why);
/* Makes the last migration a data seed: for these environments, "development test", or for others. */
void hand_set_only(struct hand_set *set, const char *environments);
void hand_set_except(struct hand_set *set, const char *environments);
/* What the last migration requires of other sets, "primary/5 audit/2". */
void hand_set_requires(struct hand_set *set, const char *requirements);
/* What the last migration changes in the schema, and what the schema is after all of them (borrowed). */
void hand_set_delta(struct hand_set *set, const char *delta);
void hand_set_schema(struct hand_set *set, const char *schema);
/* What compares the database with them; see bobolink_set.validate. */
void hand_set_validate(struct hand_set *set,
		       int (*validate)(struct bobolink_session *session, int when,
				       struct bobolink_error *error));
/* Adds a statement to the last migration: for those that have very many, or very long ones. */
void hand_set_more(struct hand_set *set, const char *statement);
/* The last migration replaces one with this checksum. */
void hand_set_superseded(struct hand_set *set, const char *checksum);
/* Another file with the same statements: only the checksum changes. */
void hand_set_cosmetic(struct hand_set *set);

/* A text that the last migration may refer to; its up; a statement more of one of its sections. For hand_scripts.c. */
uint32_t hand_set_text(struct hand_set *set, const char *text);
struct bobolink_section *hand_set_section(struct hand_set *set);
void hand_set_statement(struct hand_set *set, struct bobolink_section *section, const char *text);

/* The set as a program would link it; valid until the next hand_set_add or hand_set_free. */
const struct bobolink_set *hand_set(struct hand_set *set,
				    const struct bobolink_backend *(*backend)(void));

/* The checksum of migration `index`. */
const char *hand_set_checksum(const struct hand_set *set, uint32_t index);

/*
 * `count` migrations that show in one table whether each ran exactly once: migration i creates table
 * t_i and inserts i into `ran`, whose column is not unique.
 */
struct hand_set *hand_set_counting(const char *name, uint32_t count);
/* The same, and each has a down that undoes it and tells that it destroys the rows of t_i. */
struct hand_set *hand_set_reversible(const char *name, uint32_t count);

#endif
