/*
 * Findings of the replay, and how sure they are.
 *
 * The rows are synthetic. What follows from there being rows at all, or from values that the migration itself brings, is sure
 * to happen to rows of the application; what follows from a value that was made up is not, and only worth a note.
 */
#include "shadow_replay_finding.h"

#include <string.h>

#include "shadow_place.h"
#include "shadow_seed_text.h"
#include "statement.h"

bool replay_says(const struct section *section, const struct statement *statement, const char *word)
{
	for (uint32_t i = 0; i < statement->token_count; i++)
		if (statement_is(section->source,
				 section->tokens->items[statement->first_token + i], word))
			return true;
	return false;
}

/* Stubs of the application's functions return NULL, whatever the real ones do. */
static bool calls_stub(const struct shadow_run *run, const struct section *section,
		       const struct statement *statement)
{
	for (uint32_t i = 0; i < run->options->shadow_function_count; i++) {
		const char *declared = run->options->shadow_functions[i];
		const char *name = arena_copy(run->arena, declared, strcspn(declared, "/"));

		if (statement && replay_says(section, statement, name))
			return true;
	}
	return false;
}

/* In an up, what it adds to a table that was there; in a down, what the up took away. */
static const struct bobolink_object *brought(const struct migration *migration,
					     const struct section *section,
					     const struct change *change)
{
	if (section == &migration->down)
		return change->after ? NULL : change->before;
	return change->before ? NULL : change->after;
}

static bool brings_table(const struct migration *migration, const struct section *section,
			 const char *name)
{
	for (uint32_t i = 0; i < migration->change_count; i++) {
		const struct bobolink_object *object =
			brought(migration, section, &migration->changes[i]);

		if (object && object->kind == BOBOLINK_OBJECT_TABLE &&
		    strcmp(object->name, name) == 0)
			return true;
	}
	return false;
}

/* RENAME COLUMN raw_key TO hashed_key: another name, and the values that were there. */
static bool renames_to(const struct section *section, const char *name)
{
	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];
		const struct token *token = &section->tokens->items[statement->first_token];
		const struct token *end = token + statement->token_count;

		for (; token + 1 < end; token++)
			if (statement_is(section->source, token[0], "TO") &&
			    statement_names(section->source, token[1], name))
				return true;
	}
	return false;
}

/* The text of a statement that makes a trigger or a function, else NULL. */
static const char *code_text(struct shadow_run *run, const struct section *section,
			     const struct statement *statement)
{
	if (!statement_starts(section->source, section->tokens, statement, "CREATE") ||
	    (!replay_says(section, statement, "FUNCTION") &&
	     !replay_says(section, statement, "TRIGGER")))
		return NULL;
	return arena_copy(run->arena, section->source->text + statement->offset, statement->length);
}

/* Is the column named by a trigger or function, which an UPDATE of other columns may call? */
static bool is_in_code(struct shadow_run *run, const struct migration *last, const char *column)
{
	for (const struct migration *migration = run->set->migrations; migration <= last;
	     migration++)
		for (uint32_t i = 0; i < migration->up.count; i++) {
			const char *text =
				code_text(run, &migration->up, &migration->up.statements[i]);

			if (text && seed_mentions(text, column))
				return true;
		}
	return false;
}

/*
 * May a statement have given the column values, which then depend on others? An INSERT need not name it, and a block of
 * code may do anything.
 */
static bool may_fill(struct shadow_run *run, const struct migration *migration,
		     const struct section *section, const char *column)
{
	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];
		bool readable =
			statement_starts(section->source, section->tokens, statement, "UPDATE") ||
			statement_starts(section->source, section->tokens, statement, "DELETE");

		/* ALTER COLUMN … TYPE … USING computes what stands in it. */
		if (shadow_is_ddl(section, statement) && !replay_says(section, statement, "USING"))
			continue;
		if (!readable || shadow_find_name(section, statement, column) ||
		    is_in_code(run, migration, column))
			return true;
	}
	return false;
}

/* A column that the section adds to rows which are there, and fills with its default alone. */
static bool is_new_column(struct shadow_run *run, const struct migration *migration,
			  const struct section *section, const char *table, const char *name)
{
	for (uint32_t i = 0; i < migration->change_count; i++) {
		const struct bobolink_object *object =
			brought(migration, section, &migration->changes[i]);

		if (object && object->kind == BOBOLINK_OBJECT_COLUMN &&
		    strcmp(object->name, name) == 0 && strcmp(object->parent, table) == 0)
			return !brings_table(migration, section, table) &&
			       !seed_column_text(object->definition, run->arena).generated &&
			       !renames_to(section, name) &&
			       !may_fill(run, migration, section, name);
	}
	return false;
}

/* Are all columns of the key new? A table that was there before may have the row that a default refers to. */
static bool is_new_key(struct shadow_run *run, const struct migration *migration,
		       const struct section *section, const struct bobolink_object *object)
{
	struct seed_reference key = seed_reference(object->definition, run->arena);

	if (object->kind == BOBOLINK_OBJECT_FOREIGN_KEY &&
	    !brings_table(migration, section, key.table))
		return false;
	for (size_t i = 0; i < key.count; i++)
		if (!is_new_column(run, migration, section, object->parent, key.columns[i]))
			return false;
	return key.count > 0;
}

