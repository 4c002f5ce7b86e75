/* What the rules share: the place in the chain, and how a finding is reported. */
#ifndef LINT_CONTEXT_H
#define LINT_CONTEXT_H

#include "lint_catalog.h"
#include "lint_rules.h"
#include "lint_statement.h"
#include "support/diagnostic.h"

struct lint {
	const struct compile_options *options;
	const struct set *set;
	struct arena *arena;
	struct diagnostics *diag;
	bool before_shadow; /* which half of the rules reports: those of the text, or the others */

	struct catalog catalog; /* before the current migration */
	bool known;	      /* the catalog is complete: every section so far ran on the shadow */
	struct catalog final; /* after the last migration */
	bool final_known;

	const struct migration *migration;
	const struct section *section; /* up or down of the migration */
	struct lint_statement *statements;
	uint32_t count;
	bool *used; /* which allowances of the section silenced something */
};

/* Reports at a word of a statement, unless an allowance covers it. `help` may be NULL. */
void lint_report(struct lint *lint, enum lint_rule_id rule, const struct lint_statement *statement,
		 uint32_t word, const char *help, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
/* Reports about the section as a whole. */
void lint_report_section(struct lint *lint, enum lint_rule_id rule, const char *help,
			 const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * The name that a table had before the section ran, or NULL when the section itself made it:
 * follows renames back from statement number `index`.
 */
const char *lint_origin(const struct lint *lint, uint32_t index, const char *table);

/* Rules that read one statement's text. */
void lint_dialect_sqlite(struct lint *lint, const struct lint_statement *statement);
void lint_dialect_postgres(struct lint *lint, const struct lint_statement *statement);
void lint_reserved(struct lint *lint, const struct lint_statement *statement);

/* Rules that need to know what exists. `index` is the statement's number in the section. */
void lint_columns(struct lint *lint, uint32_t index);
void lint_data(struct lint *lint, uint32_t index);
void lint_existence(struct lint *lint, uint32_t index);
void lint_rebuild(struct lint *lint, uint32_t index);
/* Rules about what a migration left in the schema. */
void lint_foreign_keys(struct lint *lint);

/*
 * True when statement number `index` drops a table that the section makes again under its old
 * name.
 */
bool lint_is_rebuild(const struct lint *lint, uint32_t index);

#endif
