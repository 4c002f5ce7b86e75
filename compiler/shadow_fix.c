/*
 * Fixes: given the problem, the guards are true, the execute works, then they are no longer true, and the schema is what the
 * migrations make. An undo brings the problem back, rows and all. Whatever happens is undone.
 *
 * A fix whose author does not say what the problem looks like is marked as unproven: its guards are asked, and
 * its statements prepared.
 */
#include "shadow_fix.h"

#include <string.h>

#include "image.h"
#include "shadow_explain.h"
#include "shadow_guard.h"
#include "shadow_mismatch.h"
#include "shadow_place.h"
#include "shadow_rows.h"
#include "shadow_section.h"

/* One fix while it is tried. */
struct trial {
	struct shadow_run *run;
	struct script *fix;
	uint32_t count;			  /* migrations that have been applied */
	struct bobolink_session *session; /* on a copy, for one that calls a function; else NULL */
	struct bobolink_inventory *problem; /* after the given section */
	struct shadow_rows *rows;	    /* likewise, for a fix with an undo */
};

/* What a session on a copy runs. */
struct trial_image {
	struct bobolink_set set;
	struct bobolink_scripts scripts;
};

static void report(struct shadow_run *run, const char *rule, const struct section *section,
		   const char *message)
{
	diagnostic_at(run->diag, SEVERITY_ERROR, rule, section->source, section->offset, 0, "%s",
		      message);
}

/* --- with a problem -------------------------------------------------------------------------- */

/* In the transaction at hand, or, on a copy, in its own; there the runtime runs what may be a function. */
static int run_any(struct trial *trial, const struct section *section, struct bobolink_error *error)
{
	const struct migration *owner = &trial->fix->base;
	int rc;

	if (!trial->session)
		return shadow_section_run(trial->run, owner, section, error);
	if (section == &trial->fix->given)
		return shadow_section_commit(trial->run, owner, section, error);
	error->statement = 0;
	rc = section == &owner->up ? bobolink_retry_fix(trial->session, owner->version, error)
				   : bobolink_undo_fix(trial->session, owner->version, error);
	error->offset = -1;
	return rc;
}

static int run_section(struct trial *trial, const struct section *section, const char *role)
{
	struct shadow_run *run = trial->run;
	struct bobolink_error error;

	if (run_any(trial, section, &error) == BOBOLINK_OK)
		return 0;
	shadow_section_report(run, "fix-fails", section,
			      arena_format(run->arena, "%sdoes not run: ", role), &error,
			      trial->count);
	return -1;
}

/* The guards where the sections run. */
static enum shadow_answer ask(struct trial *trial, const char *before,
			      const struct statement **last)
{
	const struct shadow_asking asking = { before, !trial->session, trial->count };

	return shadow_guards(trial->run, trial->fix, &asking, last);
}

static int make_problem(struct trial *trial)
{
	const struct section *guard = &trial->fix->guard;
	const struct statement *last = NULL;
	enum shadow_answer answer;

	if (run_section(trial, &trial->fix->given, "fix:given "))
		return -1;
	answer = ask(trial, "after fix:given, ", &last);
	if (answer == SHADOW_ANSWER_FALSE) {
		diagnostic_at(trial->run->diag, SEVERITY_ERROR, "fix-guard", guard->source,
			      last->offset, last->length,
			      "after fix:given this guard is not true: the fix would not run");
		diagnostic_help(
			trial->run->diag,
			"let fix:given make what the guard looks for, or the guard look for "
			"what fix:given makes");
	}
	return answer == SHADOW_ANSWER_TRUE ? 0 : -1;
}

/* The state that an undo must bring back. */
static int keep_problem(struct trial *trial)
{
	if (!trial->fix->base.down.present)
		return 0;
	trial->problem = shadow_read(trial->run, trial->run->connection, NULL);
	if (!trial->problem)
		return -1;
	trial->rows = shadow_rows_read(trial->run, trial->problem);
	return trial->rows ? 0 : -1;
}

static int compare_schema(struct trial *trial, const struct bobolink_inventory *wanted,
			  const struct section *section, const char *rule, const char *before)
{
	struct shadow_run *run = trial->run;
	struct bobolink_inventory *found = shadow_read(run, run->connection, NULL);
	const char *difference = found ? shadow_difference(run, wanted, found) : NULL;

	if (difference)
		report(run, rule, section, arena_format(run->arena, "%s: %s", before, difference));
	bobolink_inventory_free(found);
	return !found || difference ? -1 : 0;
}

