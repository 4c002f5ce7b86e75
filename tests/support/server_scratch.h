/* A TMPDIR and a cache of its own for tests of private servers. */
#ifndef SERVER_SCRATCH_H
#define SERVER_SCRATCH_H

#include "../../compiler/server.h"
#include "server.h"

struct server_scratch {
	struct arena arena;
	char path[64];	   /* TMPDIR: servers make their directories here */
	const char *cache; /* XDG_CACHE_HOME */
	struct server *server;
	struct server_error error;
};

/*
 * Fixtures for cmocka: *state becomes a struct server_scratch; a server still running is stopped. The
 * cache is one for all tests of the program, or, cold, an empty one for this test.
 */
int server_scratch_make(void **state);
int server_scratch_make_cold(void **state);
int server_scratch_remove(void **state);

/* server_start without a place; the test is skipped where no server programs are installed. */
enum server_result server_scratch_start(struct server_scratch *scratch);
/* Starts, asserts that it answers, stops, asserts that its directory is gone. */
void server_scratch_cycle(struct server_scratch *scratch);
/* Asserts that a query is answered. */
void server_scratch_answers(const struct server *server);

/* How many entries of a directory have names that begin with `prefix`; 0 when there is none. */
int entries_in(const char *directory, const char *prefix);
/* Waits up to ten seconds for the last directory of a server in TMPDIR to go. True when it did. */
int server_scratch_is_clean(const struct server_scratch *scratch);
/* The folder of the only cluster in the cache. */
const char *server_scratch_entry(struct server_scratch *scratch);

/* Runs a shell command made by the format; it must succeed. */
void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define COLD_SERVER_TEST(name) \
	cmocka_unit_test_setup_teardown(name, server_scratch_make_cold, server_scratch_remove)
#define SERVER_TEST(name) \
	cmocka_unit_test_setup_teardown(name, server_scratch_make, server_scratch_remove)

#endif
