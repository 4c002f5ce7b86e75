/*
 * Require: a migration that waits for others of another set.
 *
 * Up, what it requires must be applied; down, nothing that is applied may require it. Both are asked under the lock of
 * the migration's own database. Where the other set is in the same one, nobody can change the answer before the step is
 * committed; in another database somebody can, as no lock is taken there.
 */
#include "require.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"

bool bl_requirement_next(const char **text, struct bl_requirement *requirement)
{
	char *end;

	if (!**text)
		return false;
	requirement->name = *text;
	requirement->length = strcspn(*text, "/");
	requirement->version = strtoll(*text + requirement->length + 1, &end, 10);
	*text = end + (*end == ' ');
	return true;
}

const char *bl_requirement_text(const struct bobolink_set *set, uint32_t index)
{
	return bl_set_text(set, index, set->migrations[index].requirements);
}

bool bl_requirement_is_of(const struct bl_requirement *requirement, const struct bobolink_set *set)
{
	return strlen(set->name) == requirement->length &&
	       memcmp(set->name, requirement->name, requirement->length) == 0;
}

/* What is on one connection is asked over it by the session that may have a transaction open there. */
static struct bobolink_session *who_asks(struct bobolink_session *session,
					 struct bobolink_session *other)
{
	return other->handle == session->handle ? session : other;
}

static int keep_status(void *context, const struct bobolink_value *values, uint32_t count)
{
	int *status = context;

	if (count && values[0].text)
		*status = bl_status_from_name(values[0].text);
	return BOBOLINK_OK;
}

/* Whether a migration counts as applied in the history that `session` reads. */
static int look(struct bobolink_session *session, const char *name, int64_t version, bool *applied,
		struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };
	int status = BL_STATUS_NONE;
	int rc;

	bl_values_text(&values, name);
	bl_values_integer(&values, version);
	rc = bl_session_read(session, BL_SQL_HISTORY_LIVE, &values, keep_status, &status, error);
	if (rc == BOBOLINK_NO_TABLE) {
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	}
	*applied = status == BL_STATUS_APPLIED || status == BL_STATUS_BASELINE ||
		   status == BL_STATUS_SKIPPED;
	return rc;
}

/* In this session's own database, which may hold several sets. */
static int look_here(struct bobolink_session *session, const struct bl_requirement *requirement,
		     bool *met, struct bobolink_error *error)
{
	struct bl_text name;
	int rc;

	bl_text_init(&name, &session->allocator);
	bl_text_add(&name, requirement->name, requirement->length);
	if (name.failed)
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	else
		rc = look(session, name.text, requirement->version, met, error);
	bl_text_release(&name);
	return rc;
}

int bl_requirement_look(struct bobolink_session *session, const struct bl_requirement *requirement,
			bool *met, struct bobolink_error *error)
{
	for (uint32_t i = 0; i < session->companion_count; i++) {
		struct bobolink_session *other = session->companions[i];

		if (bl_requirement_is_of(requirement, other->set))
			return look(who_asks(session, other), other->set->name,
				    requirement->version, met, error);
	}
	return look_here(session, requirement, met, error);
}

int bl_requirement_fail(const struct bobolink_session *session, uint32_t index,
			const struct bl_requirement *requirement, const char *why,
			struct bobolink_error *error)
{
	const struct bobolink_set *set = session->set;
	const struct bobolink_migration *migration = &set->migrations[index];

	bl_error_set(error, BOBOLINK_REQUIRED,
		     "migration %" PRId64 " (%s) of %s requires %.*s/%" PRId64 ", %s",
		     migration->version, bl_set_name(set, index), set->name,
		     (int)requirement->length, requirement->name, requirement->version, why);
	bl_error_place(error, migration->version, bl_set_text(set, index, migration->up.file), 0,
		       0);
	return BOBOLINK_REQUIRED;
}

static int permit_up(struct bobolink_session *session, int64_t version,
		     struct bobolink_error *error)
{
	uint32_t index = bl_set_find(session->set, version);
	const char *text = bl_requirement_text(session->set, index);
	struct bl_requirement requirement;

	while (bl_requirement_next(&text, &requirement)) {
		bool met;
		int rc = bl_requirement_look(session, &requirement, &met, error);

		if (rc)
			return rc;
		if (!met)
			return bl_requirement_fail(
				session, index, &requirement,
				"which is not applied: migrate that set first, or all sets "
				"together, with --migrate or bobolink_migrate_all()",
				error);
	}
	return BOBOLINK_OK;
}

/* Whether migration `index` of another set requires this one and is applied. */
static int is_required_by(struct bobolink_session *session, int64_t version,
			  struct bobolink_session *other, uint32_t index, bool *required,
			  struct bobolink_error *error)
{
	const char *text = bl_requirement_text(other->set, index);
	struct bl_requirement requirement;

	*required = false;
	while (bl_requirement_next(&text, &requirement)) {
		if (requirement.version == version &&
		    bl_requirement_is_of(&requirement, session->set))
			return look(who_asks(session, other), other->set->name,
				    other->set->migrations[index].version, required, error);
	}
	return BOBOLINK_OK;
}

static int permit_down_beside(struct bobolink_session *session, int64_t version,
			      struct bobolink_session *other, struct bobolink_error *error)
{
	for (uint32_t i = 0; i < other->set->migration_count; i++) {
		bool required;
		int rc = is_required_by(session, version, other, i, &required, error);

		if (rc)
			return rc;
		if (!required)
			continue;
		bl_error_set(error, BOBOLINK_REQUIRED,
			     "migration %" PRId64 " of %s cannot be undone: %s/%" PRId64
			     " (%s), which requires it, is applied: undo that first",
			     version, session->set->name, other->set->name,
			     other->set->migrations[i].version, bl_set_name(other->set, i));
		error->version = version;
		return BOBOLINK_REQUIRED;
	}
	return BOBOLINK_OK;
}

static int permit_down(struct bobolink_session *session, int64_t version,
		       struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < session->companion_count && rc == BOBOLINK_OK; i++) {
		if (session->companions[i] != session)
			rc = permit_down_beside(session, version, session->companions[i], error);
	}
	return rc;
}

int bobolink_permit(struct bobolink_session *session, int64_t version, int down,
		    struct bobolink_error *error)
{
	return down ? permit_down(session, version, error) : permit_up(session, version, error);
}
