/*
 * Explain: the words for what a plan decided. Each says what is wrong and what to do next.
 */
#include "explain.h"

#include <inttypes.h>
#include <string.h>

#include <bobolink/backend.h>

#include "error.h"

/* What is known of it: how many statements, or where the batches of a function stopped. */
static const char *what_is_done(const struct bl_plan *plan, const struct bl_plan_item *item)
{
	const struct bobolink_migration *migrations = plan->set->migrations;

	return item->index != BL_SET_NONE && (migrations[item->index].up.call ||
					      migrations[item->index].down.call)
		       ? "position"
		       : "statements done";
}

static void explain_rolling_back(const struct bl_plan *plan, const struct bl_plan_item *item,
				 const char *name, char *text, size_t size)
{
	bl_format(text, size,
		  "the rollback of migration %" PRId64 " (%s) stopped outside a transaction "
		  "(%s: %" PRId64 "): go on with --migrate-rollback, or look at the "
		  "database and decide with --migrate-mark=%" PRId64 ":applied or :pending",
		  item->version, name, what_is_done(plan, item), item->row->statements_done,
		  item->version);
}

/* Why a rollback does not begin. */
static void explain_irreversible(const struct bl_plan *plan, const struct bl_plan_item *item,
				 const char *name, char *text, size_t size)
{
	const char *why = "";

	if (!bl_plan_is_stored(plan, item))
		why = bl_set_text(plan->set, item->index,
				  plan->set->migrations[item->index].irreversible);
	if (item->row->status == BL_STATUS_BASELINE)
		bl_format(text, size,
			  "migration %" PRId64
			  " (%s) is a baseline: it was not run here and is not "
			  "undone; nothing was changed",
			  item->version, name);
	else if (*why)
		bl_format(text, size,
			  "migration %" PRId64 " (%s) cannot be undone: %s; nothing was changed, "
			  "--migrate-restore brings back a backup",
			  item->version, name, why);
	else
		bl_format(text, size,
			  "migration %" PRId64
			  " (%s) has no down: nothing was changed; write a new "
			  "migration that takes it back, or use --migrate-restore",
			  item->version, name);
}

static void explain_halfway(const struct bl_plan *plan, const struct bl_plan_item *item,
			    const char *name, char *text, size_t size)
{
	bool changed =
		item->index == BL_SET_NONE ||
		strcmp(bl_set_sql_checksum(plan->set, item->index), item->row->sql_checksum) != 0;

	if (changed)
		bl_format(text, size,
			  "migration %" PRId64 " (%s) stopped outside a transaction (%s: %" PRId64
			  ") and was changed since: restore the file as it was, and "
			  "the next start goes on",
			  item->version, name, what_is_done(plan, item),
			  item->row->statements_done);
	else
		bl_format(
			text, size,
			"migration %" PRId64 " (%s) stopped outside a transaction (statements "
			"done: %" PRId64 ") and whether statement %" PRId64 " was done is not "
			"known: look at the database, then go on with --migrate-retry, which runs "
			"it again, or decide with --migrate-mark",
			item->version, name, item->row->statements_done,
			item->row->statements_done + 1);
}

/* What a function does may have changed: nothing of it is in the set. */
static void explain_held(const struct bl_plan *plan, const struct bl_plan_item *item,
			 const char *name, char *text, size_t size)
{
	if (item->state == BOBOLINK_STATE_ROLLED_BACK)
		bl_format(text, size,
			  "migration %" PRId64 " (%s) was rolled back and did not change since: "
			  "apply it with --migrate, or correct it and build again",
			  item->version, name);
	else
		bl_format(text, size,
			  "migration %" PRId64 " (%s) was refused before and did not change since: "
			  "%s --migrate-retry; the database said: %s",
			  item->version, name,
			  bl_plan_section(plan, item)->call
				  ? "correct its function and build again, or mend the database, "
				    "then use"
				  : "correct it and build again, or mend the database and use",
			  item->row->error_message);
}

static bool is_sqlite(const struct bl_plan *plan)
{
	return plan->set->backend()->dialect == BOBOLINK_DIALECT_SQLITE;
}

