/*
 * Bodies of triggers: compiled by preparing the statement that would fire each one.
 *
 * SQLite compiles all triggers of a table together and does not say which one is broken. So when one of them is, all are
 * dropped inside a savepoint, and each is made again alone.
 */
#include <string.h>

#include "shadow_sqlite_bodies.h"
#include "shadow_sqlite_strings.h"
#include "support/buffer.h"

static bool is_trigger(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TRIGGER;
}

/* "SET a = a, b = b" for every column that can be written. */
static void add_assignments(struct shadow_run *run, const char *table, struct buffer *sql)
{
	sqlite3_stmt *columns = NULL;
	const char *before = "SET ";

	if (sqlite3_prepare_v2(run->handle,
			       "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0",
			       -1, &columns, NULL) != SQLITE_OK)
		arena_exhausted();
	sqlite3_bind_text(columns, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(columns) == SQLITE_ROW) {
		const char *name =
			shadow_sqlite_quote(run, (const char *)sqlite3_column_text(columns, 0));

		buffer_format(sql, "%s%s = %s", before, name, name);
		before = ", ";
	}
	sqlite3_finalize(columns);
}

/* The statement that fires a trigger: its definition begins [BEFORE|AFTER|INSTEAD OF] and the event. */
static const char *firing(struct shadow_run *run, const struct bobolink_object *trigger)
{
	const char *event = trigger->definition;
	const char *table = shadow_sqlite_quote(run, trigger->parent);
	struct buffer sql = BUFFER_INIT;
	const char *copy;

	while (*event && strncmp(event, "INSERT", 6) != 0 && strncmp(event, "UPDATE", 6) != 0 &&
	       strncmp(event, "DELETE", 6) != 0) {
		event += strcspn(event, " ");
		event += *event == ' ';
	}
	if (event[0] == 'I')
		buffer_format(&sql, "INSERT INTO main.%s DEFAULT VALUES", table);
	else if (event[0] == 'D')
		buffer_format(&sql, "DELETE FROM main.%s", table);
	else {
		buffer_format(&sql, "UPDATE main.%s ", table);
		add_assignments(run, trigger->parent, &sql);
	}
	copy = arena_copy(run->arena, sql.text, sql.length);
	buffer_release(&sql);
	return copy;
}

static bool can_all_fire(struct shadow_run *run)
{
	const struct bobolink_object *object;

	for (uint32_t i = 0; (object = bobolink_inventory_object(run->inventory, i)) != NULL; i++) {
		if (is_trigger(object) && shadow_sqlite_prepare(run, firing(run, object)))
			return false;
	}
	return true;
}

static void control(struct shadow_run *run, const char *sql)
{
	if (sqlite3_exec(run->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		arena_exhausted();
}

static void drop_trigger(struct shadow_run *run, const struct bobolink_object *trigger)
{
	control(run, arena_format(run->arena, "DROP TRIGGER main.%s",
				  shadow_sqlite_quote(run, trigger->name)));
}

/* The trigger is alone in the database. `strings`: names may be strings, so that a fault is a real one. */
static void check_trigger(struct shadow_run *run, const struct bobolink_object *trigger,
			  bool strings)
{
	const char *sql = firing(run, trigger);
	/* What fails without the trigger is not its fault. */
	const char *other = shadow_sqlite_prepare(run, sql);
	const char *message;

	if (other && !strstr(other, "because it is a view"))
		return;
	if (sqlite3_exec(run->handle, trigger->sql, NULL, NULL, NULL) != SQLITE_OK)
		return;
	message = shadow_sqlite_prepare(run, sql);
	drop_trigger(run, trigger);
	if (message && strings)
		shadow_report_broken(run, "broken-trigger", trigger,
				     arena_format(run->arena, "the trigger \"%s\" cannot run",
						  trigger->name),
				     message);
	else if (message)
		shadow_sqlite_report_string(run, trigger, message);
}

static void check_alone(struct shadow_run *run, bool strings)
{
	const struct bobolink_object *object;

	control(run, "SAVEPOINT bobolink_triggers");
	for (uint32_t i = 0; (object = bobolink_inventory_object(run->inventory, i)) != NULL; i++) {
		if (is_trigger(object))
			drop_trigger(run, object);
	}
	for (uint32_t i = 0; (object = bobolink_inventory_object(run->inventory, i)) != NULL; i++) {
		if (is_trigger(object))
			check_trigger(run, object, strings);
	}
	control(run, "ROLLBACK TO bobolink_triggers; RELEASE bobolink_triggers");
}

void shadow_sqlite_triggers(struct shadow_run *run)
{
	struct shadow_sqlite_strings before;

	if (!can_all_fire(run))
		check_alone(run, true);
	if (!shadow_sqlite_strings_off(run->handle, &before))
		return;
	if (!can_all_fire(run))
		check_alone(run, false);
	shadow_sqlite_strings_restore(run->handle, &before);
}
