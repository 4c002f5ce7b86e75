/*
 * Proof of a down: up, down, compare, up again, compare; inside a savepoint, or in a copy of the
 * database where a statement refuses transactions.
 */
#include "shadow_proof.h"

#include <string.h>

#include "shadow_database.h"
#include "shadow_explain.h"
#include "shadow_mismatch.h"
#include "shadow_strings.h"

struct proof {
	struct shadow_run *run;
	const struct migration *migration;
	uint32_t index;
	sqlite3 *db;
	struct bobolink_connection *connection; /* to the database on which it takes place */
	struct shadow_watch *watch;
	const struct bobolink_inventory *before;
	struct bobolink_inventory *down;  /* read after the down; NULL before */
	struct bobolink_inventory *again; /* read after down and up; NULL before */
	bool has_rows; /* a statement of the down may have put rows into tables */
};

/* Runs a section. Returns -1 after reporting the statement that was refused. */
static int run_section(struct proof *proof, const struct section *section, const char *rule,
		       const char *what)
{
	struct shadow_run *run = proof->run;
	struct bobolink_error error;

	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];

		if (section == &proof->migration->down)
			shadow_strings_check(run, proof->db, proof->migration, section, statement);
		proof->has_rows |= !shadow_is_ddl(section, statement);
		if (run->backend->execute(proof->connection,
					  section->source->text + statement->offset,
					  statement->length, i + 1, &error) == BOBOLINK_OK)
			continue;
		if (error.code == BOBOLINK_NO_MEMORY)
			arena_exhausted();
		shadow_explain(run, shadow_severity(proof->migration), rule, section, statement,
			       error.offset, what, error.message, proof->index + 1);
		if (section == &proof->migration->up &&
		    !run->diag->items[run->diag->count - 1].help)
			diagnostic_help(run->diag, "undo in the down what this did");
		return -1;
	}
	return 0;
}

static int prove_down(struct proof *proof)
{
	struct shadow_run *run = proof->run;

	if (run_section(proof, &proof->migration->down, "down-error", ""))
		return -1;
	proof->down = shadow_read(run, proof->connection, proof->watch, run->inventory);
	return shadow_mismatch_down(run, proof->migration, proof->before, proof->down);
}

static int prove_up(struct proof *proof)
{
	struct shadow_run *run = proof->run;

	if (run_section(proof, &proof->migration->up, "up-again",
			"the up does not run again after its down: "))
		return -1;
	proof->again = shadow_read(run, proof->connection, proof->watch, proof->down);
	return shadow_mismatch_up(run, proof->migration, run->inventory, proof->again);
}

static int prove(struct proof *proof)
{
	int rc = prove_down(proof);

	return rc ? rc : prove_up(proof);
}

/* True when two inventories without differences were also made by the same text. */
static bool is_same_text(const struct bobolink_inventory *one,
			 const struct bobolink_inventory *other)
{
	uint32_t count = bobolink_inventory_count(one);

	for (uint32_t i = 0; i < count; i++) {
		const struct bobolink_object *a = bobolink_inventory_object(one, i);
		const struct bobolink_object *b = bobolink_inventory_object(other, i);

		if (a != b && strcmp(a->sql, b->sql) != 0)
			return false;
	}
	return true;
}

static void control(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		arena_exhausted();
}

/*
 * Undoing changes of the schema makes SQLite parse all of it again, which would make long chains quadratic. When no
 * table can have rows and the text is what it was, there is nothing to undo.
 */
static void prove_in_savepoint(struct proof *proof)
{
	struct shadow_run *run = proof->run;
	int rc;

	control(run->db, "SAVEPOINT bobolink_proof");
	rc = prove(proof);
	if (rc == 0 && !run->has_rows && !proof->has_rows &&
	    is_same_text(run->inventory, proof->again)) {
		control(run->db, "RELEASE bobolink_proof");
		bobolink_inventory_free(run->inventory);
		run->inventory = proof->again;
		proof->again = NULL;
		return;
	}
	/* A statement that failed with ON CONFLICT ROLLBACK or RAISE(ROLLBACK) has done it already. */
	if (!sqlite3_get_autocommit(run->db))
		control(run->db, "ROLLBACK TO bobolink_proof; RELEASE bobolink_proof");
	shadow_watch_empty(&run->watch);
}

static void prove_in_copy(struct proof *proof)
{
	struct shadow_run *run = proof->run;
	struct shadow_watch watch;
	struct bobolink_error error;

	proof->db = shadow_database_copy(run->db, run->options, &watch, run->arena);
	proof->watch = &watch;
	watch.altered = true;
	if (run->backend->open(proof->db, &run->context, &proof->connection, &error))
		arena_exhausted();
	prove(proof);
	run->backend->close(proof->connection);
	sqlite3_close(proof->db);
	shadow_watch_empty(&watch);
}

static void note_unproven(struct shadow_run *run, const struct section *section)
{
	diagnostic_at(run->diag, SEVERITY_NOTE, "unproven", section->source, section->offset, 0,
		      "the down was not tried: %s", section->settings.shadow_off);
	run->set->unproven = true;
}

void shadow_prove(struct shadow_run *run, uint32_t index, const struct bobolink_inventory *before)
{
	const struct migration *migration = &run->set->migrations[index];
	const struct section *up = &migration->up;
	const struct section *down = &migration->down;
	struct proof proof = { .run = run,
			       .migration = migration,
			       .index = index,
			       .db = run->db,
			       .connection = run->connection,
			       .watch = &run->watch,
			       .before = before };

	if (!down->present || down->settings.irreversible || up->settings.shadow_off)
		return;
	if (down->settings.shadow_off) {
		note_unproven(run, down);
		return;
	}
	if (up->no_transaction || down->no_transaction)
		prove_in_copy(&proof);
	else
		prove_in_savepoint(&proof);
	bobolink_inventory_free(proof.down);
	bobolink_inventory_free(proof.again);
}
