/* A private server: starts where it can, says why where it cannot, and stops. */
#include "../../compiler/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"
#include "server_scratch.h"

static void tests_share_a_server_and_get_fresh_databases(void **state)
{
	char urls[2][SERVER_URL_SIZE];
	PGconn *connection = pg_open(server_for_tests());

	(void)state;
	assert_int_equal(PQserverVersion(connection) / 10000, server_for_tests_major());
	PQfinish(connection);
	database_new(urls[0]);
	database_new(urls[1]);
	assert_string_not_equal(urls[0], urls[1]);
	connection = pg_open(urls[0]);
	pg_run(connection, "CREATE TABLE t AS SELECT 'ü'::text AS v");
	assert_string_equal(pg_text(connection, "SELECT v FROM t"), "ü");
	assert_int_equal(pg_number(connection, "SELECT NULL::int"), -1);
	PQfinish(connection);
	connection = pg_open(urls[1]);
	assert_int_equal(pg_number(connection, "SELECT count(*) FROM pg_class WHERE relname = 't'"),
			 0);
	PQfinish(connection);
}

/* What migrations and tests rely on. */
static void the_cluster_is_as_promised(void **state)
{
	struct server_scratch *scratch = *state;
	PGconn *connection;

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	connection = pg_open(server_url(scratch->server));
	assert_string_equal(pg_text(connection, "SHOW server_encoding"), "UTF8");
	assert_string_equal(pg_text(connection, "SHOW listen_addresses"), "");
	assert_string_equal(pg_text(connection, "SHOW fsync"), "off");
	assert_string_equal(pg_text(connection, "SHOW timezone"), "UTC");
	assert_string_equal(pg_text(connection, "SELECT current_user"), "postgres");
	assert_string_equal(pg_text(connection, "SELECT datcollate FROM pg_database "
						"WHERE datname = 'postgres'"),
			    "C");
	PQfinish(connection);
}

static const char *databases_of(const struct server *server)
{
	PGconn *connection = pg_open(server_url(server));
	const char *names =
		pg_text(connection, "SELECT string_agg(datname, ' ' ORDER BY datname::text) "
				    "FROM pg_database");

	PQfinish(connection);
	return names;
}

/* The first of a kind makes its cluster, the next gets a copy. */
static void a_lean_server_has_one_database_and_leaves_the_others_theirs(void **state)
{
	static const struct {
		enum server_content content;
		const char *names;
	} rows[] = { { SERVER_LEAN, "postgres" },
		     { SERVER_ALL, "postgres template0 template1" },
		     { SERVER_LEAN, "postgres" },
		     { SERVER_ALL, "postgres template0 template1" } };
	struct server_scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum server_result result = server_start(NULL, rows[i].content, &scratch->arena,
							 &scratch->server, &scratch->error);

		if (result == SERVER_MISSING)
			skip();
		assert_int_equal(result, SERVER_STARTED);
		assert_string_equal(databases_of(scratch->server), rows[i].names);
		server_stop(scratch->server);
		scratch->server = NULL;
	}
	assert_int_equal(entries_in(arena_format(&scratch->arena, "%s/bobolink", scratch->cache),
				    "cluster-"),
			 2);
}