/* PostgreSQL names the column and its table, or the constraint or index, whose columns the delta knows. */
static bool names_new_columns(struct shadow_run *run, const struct migration *migration,
			      const struct section *section, const struct bobolink_error *error)
{
	bool column = strcmp(error->sqlstate, "23502") == 0;

	for (uint32_t i = 0; i < migration->change_count; i++) {
		const struct bobolink_object *object =
			brought(migration, section, &migration->changes[i]);

		if (!object || !*object->parent ||
		    column != (object->kind == BOBOLINK_OBJECT_COLUMN) ||
		    !seed_mentions(error->message, object->name))
			continue;
		if (column ? seed_mentions(error->message, object->parent) &&
				     is_new_column(run, migration, section, object->parent,
						   object->name)
			   : is_new_key(run, migration, section, object))
			return true;
	}
	return false;
}

/* SQLite names all of them: "UNIQUE constraint failed: users.team, users.name". */
static bool lists_new_columns(struct shadow_run *run, const struct migration *migration,
			      const struct section *section, const char *message)
{
	const char *list = strstr(message, "constraint failed: ");
	bool all = list != NULL;

	list = list ? list + strlen("constraint failed: ") : "";
	while (*list) {
		size_t length = strcspn(list, ",");
		const char *name = arena_copy(run->arena, list, length);
		const char *dot = strrchr(name, '.');

		all &= dot &&
		       is_new_column(run, migration, section,
				     arena_copy(run->arena, name, (size_t)(dot - name)), dot + 1);
		list += length + strspn(list + length, ", ");
	}
	return all;
}

static bool is_unique_violation(const struct bobolink_error *error)
{
	return strcmp(error->sqlstate, "23505") == 0 ||
	       strncmp(error->message, "UNIQUE constraint failed", 24) == 0;
}

/*
 * Refusals that no value has a part in. PostgreSQL: pending trigger events, what a table with rows does not support.
 * SQLite: "Cannot add a NOT NULL column with default value NULL" and its like.
 */
static bool is_about_rows(const struct bobolink_error *error)
{
	if (*error->sqlstate)
		return strcmp(error->sqlstate, "55006") == 0 ||
		       strcmp(error->sqlstate, "0A000") == 0;
	return strncmp(error->message, "Cannot add a", 12) == 0 ||
	       strncmp(error->message, "cannot add a", 12) == 0;
}

static bool is_insert(const struct section *section, const struct statement *statement)
{
	return statement && statement_starts(section->source, section->tokens, statement, "INSERT");
}

static bool is_sure(struct shadow_run *run, const struct migration *migration,
		    const struct section *section, const struct statement *statement,
		    const struct bobolink_error *error)
{
	if (calls_stub(run, section, statement))
		return false;
	if (strcmp(error->sqlstate, "23502") == 0 || strcmp(error->sqlstate, "23503") == 0 ||
	    strcmp(error->sqlstate, "23505") == 0)
		return names_new_columns(run, migration, section, error);
	if (!*error->sqlstate && strstr(error->message, "constraint failed: "))
		return lists_new_columns(run, migration, section, error->message);
	return is_about_rows(error);
}

static const char *help_for(const struct bobolink_error *error, bool sure, bool stub)
{
	if (stub)
		return "functions of the application are stubs here, which return NULL";
	if (!sure)
		return "the rows were made up; say in a section -- migrate:sample which ones there "
		       "may be";
	if (strstr(error->message, "pending trigger"))
		return "change the rows and the table in two migrations";
	if (strcmp(error->sqlstate, "23502") == 0 || strncmp(error->message, "NOT NULL", 8) == 0)
		return "give the column a DEFAULT, or fill it before it becomes NOT NULL";
	return "write it so that it works when the tables have rows";
}

static struct row_finding *add(struct shadow_run *run, struct section *section, const char *rule)
{
	struct row_finding *finding;

	section->row_findings =
		arena_grow(run->arena, section->row_findings, section->row_finding_count,
			   &section->row_finding_capacity, sizeof(*finding));
	finding = &section->row_findings[section->row_finding_count++];
	*finding = (struct row_finding){ .rule = rule, .offset = section->offset };
	return finding;
}

void replay_note_failure(struct shadow_run *run, const struct migration *migration,
			 struct section *section, const struct bobolink_error *error)
{
	bool known = error->statement > 0 && error->statement <= section->count;
	const struct statement *statement =
		known ? &section->statements[error->statement - 1] : NULL;
	bool down = section == &migration->down;
	bool sure = is_sure(run, migration, section, statement, error);
	bool unique =
		is_unique_violation(error) && !sure && !down && !is_insert(section, statement);
	struct row_finding *finding = add(run, section,
					  unique ? "unique-on-existing"
					  : down ? "down-fails-on-rows"
						 : "fails-on-rows");
	struct shadow_place place;

