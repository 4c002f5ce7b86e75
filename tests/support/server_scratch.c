/*
 * A TMPDIR and a cache of its own for tests of private servers.
 */
#include "server_scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int server_scratch_make_cold(void **state)
{
	struct server_scratch *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return -1;
	(void)snprintf(scratch->path, sizeof(scratch->path), "/tmp/bobolink-test-XXXXXX");
	/* Where root runs the tests, the server's user must be able to reach it. */
	if (!mkdtemp(scratch->path) || chmod(scratch->path, 0755))
		return -1;
	scratch->cache = arena_format(&scratch->arena, "%s/cache", scratch->path);
	*state = scratch;
	return setenv("TMPDIR", scratch->path, 1) || setenv("XDG_CACHE_HOME", scratch->cache, 1);
}

static char shared_cache[] = "/tmp/bobolink-test-cache-XXXXXX";
static bool has_shared_cache;

static void remove_shared_cache(void)
{
	shell("rm -rf '%s'", shared_cache);
}

int server_scratch_make(void **state)
{
	struct server_scratch *scratch;

	if (server_scratch_make_cold(state))
		return -1;
	scratch = *state;
	if (!has_shared_cache && (!mkdtemp(shared_cache) || atexit(remove_shared_cache)))
		return -1;
	has_shared_cache = true;
	scratch->cache = shared_cache;
	return setenv("XDG_CACHE_HOME", shared_cache, 1);
}

int server_scratch_remove(void **state)
{
	struct server_scratch *scratch = *state;

	server_stop(scratch->server);
	(void)unsetenv("BOBOLINK_POSTGRES_BINDIR");
	shell("rm -rf '%s'", scratch->path);
	arena_release(&scratch->arena);
	free(scratch);
	return 0;
}

enum server_result server_scratch_start(struct server_scratch *scratch)
{
	enum server_result result =
		server_start(NULL, SERVER_ALL, &scratch->arena, &scratch->server, &scratch->error);

	if (result == SERVER_MISSING) {
		print_message("skipped: %s\n", scratch->error.message);
		skip();
	}
	if (result == SERVER_FAILED)
		print_message("%s\n", scratch->error.message);
	return result;
}

void server_scratch_answers(const struct server *server)
{
	PGconn *connection = pg_open(server_url(server));

	assert_int_equal(pg_number(connection, "SELECT 6 * 7"), 42);
	PQfinish(connection);
}

void server_scratch_cycle(struct server_scratch *scratch)
{
	const char *directory;

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	directory = server_directory(scratch->server);
	server_scratch_answers(scratch->server);
	server_stop(scratch->server);
	assert_int_not_equal(access(directory, F_OK), 0);
	scratch->server = NULL;
}

int entries_in(const char *directory, const char *prefix)
{
	DIR *stream = opendir(directory);
	const struct dirent *entry;
	int count = 0;

	while (stream && (entry = readdir(stream)) != NULL)
		count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	if (stream)
		closedir(stream);
	return count;
}

int server_scratch_is_clean(const struct server_scratch *scratch)
{
	const struct timespec moment = { 0, 10000000 };

	for (int i = 0; i < 1000; i++) {
		if (entries_in(scratch->path, "bobolink-server-") == 0)
			return 1;
		(void)nanosleep(&moment, NULL);
	}
	return 0;
}

const char *server_scratch_entry(struct server_scratch *scratch)
{
	const char *root = arena_format(&scratch->arena, "%s/bobolink", scratch->cache);
	DIR *stream = opendir(root);
	const struct dirent *entry;
	const char *found = NULL;

	assert_non_null(stream);
	assert_int_equal(entries_in(root, "cluster-"), 1);
	while ((entry = readdir(stream)) != NULL)
		if (strncmp(entry->d_name, "cluster-", 8) == 0)
			found = arena_format(&scratch->arena, "%s/%s", root, entry->d_name);
	closedir(stream);
	return found;
}

void shell(const char *format, ...)
{
	char command[2048];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	assert_int_equal(system(command), 0);
}