static void nobody_else_reaches_it_and_it_is_never_root(void **state)
{
	struct server_scratch *scratch = *state;
	struct stat status;

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	assert_int_equal(stat(server_directory(scratch->server), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_not_equal(status.st_uid, 0);
	if (geteuid() != 0)
		assert_int_equal(status.st_uid, geteuid());
}

static void several_servers_run_at_once(void **state)
{
	struct server_scratch *scratch = *state;
	struct server *second;
	struct server_error error;

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	assert_int_equal(server_start(NULL, SERVER_ALL, &scratch->arena, &second, &error),
			 SERVER_STARTED);
	assert_string_not_equal(server_url(scratch->server), server_url(second));
	server_scratch_answers(scratch->server);
	server_scratch_answers(second);
	/* The supervisor of the second was forked while the first was open: it must not hold it. */
	server_stop(scratch->server);
	assert_int_equal(entries_in(scratch->path, "bobolink-server-"), 1);
	server_scratch_answers(second);
	server_stop(second);
	scratch->server = NULL;
	assert_int_equal(entries_in(scratch->path, "bobolink-server-"), 0);
}

static void stopping_twice_or_nothing_is_fine(void **state)
{
	struct server_scratch *scratch = *state;

	server_stop(NULL);
	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	server_stop(scratch->server);
	server_stop(scratch->server);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* The characters that a shell, a list of the server or a connection string would take apart. */
static void any_folder_will_do_as_tmpdir(void **state)
{
	static const char *const names[] = { "two words",   "per%cent", "say \"hello\"", "it's",
					     "back\\slash", "größe",	"a=b&c?d#e" };
	struct server_scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *path = arena_format(&scratch->arena, "%s/%s", scratch->path, names[i]);

		assert_int_equal(mkdir(path, 0755), 0);
		assert_int_equal(setenv("TMPDIR", path, 1), 0);
		assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
		assert_int_equal(strncmp(server_directory(scratch->server), path, strlen(path)), 0);
		server_scratch_answers(scratch->server);
		server_stop(scratch->server);
		scratch->server = NULL;
		assert_int_equal(rmdir(path), 0); /* empty again */
	}
}

static void elsewhere_than_tmpdir(struct server_scratch *scratch, const char *path)
{
	assert_int_equal(setenv("TMPDIR", path, 1), 0);
	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	assert_int_equal(strncmp(server_directory(scratch->server), "/tmp/bobolink-server-", 21),
			 0);
	server_scratch_answers(scratch->server);
	server_stop(scratch->server);
	assert_int_not_equal(access(server_directory(scratch->server), F_OK), 0);
	scratch->server = NULL;
}

static void a_folder_that_will_not_do_is_passed_over(void **state)
{
	struct server_scratch *scratch = *state;
	char name[91];
	const char *path;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	/* A socket's path must stay below 108 bytes. */
	path = arena_format(&scratch->arena, "%s/%s", scratch->path, name);
	assert_int_equal(mkdir(path, 0755), 0);
	elsewhere_than_tmpdir(scratch, path);
	/* libpq takes it for two hosts. */
	path = arena_format(&scratch->arena, "%s/a,b", scratch->path);
	assert_int_equal(mkdir(path, 0755), 0);
	elsewhere_than_tmpdir(scratch, path);
	elsewhere_than_tmpdir(scratch, "/nowhere/at/all");
	elsewhere_than_tmpdir(scratch, "");
	/* Root's own, where the server's user has no way in. */
	path = arena_format(&scratch->arena, "%s/closed", scratch->path);
	assert_int_equal(mkdir(path, 0700), 0);
	if (geteuid() == 0)
		elsewhere_than_tmpdir(scratch, path);
}

static void the_callers_variables_lead_nowhere_else(void **state)
{
	static const char *const variables[] = { "PGHOST", "PGHOSTADDR", "PGPORT",
						 "PGUSER", "PGDATABASE", "PGDATA" };
	struct server_scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		assert_int_equal(setenv(variables[i], i == 1 ? "192.0.2.1" : "1", 1), 0);
	server_scratch_cycle(scratch);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		assert_int_equal(unsetenv(variables[i]), 0);
}

static _Noreturn void as_nobody(struct server_scratch *scratch)
{
	struct server *server;

	if (setgid(65534) || setuid(65534) || setenv("HOME", "/nonexistent", 1) ||
	    unsetenv("XDG_CACHE_HOME") || unsetenv("TMPDIR") ||
	    server_start(NULL, SERVER_ALL, &scratch->arena, &server, &scratch->error) !=
		    SERVER_STARTED)
		_exit(1);
	server_scratch_answers(server);
	server_stop(server);
	_exit(access(server_directory(server), F_OK) == 0);
}

static void a_user_without_a_home_starts_one(void **state)
{
	struct server_scratch *scratch = *state;
	int status;
	pid_t child;

	if (geteuid() != 0)
		skip(); /* only root can become somebody else */
	server_scratch_cycle(scratch);
	child = fork();
	if (child == 0)
		as_nobody(scratch);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void what_is_missing_is_said(void **state)
{
	struct server_scratch *scratch = *state;

	assert_int_equal(server_start("/nowhere", SERVER_ALL, &scratch->arena, &scratch->server,
				      &scratch->error),
			 SERVER_MISSING);
	assert_null(scratch->server);
	assert_string_equal(scratch->error.message,
			    "/nowhere does not hold the programs initdb and postgres");
	assert_non_null(strstr(scratch->error.help, "apt-get install postgresql"));
	assert_non_null(strstr(scratch->error.help, "BOBOLINK_SHADOW_URL"));

	assert_int_equal(setenv("BOBOLINK_POSTGRES_BINDIR", scratch->path, 1), 0);
	assert_int_equal(server_start(NULL, SERVER_ALL, &scratch->arena, &scratch->server,
				      &scratch->error),
			 SERVER_MISSING);
	assert_non_null(strstr(scratch->error.message, "BOBOLINK_POSTGRES_BINDIR=/tmp/"));
	assert_int_equal(entries_in(scratch->path, "bobolink-server-"), 0);
}

/* Programs in the scratch folder that do as the shell commands say. */
static void make_programs(struct server_scratch *scratch, const char *postgres, const char *initdb)
{
	shell("printf '#!/bin/sh\\n%%s\\n' '%s' >'%s/postgres'", postgres, scratch->path);
	shell("printf '#!/bin/sh\\n%%s\\n' '%s' >'%s/initdb'", initdb, scratch->path);
	shell("chmod 755 '%s/postgres' '%s/initdb'", scratch->path, scratch->path);
}

static void refuses(struct server_scratch *scratch, const char *message)
{
	assert_int_equal(server_start(scratch->path, SERVER_ALL, &scratch->arena, &scratch->server,
				      &scratch->error),
			 SERVER_FAILED);
	assert_null(scratch->server);
	assert_non_null(scratch->error.help);
	if (!strstr(scratch->error.message, message))
		fail_msg("%s", scratch->error.message);
	assert_int_equal(entries_in(scratch->path, "bobolink-server-"), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void programs_that_do_not_work_are_quoted(void **state)
{
	static const char version[] = "echo \"postgres (PostgreSQL) 15.4 (Debian 15.4-1)\"";
	struct server_scratch *scratch = *state;

	make_programs(scratch, "echo cannot load libpq >&2; exit 1", "exit 0");
	refuses(scratch, "/postgres does not work here:\ncannot load libpq");
	make_programs(scratch, "echo \"postgres (PostgreSQL) 11.22\"", "exit 0");
	refuses(scratch, "\"postgres (PostgreSQL) 11.22\", which is too old");
	make_programs(scratch, "echo something else", "exit 0");
	refuses(scratch, "\"something else\", which is too old");
	make_programs(scratch, version, "echo no space left >&2; exit 3");
	refuses(scratch, "/initdb does not work here:\nno space left");
	make_programs(scratch,
		      "[ $1 = --version ] || exec /bin/sh -c \"echo no memory; exit 1\"; "
		      "echo \"postgres (PostgreSQL) 15.4\"",
		      "mkdir $2");
	refuses(scratch, "does not start:\nno memory");
	/* Nothing of a server that never ran is worth keeping a second time. */
	refuses(scratch, "does not start:\nno memory");
}

/* A link in PATH or in a folder of one's own leads to the real programs and their files. */
static void links_to_the_programs_are_followed(void **state)
{
	struct server_scratch *scratch = *state;
	const char *links = arena_format(&scratch->arena, "%s/links", scratch->path);

	server_scratch_cycle(scratch);
	shell("mkdir '%s' && for p in postgres initdb; do ln -s \"$(pg_config --bindir)/$p\" "
	      "'%s'; done",
	      links, links);
	assert_int_equal(setenv("BOBOLINK_POSTGRES_BINDIR", links, 1), 0);
	server_scratch_cycle(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(the_cluster_is_as_promised),
		cmocka_unit_test_setup_teardown(
			a_lean_server_has_one_database_and_leaves_the_others_theirs,
			server_scratch_make_cold, server_scratch_remove),
		SERVER_TEST(nobody_else_reaches_it_and_it_is_never_root),
		SERVER_TEST(several_servers_run_at_once),
		SERVER_TEST(stopping_twice_or_nothing_is_fine),
		SERVER_TEST(any_folder_will_do_as_tmpdir),
		SERVER_TEST(a_folder_that_will_not_do_is_passed_over),
		SERVER_TEST(the_callers_variables_lead_nowhere_else),
		SERVER_TEST(a_user_without_a_home_starts_one),
		SERVER_TEST(what_is_missing_is_said),
		SERVER_TEST(programs_that_do_not_work_are_quoted),
		SERVER_TEST(links_to_the_programs_are_followed),
		cmocka_unit_test(tests_share_a_server_and_get_fresh_databases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
