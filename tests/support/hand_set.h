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
/* Adds a statement to the last migration: for those that have very many, or very long ones. */
void hand_set_more(struct hand_set *set, const char *statement);
/* The last migration replaces one with this checksum. */
void hand_set_superseded(struct hand_set *set, const char *checksum);
/* Another file with the same statements: only the checksum changes. */
void hand_set_cosmetic(struct hand_set *set);

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

#endif
