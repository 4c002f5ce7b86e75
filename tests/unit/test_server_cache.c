/* The cache of initialised clusters: used when it is whole and ours, mended or left alone otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server_scratch.h"

/* The time at which the cached cluster was made. */
static struct timespec made(struct server_scratch *scratch)
{
	struct stat status;

	assert_int_equal(stat(arena_format(&scratch->arena, "%s/complete",
					   server_scratch_entry(scratch)),
			      &status),
			 0);
	return status.st_mtim;
}

static int is_same(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void a_cluster_is_kept_and_used_again(void **state)
{
	struct server_scratch *scratch = *state;
	struct timespec first;

	PGconn *connection;

	server_scratch_cycle(scratch);
	first = made(scratch);
	/* A mark in the copy that is kept, of the same size, shows in the next server. */
	shell("sed -i 's/^#work_mem = 4MB/work_mem = 77MB/' '%s/data/postgresql.conf'",
	      server_scratch_entry(scratch));
	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	connection = pg_open(server_url(scratch->server));
	assert_string_equal(pg_text(connection, "SHOW work_mem"), "77MB");
	PQfinish(connection);
	assert_true(is_same(first, made(scratch)));
}

/* After each damage the server starts, and the cache is whole again for the next one. */
static void damage_is_mended(void **state)
{
	static const char *const damages[] = {
		"rm '%s/complete'",
		": >'%s/complete'",
		"rm '%s/data/PG_VERSION'",
		": >'%s/data/base/1/PG_VERSION'",
		"touch '%s/data/one_more'",
		"ln -s /etc/passwd '%s/data/link'",
		"mkfifo '%s/data/fifo'",
		/* As many bytes, but others: only the server can tell. */
		"cd '%s/data/global' && truncate -s 0 pg_control && truncate -s 8192 pg_control",
	};
	struct server_scratch *scratch = *state;

	server_scratch_cycle(scratch);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const char *entry = server_scratch_entry(scratch);
		char command[512];
		struct timespec before = made(scratch);
		struct timespec mended;

		/* The texts are ours, and each has one %s. */
		(void)snprintf(command, sizeof(command), "%.*s%s%s",
			       (int)(strstr(damages[i], "%s") - damages[i]), damages[i], entry,
			       strstr(damages[i], "%s") + 2);
		shell("%s", command);
		server_scratch_cycle(scratch);
		mended = made(scratch);
		assert_false(is_same(before, mended));
		server_scratch_cycle(scratch);
		assert_true(is_same(mended, made(scratch)));
	}
}

/* Starts a server and returns how many clusters the cache in TMPDIR holds then. */
static int kept_in_tmpdir(struct server_scratch *scratch)
{
	server_scratch_cycle(scratch);
	return entries_in(arena_format(&scratch->arena, "%s/bobolink-cache-%ld", scratch->path,
				       (long)geteuid()),
			  "cluster-");
}

static void a_folder_of_somebody_else_is_not_used(void **state)
{
	struct server_scratch *scratch = *state;
	const char *root = arena_format(&scratch->arena, "%s/bobolink", scratch->cache);

	if (geteuid() != 0)
		skip(); /* only root can give a folder away */
	shell("mkdir -p '%s' && chown 65533 '%s'", root, root);
	assert_int_equal(kept_in_tmpdir(scratch), 1);
	assert_int_equal(entries_in(root, "cluster-"), 0);
	/* The one in TMPDIR too: then nothing is kept, and the server starts all the same. */
	shell("chown -R 65533 '%s'/bobolink-cache-*", scratch->path);
	shell("rm -r '%s'/bobolink-cache-*/*", scratch->path);
	assert_int_equal(kept_in_tmpdir(scratch), 0);
}

static void a_folder_that_others_may_write_is_not_used(void **state)
{
	struct server_scratch *scratch = *state;
	const char *root = arena_format(&scratch->arena, "%s/bobolink", scratch->cache);

	shell("mkdir -p '%s' && chmod 777 '%s'", root, root);
	assert_int_equal(kept_in_tmpdir(scratch), 1);
	assert_int_equal(entries_in(root, "cluster-"), 0);
}

static void a_link_is_not_followed(void **state)
{
	struct server_scratch *scratch = *state;

	shell("mkdir -p '%s' '%s/elsewhere' && ln -s ../elsewhere '%s/bobolink'", scratch->cache,
	      scratch->path, scratch->cache);
	assert_int_equal(kept_in_tmpdir(scratch), 1);
	assert_int_equal(entries_in(arena_format(&scratch->arena, "%s/elsewhere", scratch->path),
				    "cluster-"),
			 0);
}

/* As with sudo: HOME is a user's, the cache would be root's. */
static void a_home_of_somebody_else_is_left_alone(void **state)
{
	struct server_scratch *scratch = *state;
	const char *home = arena_format(&scratch->arena, "%s/home", scratch->path);
	const char *before = getenv("HOME");

	if (geteuid() != 0)
		skip(); /* only root can give a folder away */
	before = arena_format(&scratch->arena, "%s", before ? before : "/");
	shell("mkdir -p '%s' && chown 65533 '%s'", home, home);
	assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
	assert_int_equal(setenv("HOME", home, 1), 0);
	assert_int_equal(kept_in_tmpdir(scratch), 1);
	assert_int_equal(entries_in(home, ".cache"), 0);
	assert_int_equal(setenv("HOME", before, 1), 0);
}

static _Noreturn void start_and_stop(struct server_scratch *scratch)
{
	struct server *server;

	if (server_start(NULL, SERVER_ALL, &scratch->arena, &server, &scratch->error) !=
	    SERVER_STARTED)
		_exit(1);
	server_scratch_answers(server);
	server_stop(server);
	_exit(0);
}

/* All of them find it empty; one fills it, and no half of anything stays. */
static void builds_at_once_fill_it_together(void **state)
{
	struct server_scratch *scratch = *state;
	pid_t children[4];
	int status;

	for (size_t i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0)
			start_and_stop(scratch);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	(void)server_scratch_entry(scratch); /* exactly one */
	assert_int_equal(entries_in(scratch->path, "bobolink-server-"), 0);
	server_scratch_cycle(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		COLD_SERVER_TEST(a_cluster_is_kept_and_used_again),
		COLD_SERVER_TEST(damage_is_mended),
		COLD_SERVER_TEST(a_folder_of_somebody_else_is_not_used),
		COLD_SERVER_TEST(a_folder_that_others_may_write_is_not_used),
		COLD_SERVER_TEST(a_link_is_not_followed),
		COLD_SERVER_TEST(a_home_of_somebody_else_is_left_alone),
		COLD_SERVER_TEST(builds_at_once_fill_it_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
