/*
 * Proof of a down: up, down, compare, up again, compare. The engine says where: in a transaction that is rolled back or,
 * where a statement refuses transactions, in a copy of the database.
 */
#include "shadow_proof.h"

#include <string.h>

#include "shadow_explain.h"
#include "shadow_module.h"
#include "shadow_mismatch.h"

/* What a section does, in words for its findings. */
struct role {
	const char *rule;
	const char *before;
};

static const struct role as_down = { "down-error", "" };
static const struct role as_up = { "up-again", "the up does not run again after its down: " };

static bool is_misplaced(const struct shadow_proof *proof, const struct bobolink_error *error)
{
	return proof->states && error->sqlstate[0] && strstr(proof->states, error->sqlstate);
}

/* The statement that was refused, or the section where it was none. */
static void report(struct shadow_proof *proof, const struct section *section,
		   const struct role *role, const struct bobolink_error *error)
{
	struct shadow_run *run = proof->run;
	enum severity severity = shadow_severity(proof->migration);

	if (error->code == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	if (error->statement == 0 || error->statement > section->count) {
		diagnostic_at(run->diag, severity, role->rule, section->source, section->offset, 0,
			      "%s%s", role->before, error->message);
		return;
	}
	shadow_explain(run, severity, role->rule, section,
		       &section->statements[error->statement - 1], error->offset, role->before,
		       error->message, proof->index + 1);
	if (role == &as_up && !run->diag->items[run->diag->count - 1].help)
		diagnostic_help(run->diag, "undo in the down what this did");
}

static int run_statements(struct shadow_proof *proof, const struct section *section,
			  struct bobolink_error *error)
{
	struct shadow_run *run = proof->run;
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < section->count && rc == BOBOLINK_OK; i++) {
		const struct statement *statement = &section->statements[i];

		if (section == &proof->migration->down && run->engine->look)
			run->engine->look(run, proof->migration, section, statement);
		proof->has_rows |= !shadow_is_ddl(section, statement);
		rc = run->backend->execute(proof->connection,
					   section->source->text + statement->offset,
					   statement->length, i + 1, error);
		if (rc && error->statement == 0)
			error->statement = i + 1;
	}
	/* Statements that were only taken note of are run before this returns. */
	if (rc == BOBOLINK_OK && proof->deferred)
		rc = run->backend->query(proof->connection, "SELECT 1", NULL, 0, NULL, NULL, NULL,
					 error);
	return rc;
}

static int run_committed(struct shadow_proof *proof, const struct section *section,
			 struct bobolink_error *error)
{
	const struct bobolink_backend *backend = proof->run->backend;
	int rc = backend->begin(proof->connection, NULL, error);

	if (rc == BOBOLINK_OK)
		rc = run_statements(proof, section, error);
	if (rc == BOBOLINK_OK)
		rc = backend->commit(proof->connection, error);
	backend->rollback(proof->connection);
	return rc;
}

/* --- functions ------------------------------------------------------------------------------- */

bool shadow_proof_calls(const struct shadow_proof *proof)
{
	return proof->migration->up.settings.call || proof->migration->down.settings.call;
}

static int go_down(struct shadow_proof *proof, struct bobolink_session *session,
		   struct bobolink_error *error)
{
	const struct set *set = proof->run->set;
	int64_t target = proof->index ? set->migrations[proof->index - 1].version : BOBOLINK_NONE;
	struct bobolink_plan *plan = NULL;
	int rc = bobolink_plan_to(session, target, &plan, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_run(session, plan, BOBOLINK_FORCE, NULL, error);
	bobolink_plan_free(plan);
	return rc;
}

/* The runtime alone knows how to call one: the copy has a history, and goes one step back and forth. */
static int run_session(struct shadow_proof *proof, bool down, struct bobolink_error *error)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	int rc = bobolink_open(proof->run->image, proof->handle, &options, &session, error);

