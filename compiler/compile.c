/*
 * The spine: which stages run, in which order, and what passes between them.
 *
 * A stage does not run when an earlier one reported an error, and nothing is written unless all is
 * well.
 */
#include "compile.h"

#include <errno.h>

#include "directive.h"
#include "emit.h"
#include "lexer.h"
#include "lint.h"
#include "order.h"
#include "require.h"
#include "scan.h"
#include "shadow.h"
#include "shadow_replay.h"
#include "snapshot.h"
#include "split.h"
#include "syntax.h"
#include "support/buffer.h"
#include "support/file.h"

static int read_part(const struct source *source, const struct compile_options *options,
		     struct arena *arena, struct part *part, struct diagnostics *diag)
{
	struct statements statements = { NULL, 0 };

	if (lexer_run(source, options->database, arena, &part->tokens, diag))
		return -1;
	if (split(source, &part->tokens, options->database, arena, &statements, diag))
		return -1;
	return directive(source, &statements, options->database, arena, part, diag);
}

/*
 * The down of a locked migration may not be mended any more: one that cannot be read is none, and the ups still compile.
 */
static int compile_source(const struct source *source, const struct compile_options *options,
			  struct arena *arena, struct part *part, struct diagnostics *diag)
{
	size_t first = diag->count;

	if (read_part(source, options, arena, part, diag) == 0)
		return 0;
	if (!source->locked || source->role != SOURCE_DOWN)
		return -1;
	diagnostic_soften(diag, first, diag->count);
	diagnostic_at(diag, SEVERITY_NOTE, diag->items[first].rule, source, 0, 0,
		      "this down cannot be read: the migration, which is locked, has no way back");
	*part = (struct part){ .source = source };
	return 0;
}

static int compile_sources(const struct sources *sources, const struct compile_options *options,
			   struct arena *arena, struct parts *parts, struct diagnostics *diag)
{
	int rc = 0;

	parts->count = sources->count;
	parts->items = arena_alloc(arena, sources->count, sizeof(*parts->items));
	for (uint32_t i = 0; i < sources->count; i++)
		rc |= compile_source(&sources->items[i], options, arena, &parts->items[i], diag);
	parts->script_count = sources->script_count;
	parts->scripts = arena_alloc(arena, sources->script_count, sizeof(*parts->scripts));
	for (uint32_t i = 0; i < sources->script_count; i++)
		rc |= compile_source(&sources->scripts[i], options, arena, &parts->scripts[i],
				     diag);
	return rc;
}

/* What is locked for the first time was released before: it is taken as it is. */
static void mark(const struct compile_options *options, const struct lock_file *lock,
		 struct sources *sources)
{
	if (lock->present)
		lock_mark(lock, sources);
	else
		for (uint32_t i = 0; i < sources->count; i++)
			sources->items[i].locked = options->seal;
}

int compile_read(const struct compile_options *options, struct arena *arena, struct lock_file *lock,
		 struct set *set, struct diagnostics *diag)
{
	struct sources sources = { 0 };
	struct parts parts = { 0 };
	int rc;

	if (scan(options->directory, arena, &sources, diag))
		return -1;
	rc = lock_read(options->directory, arena, lock, diag);
	mark(options, lock, &sources);
	if (compile_sources(&sources, options, arena, &parts, diag) || rc)
		return -1;
	return order(&parts, options->name, options->database, arena, set, diag);
}

static const char *first_error(const struct diagnostics *errors)
{
	size_t i = 0;

	while (errors->items[i].severity != SEVERITY_ERROR)
		i++;
	return errors->items[i].message;
}

/* The other sets of the program, as far as their files say; their own build proves them. */
static int read_others(const struct compile_options *options, struct arena *arena,
		       struct set *others, struct diagnostics *diag)
{
	int rc = 0;

	for (uint32_t i = 0; i < options->other_count; i++) {
		const struct other_set *other = &options->others[i];
		const struct compile_options own = {
			.directory = other->directory,
			.name = other->name,
			.database = other->foreign ? other->database : options->database,
		};
		struct diagnostics errors = { .arena = arena };
		struct lock_file lock;

		if (compile_read(&own, arena, &lock, &others[i], &errors) == 0)
			continue;
		diagnostic_path(diag, SEVERITY_ERROR, "unreadable-set", other->directory,
				"the set %s, which is named with --requires, cannot be read: %s",
				other->name, first_error(&errors));
		diagnostic_help(diag, "bobolink check --database %s %s says more",
				own.database == DATABASE_SQLITE ? "sqlite" : "postgres",
				other->directory);
		rc = -1;
	}
	return rc;
}

static int check_requirements(const struct compile_options *options, struct arena *arena,
			      const struct set *set, struct diagnostics *diag)
{
	struct set *others = arena_alloc(arena, options->other_count, sizeof(*others));

	if (read_others(options, arena, others, diag))
		return -1;
	return require(set, others, options->other_count, arena, diag);
}

static int write_output(const struct compile_options *options, const char *extension,
			const struct buffer *text, struct arena *arena, struct diagnostics *diag)
{
	const char *path = arena_format(arena, "%s/%s_migrations.%s", options->output,
					options->name, extension);
	int error;

	if (file_write_if_changed(path, text->text, text->length) == 0)
		return 0;
	error = errno;
	diagnostic_path(diag, SEVERITY_ERROR, "output", path, "%s", file_reason(error, arena));
	if (error == ENOENT)
		diagnostic_help(diag, "make the directory: mkdir -p %s", options->output);
	else
		diagnostic_help(diag, "make room there, or give another directory with --output");
	return -1;
}

static int write_code(const struct set *set, const struct compile_options *options,
		      struct arena *arena, struct diagnostics *diag)
{
	struct buffer source = BUFFER_INIT;
	struct buffer header = BUFFER_INIT;
	int rc;

	emit_source(set, options, arena, &source);
	emit_header(set, arena, &header);
	rc = write_output(options, "h", &header, arena, diag);
	if (rc == 0)
		rc = write_output(options, "c", &source, arena, diag);
	buffer_release(&source);
	buffer_release(&header);
	return rc;
}

/* What the parser refuses, a server that is newer than its grammar may have accepted. */
static int prove(const struct compile_options *options, struct arena *arena, struct set *set,
		 struct diagnostics *diag)
{
	size_t first = diag->count;
	size_t end;

	syntax(set, arena, diag);
	end = diag->count;
	if (snapshot_read(options, arena, set, diag))
		return -1;
	if (shadow(options, arena, set, diag) || (set->grammar && set->unproven))
		return -1;
	diagnostic_soften(diag, first, end);
	return 0;
}

int compile_prove(const struct compile_options *options, struct arena *arena, struct set *set,
		  struct diagnostics *diag)
{
	struct lock_file lock;

	if (compile_read(options, arena, &lock, set, diag))
		return -1;
	if (lock_check(&lock, options, arena, set, diag))
		return -1;
	order_review(set, arena, diag);
	lock_review(&lock, set, diag);
	if (lint_text(options, arena, set, diag))
		return -1;
	return prove(options, arena, set, diag);
}

int compile(const struct compile_options *options, struct arena *arena, struct set *set,
	    struct diagnostics *diag)
{
	if (compile_prove(options, arena, set, diag))
		return -1;
	if (check_requirements(options, arena, set, diag) ||
	    shadow_replay(options, arena, set, diag))
		return -1;
	if (lint(options, arena, set, diag))
		return -1;
	if (diag->errors || !options->output)
		return diag->errors ? -1 : 0;
	return write_code(set, options, arena, diag);
}
