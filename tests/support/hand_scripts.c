/*
 * Scripts made by hand: see the header. They are kept as a set made by hand whose migrations they are.
 */
#include "hand_scripts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/bobolink.h>

struct hand_scripts {
	struct hand_set *items;
	struct bobolink_script *settings;
	uint32_t count;
	struct bobolink_scripts made;
};

struct hand_scripts *hand_scripts_new(void)
{
	struct hand_scripts *scripts = calloc(1, sizeof(*scripts));

	if (!scripts)
		abort();
	scripts->items = hand_set_new("scripts");
	scripts->made.run = bobolink_scripts_run;
	return scripts;
}

void hand_scripts_free(struct hand_scripts *scripts)
{
	if (!scripts)
		return;
	hand_set_free(scripts->items);
	free(scripts->settings);
	free(scripts);
}

const struct bobolink_scripts *hand_scripts(struct hand_scripts *scripts,
					    const struct bobolink_backend *(*backend)(void))
{
	const struct bobolink_set *items;

	if (!scripts)
		return NULL;
	items = hand_set(scripts->items, backend);
	scripts->made.items = items->migrations;
	scripts->made.chunks = items->chunks;
	scripts->made.settings = scripts->settings;
	return &scripts->made;
}

const char *hand_scripts_digest(struct hand_scripts *scripts)
{
	return hand_set(scripts->items, NULL)->digest;
}

static struct bobolink_script *add_settings(struct hand_scripts *scripts)
{
	struct bobolink_script *settings =
		realloc(scripts->settings, (scripts->count + 1) * sizeof(*settings));

	if (!settings)
		abort();
	scripts->settings = settings;
	settings += scripts->count++;
	memset(settings, 0, sizeof(*settings));
	settings->required = -1;
	return settings;
}

/* The sections of a fix stand in one file, one statement a line. */
static void add_script(struct hand_scripts *scripts, int64_t number, const char *name,
		       const char *file, const char *guard, va_list statements)
{
	struct hand_set *items = scripts->items;
	struct bobolink_script *settings;
	const char *text;

	hand_set_add(items, number, name, 0, NULL);
	settings = add_settings(scripts);
	if (guard)
		hand_set_statement(items, &settings->guard, guard);
	settings->guard.file = hand_set_text(items, file);
	hand_set_section(items)->file = settings->guard.file;
	while ((text = va_arg(statements, const char *)) != NULL)
		hand_set_statement(items, hand_set_section(items), text);
}

void hand_fix(struct hand_set *set, int64_t number, const char *name, const char *guard, ...)
{
	struct hand_scripts *scripts = hand_set_scripts(set);
	char file[160];
	va_list statements;

	snprintf(file, sizeof(file), "migrations/fixes/%04" PRId64 "_%s.sql", number, name);
	va_start(statements, guard);
	add_script(scripts, number, name, file, guard, statements);
	va_end(statements);
	scripts->made.fix_count++;
}

void hand_repeatable(struct hand_set *set, const char *name, ...)
{
	struct hand_scripts *scripts = hand_set_scripts(set);
	char file[160];
	va_list statements;

	snprintf(file, sizeof(file), "migrations/R__%s.sql", name);
	va_start(statements, name);
	add_script(scripts, 0, name, file, NULL, statements);
	va_end(statements);
	scripts->made.repeatable_count++;
}

struct bobolink_script *hand_script(struct hand_set *set)
{
	struct hand_scripts *scripts = hand_set_scripts(set);

	return &scripts->settings[scripts->count - 1];
}

struct bobolink_section *hand_script_section(struct hand_set *set)
{
	return hand_set_section(hand_set_scripts(set)->items);
}

void hand_script_guard(struct hand_set *set, const char *query)
{
	hand_set_statement(hand_set_scripts(set)->items, &hand_script(set)->guard, query);
}

void hand_script_after(struct hand_set *set, const char *places)
{
	hand_script(set)->after = hand_set_text(hand_set_scripts(set)->items, places);
}

void hand_script_title(struct hand_set *set, const char *title)
{
	hand_script(set)->title = hand_set_text(hand_set_scripts(set)->items, title);
}

void hand_script_undo(struct hand_set *set, const char *statement)
{
	hand_set_down(hand_set_scripts(set)->items, 0, statement, NULL);
}

void hand_script_losses(struct hand_set *set, const char *losses)
{
	hand_set_losses(hand_set_scripts(set)->items, losses);
}

void hand_script_delta(struct hand_set *set, const char *delta)
{
	hand_set_delta(hand_set_scripts(set)->items, delta);
}

void hand_script_edited(struct hand_set *set)
{
	hand_set_cosmetic(hand_set_scripts(set)->items);
}

const char mending_sums[] =
	"SELECT CASE WHEN (SELECT count(*) FROM ran) = 3 * m.n AND (SELECT count(*) FROM (SELECT "
	"DISTINCT i FROM ran) AS d) = 3 * m.n AND (SELECT count(*) FROM bobolink_history WHERE "
	"kind "
	"<> 'migration' AND status = 'applied') = 2 * m.n AND (SELECT count(*) FROM "
	"bobolink_history "
	"WHERE status = 'failed' AND item = '9000') = 1 AND (SELECT count(*) FROM bobolink_history "
	"WHERE status = 'pending' AND item = '9001') = 1 AND (SELECT count(*) FROM "
	"bobolink_history) "
	"= 3 * m.n + 2 AND (SELECT count(*) FROM bobolink_head WHERE digest IS NOT NULL AND "
	"next_due "
	"< '2000-01-01T00:00:00.000Z') = 1 THEN 'ok' ELSE 'damaged' END FROM (SELECT count(*) AS n "
	"FROM bobolink_history WHERE kind = 'migration' AND status = 'applied') AS m";

struct hand_set *hand_set_mending(const char *name, uint32_t count)
{
	struct hand_set *set = hand_set_counting(name, count);
	char insert[80];
	char view[40];

	for (uint32_t i = 1; i <= count; i++) {
		snprintf(insert, sizeof(insert), "INSERT INTO ran VALUES (%u)", (unsigned)i + 1000);
		hand_fix(set, i, "mend", "SELECT count(*) > 0 FROM ran", insert, NULL);
		hand_script(set)->required = i;
		if (i == 1)
			hand_script_undo(set, "DELETE FROM ran WHERE i = 1001");
	}
	hand_fix(set, 9000, "broken", "SELECT 1 = 1", "INSERT INTO ran VALUES (9000)",
		 "INSERT INTO missing VALUES (1)", NULL);
	hand_script(set)->required = 1;
	hand_fix(set, 9001, "behind", "SELECT 1 = 1", "INSERT INTO ran VALUES (9001)", NULL);
	snprintf(view, sizeof(view), "%u", (unsigned)count);
	hand_script_after(set, view);
	for (uint32_t i = 1; i <= count; i++) {
		snprintf(insert, sizeof(insert), "INSERT INTO ran VALUES (%u)", (unsigned)i + 2000);
		snprintf(view, sizeof(view), "view_%u", (unsigned)i);
		hand_repeatable(set, view, insert, NULL);
	}
	return set;
}
