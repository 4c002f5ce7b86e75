/* What the rules share: the place in the chain, and how a finding is reported. */
#ifndef LINT_CONTEXT_H
#define LINT_CONTEXT_H

#include "lint_catalog.h"
#include "lint_chain.h"
#include "lint_rules.h"
#include "lint_statement.h"
#include "support/diagnostic.h"

struct loss;
struct lint_function;

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

	struct catalog after;	      /* after the up of the current migration */
	const struct catalog *before; /* before the current section: one of the two */
	bool deltas_known;	      /* both tell everything */

	struct chain chain; /* before the current statement, or in a down after its up */

	const struct script
		*script; /* whose sections are looked at, not those of the chain; or NULL */
	const struct migration *migration; /* of the chain, or what the script has of one */
	const struct section *section;	   /* up or down of the migration */
	struct lint_statement *statements;
	uint32_t count;
	const struct lint_statement *up; /* in a down: the statements of its up; else NULL */
	uint32_t up_count;
	bool is_quiet;	     /* rules are asked for what they note, and report nothing */
	bool loss_reported;  /* a rule has spoken of a loss in this section, allowed or not */
	struct loss *losses; /* of the section, see lint_loss.h */
	size_t loss_count;
	size_t loss_capacity;
	struct lint_function *functions; /* that the chain brings itself, see lint_features.c */
	bool *used;			 /* which allowances of the section silenced something */
};

/* Reports at a word of a statement, unless an allowance covers it. `help` may be NULL. */
void lint_report(struct lint *lint, enum lint_rule_id rule, const struct lint_statement *statement,
		 uint32_t word, const char *help, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
/* Reports about the section as a whole. */
void lint_report_section(struct lint *lint, enum lint_rule_id rule, const char *help,
			 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Reports a finding of the replay; `statement` is its own, or NULL. */
void lint_report_rows(struct lint *lint, const struct row_finding *finding,
		      const struct lint_statement *statement);

/*
 * The name that a table had before the section ran, or NULL when the section itself made it:
 * follows renames back from statement number `index`.
 */
const char *lint_origin(const struct lint *lint, uint32_t index, const char *table);

/*
 * True when the table existed before the migration, as far as its statements tell: neither the section
 * before statement number `index` nor, for a down, the up made it.
 */
bool lint_is_existing(const struct lint *lint, uint32_t index, const char *table);
/* The same of a column; PostgreSQL. */
bool lint_is_existing_column(const struct lint *lint, uint32_t index, const char *table,
			     const char *column);

/* How to accept a loss of data. */
#define LINT_ALLOW_HELP                                                                      \
	"when that is meant, write `-- bobolink:allow data-loss REASON` on the line above, " \
	"or allow:data-loss on the `-- migrate:` line"

/* True when a statement before `index` copies rows of the table into another one. */
bool lint_is_copied(const struct lint *lint, uint32_t index, const char *table);
/* True when a statement before `index` writes the column's values elsewhere. */
bool lint_is_moved(const struct lint *lint, uint32_t index, const char *table, const char *column);
/*
 * The word of the next column after `word` (0: of the first) that an UPDATE of all rows gives a value that does not
 * depend on its old one; 0 for none.
 */
uint32_t lint_overwritten(const struct lint *lint, uint32_t index, uint32_t word);
/* The word of the first of them that becomes NULL and was written nowhere else before; 0 for none. */
uint32_t lint_nulled(const struct lint *lint, uint32_t index);
/* That column, if it is the first that the statement sets; else NULL. */
const char *lint_first_overwritten(const struct lint *lint, uint32_t index);
/* True for a table whose rows are copies of others: full-text search. */
bool lint_is_search_index(const struct bobolink_object *table);
/* PostgreSQL: the table locks of statement number `index`, as in struct bobolink_statement; NULL for none. */
const char *lint_taken(struct lint *lint, uint32_t index);
/* Notes the oldest library or server that knows the statements of the section. */
void lint_features(struct lint *lint, struct section *section);
/* Notes tables and columns that are gone after the section, and that no statement names. */
void lint_removed(struct lint *lint);
void lint_report_nulled(struct lint *lint, const struct lint_statement *statement, uint32_t word);
void lint_report_overwritten(struct lint *lint, const struct lint_statement *statement,
			     const char *column);

/* Rules that read one statement's text. */
void lint_dialect_sqlite(struct lint *lint, const struct lint_statement *statement);
void lint_dialect_postgres(struct lint *lint, const struct lint_statement *statement);
void lint_nameless(struct lint *lint, const struct lint_statement *statement);
void lint_reserved(struct lint *lint, const struct lint_statement *statement);

/* Rules that need to know what exists. `index` is the statement's number in the section. */
void lint_columns(struct lint *lint, uint32_t index);
void lint_data(struct lint *lint, uint32_t index);
void lint_existence(struct lint *lint, uint32_t index);
void lint_rebuild(struct lint *lint, uint32_t index);
/* PostgreSQL's own: one statement of a section, and the section as a whole. */
void lint_locks(struct lint *lint, uint32_t index);
void lint_added_columns(struct lint *lint, uint32_t index);
void lint_changed_columns(struct lint *lint, uint32_t index);
void lint_names(struct lint *lint, uint32_t index);
void lint_losses(struct lint *lint, uint32_t index);
void lint_session(struct lint *lint, uint32_t index);
void lint_zone(struct lint *lint, uint32_t index);
void lint_transaction(struct lint *lint);
/* Scripts: a statement that runs, and one of should-run, which may only ask. */
void lint_script(struct lint *lint, uint32_t index);
void lint_guard(struct lint *lint, uint32_t index);
/* What the section did to tables with rows. After all other rules. */
void lint_replay(struct lint *lint);
/* Rules about what a migration left in the schema. */
void lint_foreign_keys(struct lint *lint);

/*
 * True when statement number `index` drops a table that the section makes again under its old
 * name.
 */
bool lint_is_rebuild(const struct lint *lint, uint32_t index);

#endif