/* "SQLite 3.35.0", "PostgreSQL 15" */
static const char *format_version(const struct bl_plan *plan, uint32_t version, char *text,
				  size_t size)
{
	if (is_sqlite(plan))
		bl_format(text, size, "SQLite %u.%u.%u", (unsigned)(version / 1000000),
			  (unsigned)(version / 1000 % 1000), (unsigned)(version % 1000));
	else
		bl_format(text, size, version % 10000 ? "PostgreSQL %u.%u" : "PostgreSQL %u",
			  (unsigned)(version / 10000), (unsigned)(version % 10000));
	return text;
}

static void explain_too_old(const struct bl_plan *plan, const struct bl_plan_item *item,
			    const char *name, char *text, size_t size)
{
	const struct bobolink_section *section = bl_plan_section(plan, item);
	char needed[40];
	char present[40];

	bl_format(text, size,
		  "migration %" PRId64
		  " (%s) has %s, which needs %s, and this is %s: nothing was changed; %s, and "
		  "start again",
		  item->version, name, bl_set_text(plan->set, item->index, section->feature),
		  format_version(plan, section->minimum_version, needed, sizeof(needed)),
		  format_version(plan, plan->database_version, present, sizeof(present)),
		  is_sqlite(plan) ? "build the program with a newer library"
				  : "upgrade the server");
}

bool bl_explain_older(const struct bl_plan *plan, char *text, size_t size)
{
	const uint32_t release = is_sqlite(plan) ? 1000 : 10000;
	char shadow[40];
	char present[40];

	if (plan->database_version / release >= plan->set->shadow_version / release)
		return false;
	bl_format(text, size,
		  "this is %s, and the migrations were tried on %s: nothing that they use is "
		  "known to be missing",
		  format_version(plan, plan->database_version, present, sizeof(present)),
		  format_version(plan, plan->set->shadow_version, shadow, sizeof(shadow)));
	return true;
}

void bl_explain_elsewhere(const struct bobolink_set *set, uint32_t index, char *text, size_t size)
{
	const struct bobolink_migration *migration = &set->migrations[index];

	if (migration->only)
		bl_format(text, size, "only for %s", bl_set_text(set, index, migration->only));
	else
		bl_format(text, size, "not for %s", bl_set_text(set, index, migration->except));
}

static void explain_state(const struct bl_plan_item *item, const char *name, char *text,
			  size_t size)
{
	const char *words = "waits to be applied";

	if (item->state == BOBOLINK_STATE_COSMETIC)
		words = "was applied with other comments or white space; nothing needs to be done, "
			"and "
			"--migrate-restamp accepts it";
	else if (item->state == BOBOLINK_STATE_AMENDED)
		words = "was applied before it was amended; nothing needs to be done";
	else if (item->state == BOBOLINK_STATE_RUNNING)
		words = "stopped half-way outside a transaction, or is running now; the next "
			"start goes on with it";
	bl_format(text, size, "migration %" PRId64 " (%s) %s", item->version, name, words);
}

