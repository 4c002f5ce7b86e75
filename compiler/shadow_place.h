/* Places: where in a migration a message of the database belongs, and who made or removed an object. */
#ifndef SHADOW_PLACE_H
#define SHADOW_PLACE_H

#include "shadow_run.h"

/* The first token of a statement that says `name`, quoted or not; NULL when none does. */
const struct token *shadow_find_name(const struct section *section,
				     const struct statement *statement, const char *name);

/* The token after REFERENCES that says `name`; NULL when none does. */
const struct token *shadow_find_parent(const struct section *section,
				       const struct statement *statement, const char *name);

/*
 * Where a message belongs: the token at `offset` in the statement; without one (-1) the token that has the name in the
 * message, else the first token.
 */
struct shadow_place shadow_place_of(struct shadow_run *run, const struct section *section,
				    const struct statement *statement, int32_t offset,
				    const char *message);

/* The statement of a section at a byte of its source, or NULL. */
const struct statement *shadow_statement_at(const struct section *section, uint32_t offset);
/* The byte at a line and column of a source, both from 1. */
uint32_t shadow_offset_of(const struct source *source, uint32_t line, uint32_t column);

/* The statement of the migration's up that creates or, failing that, names the object; NULL when none does. */
const struct statement *shadow_maker(const struct migration *migration, const char *name);

/* What makes the schema, in order: the migrations, then the repeatables. */
const struct migration *shadow_item(const struct set *set, uint32_t index);
uint32_t shadow_item_count(const struct set *set);

/*
 * The last item among the first `count` that added or changed the object, or removed it; -1 when none did. The case
 * of names does not matter. `parent` NULL: of any table; a kind 0: anything that is no column.
 */
int64_t shadow_last_made(const struct set *set, uint32_t count, int32_t kind, const char *parent,
			 const char *name);
int64_t shadow_last_removed(const struct set *set, uint32_t count, int32_t kind, const char *parent,
			    const char *name);

#endif
