/*
 * Lint: findings about SQL that runs and is still a bad idea.
 *
 * Walks the set in order with a catalog of what exists, reads each section's statements and asks
 * every rule about them; then reports the allowances that silenced nothing. Rules that need the
 * catalog are silent from the first section on that did not run on the shadow database.
 */
#include "lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lint_loss.h"

static bool is_reporting(const struct lint *lint, enum lint_rule_id id)
{
	return (lint_rule(id)->stage == STAGE_TEXT) == lint->before_shadow;
}

static bool is_loss(enum lint_rule_id id)
{
	return id == RULE_DATA_LOSS || id == RULE_LOSES_ROWS || id == RULE_DOWN_LOSES_ROWS;
}

static bool accepts_data_loss(const struct lint *lint, enum lint_rule_id id)
{
	return is_loss(id) && lint->section->settings.allow_data_loss;
}

static uint32_t line_of(const struct lint *lint, uint32_t offset)
{
	uint32_t line;
	uint32_t column;

	diagnostic_position(lint->section->source, offset, &line, &column);
	return line;
}

/*
 * Marks every allowance that covers the finding. A finding about a section is covered anywhere in
 * it.
 */
static bool is_allowed(struct lint *lint, enum lint_rule_id id,
		       const struct lint_statement *statement)
{
	uint32_t line = statement ? line_of(lint, statement->words.statement->offset) : 0;
	bool allowed = false;

	for (uint32_t i = 0; i < lint->section->allowance_count; i++) {
		const struct allowance *allowance = &lint->section->allowances[i];

		if ((statement && allowance->line != line) ||
		    strcmp(allowance->rule, lint_rule(id)->name) != 0)
			continue;
		lint->used[i] = true;
		allowed = true;
	}
	return allowed;
}

static enum severity severity_of(const struct lint *lint, enum lint_rule_id id)
{
	return lint->migration->locked ? SEVERITY_NOTE : lint_rule(id)->severity;
}

/* A locked migration may not be edited, so no help says how. */
static void report(struct lint *lint, enum lint_rule_id id, uint32_t offset, uint32_t length,
		   const char *help, const char *format, va_list arguments)
{
	char message[1024];

	vsnprintf(message, sizeof(message), format, arguments);
	diagnostic_at(lint->diag, severity_of(lint, id), lint_rule(id)->name, lint->section->source,
		      offset, length, "%s", message);
	if (help && !lint->migration->locked)
		diagnostic_help(lint->diag, "%s", help);
}

void lint_report(struct lint *lint, enum lint_rule_id id, const struct lint_statement *statement,
		 uint32_t word, const char *help, const char *format, ...)
{
	struct token token = words_token(&statement->words, word);
	va_list arguments;

	if (lint->is_quiet)
		return;
	lint->loss_reported |= id == RULE_DATA_LOSS;
	if (accepts_data_loss(lint, id) || is_allowed(lint, id, statement) ||
	    !is_reporting(lint, id))
		return;
	va_start(arguments, format);
	report(lint, id, token.offset, token.length, help, format, arguments);
	va_end(arguments);
}

void lint_report_section(struct lint *lint, enum lint_rule_id id, const char *help,
			 const char *format, ...)
{
	va_list arguments;

	if (is_allowed(lint, id, NULL) || !is_reporting(lint, id))
		return;
	va_start(arguments, format);
	report(lint, id, lint->section->offset, 0, help, format, arguments);
	va_end(arguments);
}

void lint_report_rows(struct lint *lint, const struct row_finding *finding,
		      const struct lint_statement *statement)
{
	enum lint_rule_id id = lint_rule_id(finding->rule);
	enum severity severity = finding->sure ? severity_of(lint, id) : SEVERITY_NOTE;

	/* What is locked has met real rows, which say more than made-up ones. */
	if (accepts_data_loss(lint, id) || is_allowed(lint, id, statement) ||
	    (is_loss(id) && is_allowed(lint, RULE_DATA_LOSS, statement)) ||
	    (lint->migration->locked && !finding->sure))
		return;
	diagnostic_at(lint->diag, severity, finding->rule, lint->section->source, finding->offset,
		      finding->length, "%s", finding->message);
	if (finding->help && !lint->migration->locked)
		diagnostic_help(lint->diag, "%s", finding->help);
}

const char *lint_origin(const struct lint *lint, uint32_t index, const char *table)
{
	while (index-- > 0) {
		const struct lint_statement *statement = &lint->statements[index];
		const struct words *words = &statement->words;

		if (statement->action == ACTION_CREATE &&
		    (statement->kind == BOBOLINK_OBJECT_TABLE ||
		     statement->kind == BOBOLINK_OBJECT_VIEW ||
		     statement->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE) &&
		    words_names(words, statement->name_word, table))
			return NULL;
		if (statement->action == ACTION_RENAME_TABLE &&
		    words_names(words, statement->other_word, table))
			table = statement->name;
	}
	return table;
}