void bl_explain_item(const struct bl_plan *plan, const struct bl_plan_item *item, char *text,
		     size_t size)
{
	const char *name = bl_plan_item_name(plan, item);
	const char *words;

	switch (item->code) {
	case BOBOLINK_NEWER:
		bl_format(text, size,
			  "the database has migration %" PRId64 " (%s) and is newer than this "
			  "program, which ends at %" PRId64 ": start a newer program, or step back "
			  "with --migrate-to=%" PRId64,
			  item->version, name, bl_set_last(plan->set), bl_set_last(plan->set));
		return;
	case BOBOLINK_OUT_OF_ORDER:
		bl_format(text, size,
			  "migration %" PRId64 " (%s) is older than %" PRId64 ", which is applied: "
			  "give it a higher number, or compile the set with OUT_OF_ORDER",
			  item->version, name, plan->highest);
		return;
	case BOBOLINK_MISSING:
		bl_format(text, size,
			  "migration %" PRId64 " (%s) was applied but is not in this program: "
			  "restore its file, start the program that it belongs to, or, where none "
			  "has it any more, use --migrate-mark=%" PRId64 ":forget",
			  item->version, name, item->version);
		return;
	case BOBOLINK_CHANGED:
		words = "was applied with other SQL than this program carries: restore the file, "
			"and put the change into a new migration";
		break;
	case BOBOLINK_HALFWAY:
		if (item->state == BOBOLINK_STATE_ROLLING_BACK)
			explain_rolling_back(plan, item, name, text, size);
		else
			explain_halfway(plan, item, name, text, size);
		return;
	case BOBOLINK_IRREVERSIBLE:
		explain_irreversible(plan, item, name, text, size);
		return;
	case BOBOLINK_TOO_OLD:
		explain_too_old(plan, item, name, text, size);
		return;
	case BOBOLINK_HELD:
		explain_held(plan, item, name, text, size);
		return;
	default:
		explain_state(item, name, text, size);
		return;
	}
	bl_format(text, size, "migration %" PRId64 " (%s) %s", item->version, name, words);
}

static int explain_target(const struct bl_plan *plan, struct bobolink_error *error)
{
	if (plan->mode == BL_PLAN_RETRY)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "version %" PRId64 " is no migration that failed or was rolled "
				    "back: --migrate-status tells what each is",
				    plan->target);
	if (plan->down || bl_set_find(plan->set, plan->target) == BL_SET_NONE)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "version %" PRId64 " is not a migration of this program: take "
				    "one that --migrate-status lists",
				    plan->target);
	return bl_error_set(error, BOBOLINK_USAGE,
			    "version %" PRId64 " is below %" PRId64
			    ", which is applied: --migrate-to "
			    "goes down",
			    plan->target, plan->highest);
}

/* The statement at which a migration stopped half-way, where this program has it. */
static void place_halfway(const struct bl_plan *plan, const struct bl_plan_item *item,
			  struct bobolink_error *error)
{
	const struct bobolink_migration *migration = &plan->set->migrations[item->index];
	const struct bobolink_section *section = &migration->up;
	const struct bobolink_statement *statement;

	if (item->state == BOBOLINK_STATE_ROLLING_BACK)
		section = &migration->down;
	if (bl_plan_is_stored(plan, item) || item->row->statements_done >= section->count)
		return;
	error->statement = (uint32_t)item->row->statements_done + 1;
	statement = bl_set_statement(plan->set, item->index, section, error->statement - 1);
	bl_error_place(error, item->version, bl_set_text(plan->set, item->index, section->file),
		       statement->line, statement->column);
}

int bl_explain_verdict(const struct bl_plan *plan, struct bobolink_error *error)
{
	char text[BOBOLINK_MESSAGE_SIZE];
	const struct bl_plan_item *item;
	const char *file = "";

	if (plan->verdict == BOBOLINK_OK)
		return BOBOLINK_OK;
	if (plan->verdict == BOBOLINK_USAGE)
		return explain_target(plan, error);
	if (plan->verdict == BOBOLINK_OTHER_NAME)
		return bl_error_set(error, BOBOLINK_OTHER_NAME,
				    "this database has the migrations of \"%s\" under the name "
				    "\"%s\": compile the set with NAME %s",
				    plan->set->name, plan->other_name, plan->other_name);
	item = &plan->items[plan->culprit];
	if (plan->verdict == BOBOLINK_TOO_OLD)
		file = bl_set_text(plan->set, item->index, bl_plan_section(plan, item)->file);
	else if (item->index != BL_SET_NONE)
		file = bl_set_text(plan->set, item->index,
				   plan->set->migrations[item->index].up.file);
	bl_explain_item(plan, item, text, sizeof(text));
	bl_error_set(error, plan->verdict, "%s", text);
	bl_error_place(error, item->version, file, 0, 0);
	if (plan->verdict == BOBOLINK_HALFWAY && item->index != BL_SET_NONE)
		place_halfway(plan, item, error);
	return plan->verdict;
}
