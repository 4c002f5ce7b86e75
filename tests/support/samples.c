/* Statements that need a newer library or server: lint reads each in a migration of its own. */
#include "samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "folder.h"
#include "lint.h"

static void check(struct folder *folder, const struct sample *sample)
{
	char expected[128] = "";
	char text[1024];
	struct set set;

	snprintf(text, sizeof(text), "-- migrate:up allow:data-loss irreversible:\"x\"\n\n%s;\n",
		 sample->sql);
	folder_add(folder, "1_a.sql", text);
	if (folder_read(folder, &set))
		fail_msg("%s: %s", sample->sql, folder_report(folder));
	lint(&folder->options, &folder->arena, &set, &folder->diag);
	if (sample->feature)
		snprintf(expected, sizeof(expected), "%s (line 3)", sample->feature);
	if (set.migrations[0].up.minimum_version != sample->version)
		fail_msg("%s: needs %u, not %u (%s)", sample->sql, (unsigned)sample->version,
			 (unsigned)set.migrations[0].up.minimum_version,
			 set.migrations[0].up.feature);
	assert_string_equal(set.migrations[0].up.feature ? set.migrations[0].up.feature : "",
			    expected);
}

static void find(enum database database, const char *extension, const struct sample *samples,
		 size_t count)
{
	void *state = NULL;
	struct folder *folder;

	assert_int_equal(folder_make(&state), 0);
	folder = state;
	folder->options.database = database;
	folder->options.shadow = SHADOW_OFF;
	folder->options.shadow_extensions = &extension;
	folder->options.shadow_extension_count = extension != NULL;
	for (size_t i = 0; i < count; i++)
		check(folder, &samples[i]);
	assert_int_equal(folder_remove(&state), 0);
}

void samples_are_found(enum database database, const struct sample *samples, size_t count)
{
	find(database, NULL, samples, count);
}

void samples_are_found_beside(const char *extension, const struct sample *samples, size_t count)
{
	find(DATABASE_POSTGRES, extension, samples, count);
}

void samples_cover(const struct feature *features, const struct sample *samples, size_t count)
{
	for (; features->version; features++) {
		size_t i = 0;

		while (i < count && (samples[i].version != features->version ||
				     strcmp(samples[i].feature, features->name) != 0))
			i++;
		if (i == count)
			fail_msg("no sample shows %s", features->name);
	}
}