static int solve(struct trial *trial)
{
	struct shadow_run *run = trial->run;
	const struct section *up = &trial->fix->base.up;
	const struct statement *last = NULL;
	enum shadow_answer answer;

	if (run_section(trial, up, "fix:execute "))
		return -1;
	answer = ask(trial, "after fix:execute, ", &last);
	if (answer == SHADOW_ANSWER_TRUE) {
		report(run, "fix-does-not-help", up,
		       "the guards are still true after this has run");
		diagnostic_help(run->diag, "the fix would run again and again: let it mend what "
					   "the guards look for");
	}
	if (answer != SHADOW_ANSWER_FALSE)
		return -1;
	return compare_schema(trial, run->inventory, up, "fix-changes-schema",
			      "the fix leaves another schema than the migrations make");
}

static int undo(struct trial *trial)
{
	struct shadow_run *run = trial->run;
	const struct section *down = &trial->fix->base.down;
	struct shadow_rows *rows;
	const char *table;

	if (!down->present)
		return 0;
	if (run_section(trial, down, "fix:undo ") ||
	    compare_schema(trial, trial->problem, down, "fix-undo-differs",
			   "fix:undo does not bring back the schema"))
		return -1;
	rows = shadow_rows_read(run, trial->problem);
	table = rows ? shadow_rows_difference(run, trial->rows, rows) : NULL;
	if (table)
		report(run, "fix-undo-differs", down,
		       arena_format(run->arena, "fix:undo does not bring back the rows of %s",
				    table));
	return !rows || table ? -1 : 0;
}

static void go_through(struct trial *trial)
{
	if (make_problem(trial) == 0 && keep_problem(trial) == 0 && solve(trial) == 0 &&
	    undo(trial) == 0)
		trial->fix->unproven = false;
	bobolink_inventory_free(trial->problem);
}

static void prove(struct trial *trial)
{
	struct shadow_run *run = trial->run;
	struct bobolink_error error;

	if (run->engine->begin(run, &error)) {
		shadow_fail(run, &error);
		return;
	}
	go_through(trial);
	run->engine->rollback(run);
}

/* --- on a copy ------------------------------------------------------------------------------- */

/* The image of the scratch database has no scripts. */
static void open_session(struct trial *trial, void *handle, struct trial_image *image)
{
	struct shadow_run *run = trial->run;
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;

	image->set = *image_build(run->set, run->options, IMAGE_SCRIPTS, run->engine->backend,
				  run->arena);
	image->scripts = *image->set.scripts;
	image->scripts.run = bobolink_scripts_run;
	image->set.scripts = &image->scripts;
	if (bobolink_open(&image->set, handle, &options, &trial->session, &error))
		shadow_fail(run, &error);
}

static void prove_on_copy(void *context, void *handle, struct bobolink_connection *connection)
{
	struct trial *trial = context;
	struct shadow_run *run = trial->run;
	struct bobolink_connection *own = run->connection;
	struct trial_image image;

	run->connection = connection;
	open_session(trial, handle, &image);
	if (trial->session)
		go_through(trial);
	bobolink_close(trial->session);
	run->connection = own;
}

/* --- without one ----------------------------------------------------------------------------- */

static void note(struct trial *trial, const char *reason, const char *help)
{
	const struct section *up = &trial->fix->base.up;

	diagnostic_at(trial->run->diag, SEVERITY_NOTE, "fix-unproven", up->source, up->offset, 0,
		      "the fix was not tried: %s", reason);
	if (help)
		diagnostic_help(trial->run->diag, "%s", help);
}

/* A table that only the databases in trouble have, or that a statement above makes. */
static bool may_be_there(const struct section *up, uint32_t index, const char *message)
{
	for (uint32_t i = 0; i < index; i++)
		if (shadow_is_ddl(up, &up->statements[i]))
			return true;
	return strncmp(message, "no such table", strlen("no such table")) == 0 ||
	       (strncmp(message, "relation ", strlen("relation ")) == 0 &&
		strstr(message, "does not exist"));
}

static void prepare(struct trial *trial)
{
	struct shadow_run *run = trial->run;
	const struct section *up = &trial->fix->base.up;

	for (uint32_t i = 0; i < up->count; i++) {
		const struct statement *statement = &up->statements[i];
		const char *message =
			run->engine->prepare(run, arena_copy(run->arena,
							     up->source->text + statement->offset,
							     statement->length));
		bool is_note = message && may_be_there(up, i, message);

		if (run->engine->look)
			run->engine->look(run, &trial->fix->base, up, statement);
		if (message)
			shadow_explain(run, is_note ? SEVERITY_NOTE : SEVERITY_ERROR,
				       is_note ? "fix-unproven" : "fix-fails", up, statement, -1,
				       "", message, trial->count);
	}
}