static bool is_made(const struct lint_statement *statement, const char *table)
{
	const struct words *words = &statement->words;

	if (statement->action == ACTION_CREATE)
		return words_names(words, statement->name_word, table);
	return statement->action == ACTION_RENAME_TABLE &&
	       words_names(words, statement->other_word, table);
}

bool lint_is_existing(const struct lint *lint, uint32_t index, const char *table)
{
	table = lint_origin(lint, index, table);
	for (uint32_t i = 0; table && i < lint->up_count; i++) {
		if (is_made(&lint->up[i], table))
			return false;
	}
	return table != NULL;
}

static void check_text(struct lint *lint, uint32_t index)
{
	if (lint->set->database == DATABASE_SQLITE) {
		lint_dialect_sqlite(lint, &lint->statements[index]);
	} else {
		lint_dialect_postgres(lint, &lint->statements[index]);
		lint_nameless(lint, &lint->statements[index]);
	}
	lint_reserved(lint, &lint->statements[index]);
}

static void check_postgres(struct lint *lint, uint32_t index)
{
	bool up = lint->section == &lint->migration->up;

	lint_session(lint, index);
	lint_zone(lint, index);
	lint_existence(lint, index);
	lint_losses(lint, index);
	lint_changed_columns(lint, index);
	if (!up)
		return;
	lint_locks(lint, index);
	lint_added_columns(lint, index);
	lint_names(lint, index);
}

static void check_sqlite(struct lint *lint, uint32_t index)
{
	lint_columns(lint, index);
	lint_existence(lint, index);
	lint_data(lint, index);
	if (lint->known)
		lint_rebuild(lint, index);
}

static void check_statement(struct lint *lint, uint32_t index)
{
	check_text(lint, index);
	if (lint->before_shadow)
		return;
	if (lint->set->database == DATABASE_SQLITE)
		check_sqlite(lint, index);
	else
		check_postgres(lint, index);
	if (lint->set->database == DATABASE_POSTGRES)
		lint->section->statements[index].locks = lint_taken(lint, index);
	if (lint->section == &lint->migration->up)
		chain_apply(&lint->chain, &lint->statements[index]);
}

static void report_allowance(struct lint *lint, enum lint_rule_id id,
			     const struct allowance *allowance, const char *help,
			     const char *format, ...) __attribute__((format(printf, 5, 6)));

static void report_allowance(struct lint *lint, enum lint_rule_id id,
			     const struct allowance *allowance, const char *help,
			     const char *format, ...)
{
	const char *end = strchr(lint->section->source->text + allowance->offset, '\n');
	size_t length = end ? (size_t)(end - lint->section->source->text) - allowance->offset
			    : lint->section->source->length - allowance->offset;
	va_list arguments;

	va_start(arguments, format);
	report(lint, id, allowance->offset, (uint32_t)length, help, format, arguments);
	va_end(arguments);
}

static void check_allowance(struct lint *lint, const struct allowance *allowance, bool used)
{
	const struct lint_rule *rule = lint_rule_find(allowance->rule);
	const char *nearest;

	if (!rule) {
		nearest = lint_rule_nearest(allowance->rule);
		report_allowance(lint, RULE_UNKNOWN_RULE, allowance,
				 nearest ? arena_format(lint->arena, "did you mean \"%s\"?",
							nearest)
					 : "bobolink explain lists the rules",
				 "there is no rule \"%s\"", allowance->rule);
	} else if (!lint_rule_can_be_allowed(rule)) {
		report_allowance(lint, RULE_UNUSED_ALLOW, allowance, "remove the comment",
				 "no allowance silences \"%s\"", rule->name);
	} else if (!used && (lint->known || lint->set->database != DATABASE_SQLITE)) {
		report_allowance(lint, RULE_UNUSED_ALLOW, allowance,
				 "remove the comment, or move it to the line above the statement",
				 "this silences nothing: there is no such finding here");
	}
}

/* For emit: what the rules found out on the way. */
static void note_section(struct lint *lint, struct section *section)
{
	lint_removed(lint);
	lint_features(lint, section);
	section->losses = loss_text(lint);
}

static void read_statements(struct lint *lint, struct section *section)
{
	lint->section = section;
	lint->losses = NULL;
	lint->loss_reported = false;
	lint->loss_count = lint->loss_capacity = 0;
	lint->count = section->count;
	lint->statements = arena_alloc(lint->arena, section->count, sizeof(*lint->statements));
	lint->used = arena_alloc(lint->arena, section->allowance_count, sizeof(*lint->used));
	for (uint32_t i = 0; i < section->count; i++)
		lint_statement_read(section, &section->statements[i], lint->set->database,
				    lint->arena, &lint->statements[i]);
}