	finding->sure = sure;
	finding->message = arena_format(run->arena, "%s when the tables have rows: %s",
					sure ? "fails" : "may fail", error->message);
	finding->help = help_for(error, sure, calls_stub(run, section, statement));
	finding->statement = statement;
	if (!statement)
		return;
	place = shadow_place_of(run, section, statement, error->offset, error->message);
	finding->offset = place.offset;
	finding->length = place.length;
}

/* Does a statement copy rows of the table only under some condition? It may hold for rows that were not made up. */
static bool is_selected(const struct section *section, const char *table)
{
	static const char *const words[] = {
		"WHERE",    "JOIN",   "GROUP",	"DISTINCT", "IGNORE",
		"CONFLICT", "EXCEPT", "HAVING", "LIMIT",    "INTERSECT"
	};

	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];

		if (!replay_says(section, statement, "SELECT") ||
		    !shadow_find_name(section, statement, table))
			continue;
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (replay_says(section, statement, words[k]))
				return true;
	}
	return false;
}

static bool deletes(const struct section *section, const struct statement *statement)
{
	return replay_says(section, statement, "DELETE") ||
	       replay_says(section, statement, "TRUNCATE") ||
	       replay_says(section, statement, "MERGE");
}

static bool is_change(const struct section *section, const struct statement *statement)
{
	return is_insert(section, statement) ||
	       statement_starts(section->source, section->tokens, statement, "UPDATE");
}

/* What a block of code or a function does, its author has written there. */
static bool is_code(const struct section *section, const struct statement *statement)
{
	return statement_starts(section->source, section->tokens, statement, "DO") ||
	       statement_starts(section->source, section->tokens, statement, "CALL") ||
	       statement_starts(section->source, section->tokens, statement, "SELECT");
}

/* Does a trigger delete rows of the table under a condition, which may not hold for those that were not made up? */
static bool is_conditional(struct shadow_run *run, const struct section *section,
			   const struct statement *statement, const char *table)
{
	const char *text = code_text(run, section, statement);

	if (!text)
		return false;
	return seed_mentions(text, "DELETE") && seed_mentions(text, table) &&
	       (seed_mentions(text, "WHERE") || seed_mentions(text, "WHEN") ||
		(replay_says(section, statement, "FUNCTION") && seed_mentions(text, "IF")));
}

static bool is_pruned(struct shadow_run *run, const struct migration *last, const char *table)
{
	for (const struct migration *migration = run->set->migrations; migration <= last;
	     migration++)
		for (uint32_t i = 0; i < migration->up.count; i++)
			if (is_conditional(run, &migration->up, &migration->up.statements[i],
					   table))
				return true;
	return false;
}

void replay_note_loss(struct shadow_run *run, const struct migration *migration,
		      struct section *section, const struct statement *statement,
		      const struct seed_table *table, bool all)
{
	bool down = section == &migration->down;
	bool chosen = deletes(section, statement);
	const struct token *first = &section->tokens->items[statement->first_token];
	struct row_finding *finding;

	/* DETACH PARTITION, NO INHERIT, FORCE ROW LEVEL SECURITY: the rows are there, and not seen through the table. */
	if (shadow_is_ddl(section, statement) &&
	    !statement_starts(section->source, section->tokens, statement, "DROP TABLE"))
		return;
	/* Who writes DELETE FROM a table means it; lint has its own opinion of that. */
	if (chosen && shadow_find_name(section, statement, table->name))
		return;
	chosen &= replay_says(section, statement, "WHERE");
	finding = add(run, section, down ? "down-loses-rows" : "loses-rows");
	finding->sure = all && !chosen && !is_code(section, statement) &&
			!is_selected(section, table->name) &&
			!calls_stub(run, section, statement) &&
			!(is_change(section, statement) && is_pruned(run, migration, table->name));
	finding->statement = statement;
	finding->message = arena_format(run->arena, "%s rows of \"%s\"%s are gone afterwards",
					all ? "all" : "some", table->name,
					down ? ", which the up did not make," : "");
	finding->help = "keep them, or declare the loss: allow:data-loss on the `-- migrate:` line";
	finding->offset = first->offset;
	finding->length = first->length;
}

void replay_note_unfilled(struct shadow_run *run, struct migration *migration,
			  const struct seed_table *table, const char *reason)
{
	struct section *up = &migration->up;
	const struct statement *maker = shadow_maker(migration, table->name);
	const struct token *name = maker ? shadow_find_name(up, maker, table->name) : NULL;
	struct row_finding *finding = add(run, up, "replay-unfilled");

	finding->sure = true;
	finding->statement = maker;
	finding->message = arena_format(run->arena, "no row could be made up for \"%s\": %s",
					table->name, reason);
	finding->help = "insert one or two in a section -- migrate:sample";
	if (!name)
		return;
	finding->offset = name->offset;
	finding->length = name->length;
}
