/*
 * Sections of scripts: through the backend, statement by statement, as the program will run them.
 */
#include "shadow_section.h"

#include "shadow_explain.h"

int shadow_section_run(struct shadow_run *run, const struct migration *owner,
		       const struct section *section, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	error->statement = 0;
	for (uint32_t i = 0; i < section->count && rc == BOBOLINK_OK; i++) {
		const struct statement *statement = &section->statements[i];

		if (owner && run->engine->look)
			run->engine->look(run, owner, section, statement);
		rc = run->backend->execute(run->connection,
					   section->source->text + statement->offset,
					   statement->length, i + 1, error);
		if (rc && error->statement == 0)
			error->statement = i + 1;
	}
	/* Statements that were only taken note of are run before this returns. */
	if (rc == BOBOLINK_OK)
		rc = run->backend->query(run->connection, "SELECT 1", NULL, 0, NULL, NULL, NULL,
					 error);
	return rc;
}

int shadow_section_commit(struct shadow_run *run, const struct migration *owner,
			  const struct section *section, struct bobolink_error *error)
{
	const struct bobolink_section flags = {
		.flags = section->foreign_keys_off ? BOBOLINK_SECTION_FOREIGN_KEYS_OFF : 0,
	};
	int rc = run->backend->begin(run->connection, &flags, error);

	error->statement = 0;
	if (rc == BOBOLINK_OK)
		rc = shadow_section_run(run, owner, section, error);
	if (rc == BOBOLINK_OK)
		rc = run->backend->commit(run->connection, error);
	run->backend->rollback(run->connection);
	return rc;
}

void shadow_section_report(struct shadow_run *run, const char *rule, const struct section *section,
			   const char *before, const struct bobolink_error *error, uint32_t count)
{
	if (error->code == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	if (error->statement == 0 || error->statement > section->count) {
		diagnostic_at(run->diag, SEVERITY_ERROR, rule, section->source, section->offset, 0,
			      "%s%s", before, error->message);
		return;
	}
	shadow_explain(run, SEVERITY_ERROR, rule, section,
		       &section->statements[error->statement - 1], error->offset, before,
		       error->message, count);
}
