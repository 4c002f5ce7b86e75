/* An empty database with a connection, a set of three counting migrations, and options. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "database.h"
#include "engine.h"
#include "hand_set.h"

struct fixture {
	char directory[256];
	char url[ENGINE_URL_SIZE]; /* of SQLite: the path */
	void *db;		   /* the handle that the application owns: sqlite3 *, PGconn * */
	struct hand_set *set;
	struct bobolink_options options;
	struct bobolink_session *session; /* for tests that open one; closed by the teardown */
	struct bobolink_error error;
};

/* For cmocka's setup and teardown; the engine is that of the group. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The program starts: bobolink_migrate on the fixture's connection, or on another one. */
int fixture_boot(struct fixture *fixture);
int fixture_boot_on(struct fixture *fixture, void *db);
/* Opens fixture->session. */
void fixture_open(struct fixture *fixture);

/* A later or earlier release of the program; the old set is freed. */
void fixture_replace_set(struct fixture *fixture, struct hand_set *set);

/*
 * Until all other connections of the database have ended. A server tells what a session did when its process ends, which is a
 * little later than the client's close.
 */
void fixture_await_others(struct fixture *fixture);

/* On the fixture's connection. */
void fixture_run(struct fixture *fixture, const char *sql);
int64_t fixture_number(struct fixture *fixture, const char *sql);
const char *fixture_text(struct fixture *fixture, const char *sql);
/* The values that the query gives, joined by commas, are these. */
void fixture_says(struct fixture *fixture, const char *sql, const char *expected);
/* True when migrations 1 … count ran exactly once. */
bool fixture_is_whole(const struct fixture *fixture, uint32_t count);

/* The error has this code, and its message these words. */
void fixture_told(const struct fixture *fixture, int code, const char *words);

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#endif
