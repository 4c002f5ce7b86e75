/*
 * SQLite's place for a proof: inside a savepoint, or in a copy of the database where a statement refuses
 * transactions or a function is called.
 */
#include <string.h>

#include "shadow_proof.h"
#include "shadow_sqlite.h"
#include "shadow_sqlite_database.h"

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
static void prove_in_savepoint(struct shadow_proof *proof)
{
	struct shadow_run *run = proof->run;
	struct shadow_sqlite *own = run->own;
	enum shadow_proved proved;

	control(run->handle, "SAVEPOINT bobolink_proof");
	proved = shadow_proof_run(proof);
	if (proved == SHADOW_PROVED && !run->has_rows && !proof->has_rows &&
	    is_same_text(run->inventory, proof->again)) {
		control(run->handle, "RELEASE bobolink_proof");
		bobolink_inventory_free(run->inventory);
		run->inventory = proof->again;
		proof->again = NULL;
		return;
	}
	/* A statement that failed with ON CONFLICT ROLLBACK or RAISE(ROLLBACK) has done it already. */
	if (!sqlite3_get_autocommit(run->handle))
		control(run->handle, "ROLLBACK TO bobolink_proof; RELEASE bobolink_proof");
	shadow_sqlite_watch_empty(&own->watch);
}

void shadow_sqlite_copy(struct shadow_run *run, const char *entry, shadow_copy_fn *use,
			void *context)
{
	struct shadow_sqlite *own = run->own;
	struct bobolink_connection *connection = NULL;
	struct bobolink_error error;

	(void)entry;
	own->copy = shadow_sqlite_database_copy(run->handle, run->options, &own->copy_watch,
						run->arena);
	own->copy_watch.altered = true;
	if (run->backend->open(own->copy, &run->context, &connection, &error))
		arena_exhausted();
	use(context, own->copy, connection);
	run->backend->close(connection);
	sqlite3_close(own->copy);
	own->copy = NULL;
	shadow_sqlite_watch_empty(&own->copy_watch);
}

static void prove_on(void *context, void *handle, struct bobolink_connection *connection)
{
	struct shadow_proof *proof = context;

	proof->handle = handle;
	proof->connection = connection;
	shadow_proof_run(proof);
}

void shadow_sqlite_prove(struct shadow_proof *proof)
{
	if (proof->migration->up.no_transaction || proof->migration->down.no_transaction ||
	    shadow_proof_calls(proof))
		shadow_sqlite_copy(proof->run, proof->migration->entry, prove_on, proof);
	else
		prove_in_savepoint(proof);
}
