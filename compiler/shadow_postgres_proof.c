/*
 * PostgreSQL's place for a proof: a transaction that is rolled back. Where a statement refuses transactions, or both halves
 * do not fit into one, a copy of the database: the server makes it from files, in less than a tenth of a second.
 */
#include "shadow_postgres.h"
#include "shadow_proof.h"
#include "statement.h"

/*
 * What two transactions could do and one cannot: a new value of an enum is of no use before its commit, and a
 * table whose deferred triggers wait cannot be altered (manual, appendix A).
 */
#define NEEDS_COMMIT "55P04 55006"

static void fail(struct shadow_run *run, const char *entry, const char *reason)
{
	diagnostic_path(run->diag, SEVERITY_ERROR, "shadow-server", NULL,
			"%s cannot be proved in a copy of the database: %s", entry, reason);
}

static enum shadow_proved prove_in_transaction(struct shadow_proof *proof)
{
	struct shadow_run *run = proof->run;
	struct bobolink_error error;
	enum shadow_proved proved;

	if (run->backend->begin(run->connection, NULL, &error)) {
		shadow_fail(run, &error);
		return SHADOW_DISPROVED;
	}
	proof->deferred = true;
	proof->states = NEEDS_COMMIT;
	proved = shadow_proof_run(proof);
	run->backend->rollback(run->connection);
	return proved;
}

static void use_copy(struct shadow_run *run, PGconn *db, shadow_copy_fn *use, void *context)
{
	struct bobolink_connection *connection = NULL;
	struct bobolink_error error;

	if (run->backend->open(db, &run->context, &connection, &error)) {
		shadow_fail(run, &error);
		return;
	}
	use(context, db, connection);
	run->backend->close(connection);
}

/* The copy is made by the one connection that the original has: a second would stand in its way. */
void shadow_postgres_copy(struct shadow_run *run, const char *entry, shadow_copy_fn *use,
			  void *context)
{
	const struct shadow_postgres *own = run->own;
	const char *copy = shadow_postgres_quote(run, own->copy_name);
	const char *reason = NULL;
	PGconn *db;

	if (shadow_postgres_run(run, run->handle,
				arena_format(run->arena, "CREATE DATABASE %s TEMPLATE %s", copy,
					     shadow_postgres_quote(run, own->name)),
				&reason)) {
		fail(run, entry, reason);
		return;
	}
	db = shadow_postgres_connect(run, own->copy_name, own->role, &reason);
	if (db)
		use_copy(run, db, use, context);
	else
		fail(run, entry, reason);
	PQfinish(db);
	if (shadow_postgres_run(run, run->handle,
				arena_format(run->arena, "DROP DATABASE %s", copy), &reason))
		fail(run, entry, reason);
}

static void prove_on(void *context, void *handle, struct bobolink_connection *connection)
{
	struct shadow_proof *proof = context;

	proof->handle = handle;
	proof->connection = connection;
	proof->deferred = false;
	proof->commits = true;
	proof->states = NULL;
	shadow_proof_run(proof);
}

static bool makes_temporary(const struct section *section)
{
	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];

		for (uint32_t k = 0; k < statement->token_count; k++) {
			struct token token = section->tokens->items[statement->first_token + k];

			if (statement_is(section->source, token, "TEMPORARY") ||
			    statement_is(section->source, token, "TEMP"))
				return true;
		}
	}
	return false;
}

void shadow_postgres_prove(struct shadow_proof *proof)
{
	/* Not always: it costs the connection what it has prepared. */
	if (makes_temporary(&proof->migration->up) || makes_temporary(&proof->migration->down))
		proof->renew = "DISCARD TEMP";
	if (proof->migration->up.no_transaction || proof->migration->down.no_transaction ||
	    shadow_proof_calls(proof) || prove_in_transaction(proof) == SHADOW_MISPLACED)
		shadow_postgres_copy(proof->run, proof->migration->entry, prove_on, proof);
}
