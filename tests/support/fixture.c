/*
 * A scratch directory with an SQLite file open, a set of three counting migrations, and options.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	if (!fixture)
		return -1;
	scratch_make(fixture->directory);
	snprintf(fixture->path, sizeof(fixture->path), "%s/shop.db", fixture->directory);
	fixture->db = database_open(fixture->path);
	fixture->set = hand_set_counting("shop", 3);
	fixture->options = options;
	*state = fixture;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	bobolink_close(fixture->session);
	sqlite3_close(fixture->db);
	hand_set_free(fixture->set);
	scratch_remove(fixture->directory);
	free(fixture);
	return 0;
}

int fixture_boot_on(struct fixture *fixture, sqlite3 *db)
{
	return bobolink_migrate_sqlite3(hand_set(fixture->set, bobolink_backend_sqlite3), db,
					&fixture->options, &fixture->error);
}

int fixture_boot(struct fixture *fixture)
{
	return fixture_boot_on(fixture, fixture->db);
}

void fixture_replace_set(struct fixture *fixture, struct hand_set *set)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	hand_set_free(fixture->set);
	fixture->set = set;
}
