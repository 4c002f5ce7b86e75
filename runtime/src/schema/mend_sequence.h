/* Columns of PostgreSQL that own a sequence which the word serial would not make: another name, other options. */
#ifndef BL_SCHEMA_MEND_SEQUENCE_H
#define BL_SCHEMA_MEND_SEQUENCE_H

#include "mend.h"

/* A name in quotes; a name with its schema. */
void bl_mend_add_name(struct bl_text *text, const char *name);
void bl_mend_add_place(struct bl_text *text, const char *schema, const char *name);
/* The definition of a column as CREATE TABLE takes it: without the sequence that it owns. */
void bl_mend_add_definition(struct bl_text *text, const char *definition);

/*
 * `sql` makes a table or a column: the same with the sequences that its columns own, as one statement. Where there are
 * none that `sql` does not make by itself it is returned as it is: a text that is not `composed` of definitions says
 * serial where that will do. The result lives as long as the mend.
 */
const char *bl_mend_with_sequences(struct bl_mend *mend, const struct bobolink_object *object,
				   bool composed, const char *sql);

#endif
