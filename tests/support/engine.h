/*
 * One suite for every database: what tests of the runtime need of an engine, behind one table.
 *
 * engine_run_group_tests runs the cases once for each engine of this build, as a group that bears its
 * name. SQL of such cases is what all of them accept.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bobolink/backend.h>

#define ENGINE_URL_SIZE 512

struct engine {
	const char *name;
	const struct bobolink_backend *(*backend)(void);
	const struct bobolink_archive *(*archive)(void);
	/* False, with a line that says why, where its server is not installed. */
	bool (*is_there)(void);
	/* An empty database that no other test has; files go to `directory`. */
	void (*make)(const char *directory, char url[ENGINE_URL_SIZE]);
	void *(*open)(const char *url);
	void (*close)(void *handle);
	/* Runs any number of statements; a failure ends the program. */
	void (*run)(void *handle, const char *sql);
	/* The same as a function of an application does it: false, with what the database said, for a failure. */
	bool (*attempt)(void *handle, const char *sql, char message[256]);
	/* The first column, its values joined by commas, in a buffer that the next call reuses. */
	const char *(*text)(void *handle, const char *sql);
	bool (*in_transaction)(void *handle);
	/* Tries to begin a transaction that keeps every other connection from migrating. */
	bool (*lock)(void *handle);

	const char *tables;   /* "FROM … WHERE name": the tables where bobolink's stand */
	const char *sound;    /* a query that answers "ok" */
	const char *no_table; /* what the database says, with one %s */
	const char *schema;   /* where bobolink's tables stand, as messages name it */
};

/* The one at hand: the engine of the group, or the only one of a program without groups. */
const struct engine *engine(void);

/*
 * Runs the cases on every engine, or on the one of that name; returns how many failed, or 77, which says
 * skipped, when none was there.
 */
int engine_run_tests(const char *name, const struct CMUnitTest *tests, size_t count);
#define engine_run_group_tests_on(name, tests) \
	engine_run_tests(name, tests, sizeof(tests) / sizeof((tests)[0]))
#define engine_run_group_tests(tests) engine_run_group_tests_on(NULL, tests)

/* The first value as a number; -1 when there is none. */
int64_t engine_number(void *handle, const char *sql);
/* How many tables have names like this; `!` escapes. */
int64_t engine_tables(void *handle, const char *like);
/* True when `message` says that this table does not exist. */
bool engine_says_no_table(const char *message, const char *table);

/* Opens, boots, closes; returns the result. */
int engine_boot(const char *url, const struct bobolink_set *set, struct bobolink_error *error);
/* True when migrations 1 … count of hand_set_counting ran exactly once and the database is sound. */
bool engine_is_whole(const char *url, uint32_t count);

#endif
