/* A scratch directory with an SQLite file open, a set of three counting migrations, and options. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "database.h"
#include "hand_set.h"

struct fixture {
	char directory[256];
	char path[300];
	sqlite3 *db;
	struct hand_set *set;
	struct bobolink_options options;
	struct bobolink_session *session; /* for tests that open one; closed by the teardown */
	struct bobolink_error error;
};

/* For cmocka's setup and teardown. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The program starts: bobolink_migrate_sqlite3 on the fixture's connection, or on another one. */
int fixture_boot(struct fixture *fixture);
int fixture_boot_on(struct fixture *fixture, sqlite3 *db);

/* A later or earlier release of the program; the old set is freed. */
void fixture_replace_set(struct fixture *fixture, struct hand_set *set);

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#endif