/* The function that the section names and no module has; NULL: it can run. */
static const char *missing_function(const struct section *section)
{
	return section->present && !section->function ? section->settings.call : NULL;
}

static void prove_given(struct trial *trial)
{
	struct shadow_run *run = trial->run;
	const struct migration *base = &trial->fix->base;
	const char *missing = missing_function(&base->up);

	if (!missing)
		missing = missing_function(&base->down);
	if (missing)
		note(trial, arena_format(run->arena, "no module has the function %s", missing),
		     "name one that has it: SHADOW_EXTENSIONS in CMake, or --shadow-extension "
		     "./module.so");
	else if (base->up.function || base->down.function)
		run->engine->copy(run, base->entry, prove_on_copy, trial);
	else
		prove(trial);
}

/* --- when ------------------------------------------------------------------------------------ */

/* Where their tables are; one before another may be there to say that they are not. */
static void look_at_guards(struct shadow_run *run, const struct script *fix)
{
	for (uint32_t i = 0; i < fix->guard.count && run->engine->look; i++)
		run->engine->look(run, &fix->base, &fix->guard, &fix->guard.statements[i]);
}

static void try_fix(struct shadow_run *run, struct script *fix, uint32_t count)
{
	const struct shadow_asking asking = { "", false, count };
	struct trial trial = { .run = run, .fix = fix, .count = count };
	const struct section *up = &fix->base.up;
	const struct statement *last = NULL;

	if (fix->refused)
		return;
	if (run->lacks_objects) {
		note(&trial, "a migration before it was not run", NULL);
		return;
	}
	look_at_guards(run, fix);
	fix->refused = shadow_guards(run, fix, &asking, &last) == SHADOW_ANSWER_WRONG;
	if (fix->refused)
		return;
	if (up->settings.shadow_off)
		note(&trial, up->settings.shadow_off, NULL);
	else if (fix->given.present)
		prove_given(&trial);
	else {
		note(&trial, "nothing says what the problem looks like",
		     "add a section -- fix:given that makes it");
		prepare(&trial);
	}
}

/* May it run on a database without any table? */
static bool runs_at_start(const struct script *fix)
{
	return fix->settings.required < 0 && !fix->settings.when_after;
}

void shadow_fixes_at_start(struct shadow_run *run)
{
	const struct shadow_asking asking = { "on an empty database, ", false, 0 };

	for (uint32_t i = 0; i < run->set->fix_count; i++) {
		struct script *fix = &run->set->scripts[i];
		const struct statement *last = NULL;
		enum shadow_answer answer = SHADOW_ANSWER_FALSE;

		if (runs_at_start(fix))
			answer = shadow_guards(run, fix, &asking, &last);
		fix->refused = answer != SHADOW_ANSWER_FALSE;
		if (answer != SHADOW_ANSWER_TRUE || !last)
			continue;
		diagnostic_at(run->diag, SEVERITY_ERROR, "fix-guard", fix->guard.source,
			      last->offset, last->length,
			      "on an empty database the guards are true: the fix would run there");
		diagnostic_help(run->diag,
				"let a guard before this ask whether the table is there, or give "
				"the fix requires:VERSION");
	}
}

void shadow_fixes_behind(struct shadow_run *run, uint32_t index)
{
	int64_t version = run->set->migrations[index].version;

	for (uint32_t i = 0; i < run->set->fix_count; i++)
		if (run->set->scripts[i].settings.required == version)
			try_fix(run, &run->set->scripts[i], index + 1);
}

/*
 * A database that is further on meets the fix as well, with the schema that it has by then. Whether there is one, the
 * build cannot know: a note.
 */
static void ask_further_on(struct shadow_run *run, const struct script *fix)
{
	const struct shadow_asking asking = { "after the last migration, ", false,
					      shadow_item_count(run->set) };
	const struct statement *last = NULL;
	size_t first = run->diag->count;

	if (fix->refused || run->lacks_objects)
		return;
	shadow_guards(run, fix, &asking, &last);
	diagnostic_soften(run->diag, first, run->diag->count);
}

void shadow_fixes_at_end(struct shadow_run *run)
{
	for (uint32_t i = 0; i < run->set->fix_count; i++) {
		struct script *fix = &run->set->scripts[i];

		if (fix->settings.required < 0)
			try_fix(run, fix, shadow_item_count(run->set));
		else
			ask_further_on(run, fix);
	}
}