static void check_section(struct lint *lint, struct section *section)
{
	read_statements(lint, section);
	for (uint32_t i = 0; i < section->count; i++)
		check_statement(lint, i);
	if (lint->before_shadow)
		return;
	if (lint->set->database != DATABASE_SQLITE)
		lint_transaction(lint);
	lint_replay(lint);
	note_section(lint, section);
}

static void check_down_missing(struct lint *lint)
{
	const struct migration *migration = lint->migration;

	if (migration->down.present || migration->up.settings.irreversible || migration->locked)
		return;
	lint_report_section(lint, RULE_DOWN_MISSING,
			    "add a `-- migrate:down` section, or irreversible:\"REASON\" to the up",
			    "this migration has no down");
}

static void check_allowances(struct lint *lint)
{
	for (uint32_t i = 0; i < lint->section->allowance_count; i++)
		check_allowance(lint, &lint->section->allowances[i], lint->used[i]);
}

static void check_migration(struct lint *lint, struct migration *migration)
{
	lint->migration = migration;
	lint->known = lint->known && !migration->up.settings.shadow_off;
	lint->deltas_known =
		lint->deltas_known && migration->delta && !migration->up.settings.shadow_off;
	catalog_apply(&lint->after, migration);
	lint->before = &lint->catalog;
	check_section(lint, &migration->up);
	if (!lint->before_shadow) {
		if (lint->final_known)
			lint_foreign_keys(lint);
		check_down_missing(lint);
		check_allowances(lint);
	}
	if (migration->down.present) {
		lint->up = lint->statements;
		lint->up_count = lint->count;
		lint->before = &lint->after;
		check_section(lint, &migration->down);
		if (!lint->before_shadow)
			check_allowances(lint);
		lint->up = NULL;
		lint->up_count = 0;
	}
	catalog_apply(&lint->catalog, migration);
}

/* What it can destroy of that which the chain and the repeatables before it make. */
static void note_script_losses(struct lint *lint, struct section *section)
{
	lint->before = &lint->catalog;
	lint->is_quiet = true;
	for (uint32_t i = 0; i < section->count; i++) {
		if (lint->set->database == DATABASE_SQLITE)
			lint_data(lint, i);
		else
			lint_losses(lint, i);
	}
	lint->is_quiet = false;
	section->losses = loss_text(lint);
}

/* A section of a script: what exists when it runs is not known. */
static void check_script_section(struct lint *lint, struct section *section)
{
	const struct script *script = lint->script;
	bool runs = section == &script->base.up || section == &script->base.down;

	read_statements(lint, section);
	for (uint32_t i = 0; i < section->count; i++) {
		check_text(lint, i);
		if (lint->before_shadow && section == &script->guard)
			lint_guard(lint, i);
		else if (!lint->before_shadow && runs)
			lint_script(lint, i);
	}
	if (lint->before_shadow)
		return;
	if (runs)
		note_script_losses(lint, section);
	if (section != &script->given)
		lint_features(lint, section);
	check_allowances(lint);
}

static void check_script(struct lint *lint, struct script *script)
{
	lint->script = script;
	lint->migration = &script->base;
	check_script_section(lint, &script->guard);
	check_script_section(lint, &script->base.up);
	check_script_section(lint, &script->base.down);
	check_script_section(lint, &script->given);
	catalog_apply(&lint->catalog, &script->base);
}

static void read_final(struct lint *lint, const struct migration *migration)
{
	lint->final_known = lint->final_known && !migration->up.settings.shadow_off;
	catalog_apply(&lint->final, migration);
}

static int run(const struct compile_options *options, bool before_shadow, struct arena *arena,
	       struct set *set, struct diagnostics *diag)
{
	struct lint lint = { .options = options,
			     .set = set,
			     .arena = arena,
			     .diag = diag,
			     .before_shadow = before_shadow,
			     .known = !before_shadow && options->shadow != SHADOW_OFF &&
				      set->database == DATABASE_SQLITE,
			     .deltas_known = !before_shadow && options->shadow != SHADOW_OFF };
	uint32_t errors = diag->errors;

	lint.chain.arena = arena;
	catalog_init(&lint.catalog, arena);
	catalog_init(&lint.after, arena);
	catalog_init(&lint.final, arena);
	lint.final_known = lint.known;
	for (uint32_t i = 0; i < set->count; i++)
		read_final(&lint, &set->migrations[i]);
	for (uint32_t i = 0; i < set->count; i++)
		check_migration(&lint, &set->migrations[i]);
	for (uint32_t i = 0; i < set->fix_count + set->repeatable_count; i++)
		check_script(&lint, &set->scripts[i]);
	return diag->errors > errors ? -1 : 0;
}

int lint_text(const struct compile_options *options, struct arena *arena, struct set *set,
	      struct diagnostics *diag)
{
	return run(options, true, arena, set, diag);
}

int lint(const struct compile_options *options, struct arena *arena, struct set *set,
	 struct diagnostics *diag)
{
	return run(options, false, arena, set, diag);
}
