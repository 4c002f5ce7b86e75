/* Losses: what a section can destroy that stood there before it. */
#ifndef LINT_LOSS_H
#define LINT_LOSS_H

#include "lint_before.h"

/* Each notes a loss of the section; the same one again changes nothing. */
void loss_table(struct lint *lint, const struct before_table *table);
void loss_column(struct lint *lint, const struct before_table *table, const char *column);
/* False when it was noted before. */
bool loss_rows(struct lint *lint, const struct before_table *table);
/* The rows of the table that statement number `index`, a DELETE, takes. */
void loss_deleted(struct lint *lint, uint32_t index, const struct before_table *table);
/* All that stands in a schema whose tables nobody knows. */
void loss_schema(struct lint *lint, const char *schema);

/* All columns of a type, where nobody knows which they are. */
void loss_type(struct lint *lint, const char *type);

/* What the section loses as in struct bobolink_section; NULL for nothing. */
const char *loss_text(const struct lint *lint);

/*
 * Notes what DROP TABLE takes: the table, or what a copy of its rows leaves out. Returns what to say about
 * it, as far as it was there before the migration, or NULL.
 */
const char *lint_drop_table(struct lint *lint, uint32_t index, const struct before_table *table);
/* Notes the columns that an UPDATE of all rows overwrites. */
void lint_note_overwritten(struct lint *lint, uint32_t index);

#endif