	if (rc == BOBOLINK_OK && down)
		rc = go_down(proof, session, error);
	else if (rc == BOBOLINK_OK)
		rc = bobolink_apply(session, proof->migration->version, NULL, error);
	bobolink_close(session);
	error->offset = -1;
	return rc;
}

/* --- both halves ----------------------------------------------------------------------------- */

/* Elsewhere, up and down run in two sessions. */
static int renew(struct shadow_proof *proof, struct bobolink_error *error)
{
	if (!proof->renew)
		return BOBOLINK_OK;
	return proof->run->backend->execute(proof->connection, proof->renew, strlen(proof->renew),
					    0, error);
}

static enum shadow_proved run_section(struct shadow_proof *proof, const struct section *section,
				      const struct role *role)
{
	struct bobolink_error error;
	int rc;

	error.statement = 0;
	rc = renew(proof, &error);
	if (rc == BOBOLINK_OK && shadow_proof_calls(proof))
		rc = run_session(proof, section == &proof->migration->down, &error);
	else if (rc == BOBOLINK_OK)
		rc = proof->commits && !section->no_transaction
			     ? run_committed(proof, section, &error)
			     : run_statements(proof, section, &error);
	if (rc == BOBOLINK_OK)
		return SHADOW_PROVED;
	if (is_misplaced(proof, &error))
		return SHADOW_MISPLACED;
	report(proof, section, role, &error);
	return SHADOW_DISPROVED;
}

static enum shadow_proved prove_down(struct shadow_proof *proof)
{
	struct shadow_run *run = proof->run;
	enum shadow_proved proved = run_section(proof, &proof->migration->down, &as_down);

	if (proved)
		return proved;
	proof->down = shadow_read(run, proof->connection, run->inventory);
	if (!proof->down || shadow_mismatch_down(run, proof->migration, proof->before, proof->down))
		return SHADOW_DISPROVED;
	return SHADOW_PROVED;
}

static enum shadow_proved prove_up(struct shadow_proof *proof)
{
	struct shadow_run *run = proof->run;
	enum shadow_proved proved = run_section(proof, &proof->migration->up, &as_up);

	if (proved)
		return proved;
	proof->again = shadow_read(run, proof->connection, proof->down);
	if (!proof->again ||
	    shadow_mismatch_up(run, proof->migration, run->inventory, proof->again))
		return SHADOW_DISPROVED;
	return SHADOW_PROVED;
}

enum shadow_proved shadow_proof_run(struct shadow_proof *proof)
{
	enum shadow_proved proved;

	bobolink_inventory_free(proof->down);
	bobolink_inventory_free(proof->again);
	proof->down = NULL;
	proof->again = NULL;
	proved = prove_down(proof);
	return proved ? proved : prove_up(proof);
}

static void note_unproven(struct shadow_run *run, const struct section *section)
{
	diagnostic_at(run->diag, SEVERITY_NOTE, "unproven", section->source, section->offset, 0,
		      "the down was not tried: %s", section->settings.shadow_off);
	run->set->unproven = true;
}

bool shadow_proof_due(struct shadow_run *run, const struct migration *migration)
{
	const struct section *down = &migration->down;

	if (!down->present || down->settings.irreversible || migration->up.settings.shadow_off)
		return false;
	if (down->settings.shadow_off)
		note_unproven(run, down);
	return !down->settings.shadow_off && shadow_call_runs(run, down, "down") &&
	       (!migration->up.settings.call || migration->up.function);
}

void shadow_prove(struct shadow_run *run, uint32_t index, const struct bobolink_inventory *before)
{
	const struct migration *migration = &run->set->migrations[index];
	struct shadow_proof proof = { .run = run,
				      .migration = migration,
				      .index = index,
				      .connection = run->connection,
				      .before = before };

	if (!shadow_proof_due(run, migration))
		return;
	run->engine->prove(&proof);
	bobolink_inventory_free(proof.down);
	bobolink_inventory_free(proof.again);
}
