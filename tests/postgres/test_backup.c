/*
 * Backup and restore on PostgreSQL: what belongs to a database, who is connected, rights, and the programs that
 * do it: their arguments, environment and end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bobolink/postgres.h>

#include "cluster.h"
#include "fixture.h"
#include "server.h"

#define SECRET "zebra7quartz9vow"

static char folder[300];
static char programs[300]; /* a directory for the PATH */
static char path[4096];	   /* the PATH as it was */
static struct companion guarded;

static int setup(void **state)
{
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	snprintf(folder, sizeof(folder), "%s/kept", fixture->directory);
	snprintf(programs, sizeof(programs), "%s/programs", fixture->directory);
	snprintf(path, sizeof(path), "%s", getenv("PATH"));
	assert_int_equal(mkdir(programs, 0755), 0);
	fixture->options.backup_directory = folder;
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(setenv("PATH", path, 1), 0);
	(void)signal(SIGCHLD, SIG_DFL);
	companion_stop(&guarded);
	scratch_remove(folder);
	scratch_remove(programs);
	return fixture_teardown(state);
}

#define BACKUP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void back_up(struct fixture *fixture, const char *name)
{
	if (!fixture->session)
		fixture_open(fixture);
	if (bobolink_backup(fixture->session, name, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

static void close_all(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	engine()->close(fixture->db);
	fixture->db = NULL;
}

static int restore(struct fixture *fixture, const char *name, uint32_t flags)
{
	return bobolink_restore(hand_set(fixture->set, engine()->backend), fixture->url, name,
				&fixture->options, flags, &fixture->error);
}

/* Migrated and backed up as "a", then changed. */
static void prepare(struct fixture *fixture)
{
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	back_up(fixture, "a");
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
}

static void reopen(struct fixture *fixture)
{
	fixture->db = engine()->open(fixture->url);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"), 0);
	assert_true(fixture_is_whole(fixture, 3));
}

/* Only for the roles of these tests: they live in all databases of the server. */
static void make_role(struct fixture *fixture, const char *role)
{
	char sql[200];

	snprintf(sql, sizeof(sql),
		 "DO 'BEGIN CREATE ROLE %s LOGIN; EXCEPTION WHEN duplicate_object THEN END'", role);
	fixture_run(fixture, sql);
}

/* Runs it with the name of the fixture's database in the place of %I. */
static void run_named(struct fixture *fixture, const char *sql)
{
	char text[600];

	snprintf(text, sizeof(text),
		 "DO $do$ BEGIN EXECUTE format($f$%s$f$, current_database()); END $do$", sql);
	fixture_run(fixture, text);
}

/* Everything that is the database's own. */
static const char about[] =
	"SELECT concat_ws(' | ', pg_get_userbyid(datdba), pg_encoding_to_char(encoding), "
	"datcollate, "
	"datctype, datconnlimit, shobj_description(d.oid, 'pg_database'), "
	"(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(datacl) a), "
	"(SELECT string_agg(concat_ws(':', setrole::regrole, setconfig::text), ' ' ORDER BY "
	"setrole) "
	"FROM pg_db_role_setting WHERE setdatabase = d.oid), "
	"(SELECT concat_ws(' ', relowner::regrole, relacl::text) FROM pg_class "
	"WHERE oid = 'public.ran'::regclass)) "
	"FROM pg_database d WHERE datname = current_database()";

static void what_belongs_to_the_database_comes_back(void **state)
{
	struct fixture *fixture = *state;
	char before[2000];

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	make_role(fixture, "backup_alice");
	make_role(fixture, "\"backup Bob\"");
	run_named(fixture, "ALTER DATABASE %I OWNER TO backup_alice");
	run_named(fixture,
		  "ALTER DATABASE %I SET search_path TO \"$user\", \"odd, \"\"name\", public");
	run_named(fixture, "ALTER DATABASE %I SET work_mem TO '7MB'");
	run_named(fixture, "ALTER DATABASE %I SET shop.\"Mode\" TO 'it''s \\ = \"x\"'");
	run_named(fixture, "ALTER DATABASE %I SET DateStyle TO 'German, DMY'");
	run_named(fixture,
		  "ALTER ROLE \"backup Bob\" IN DATABASE %I SET statement_timeout TO '5s'");
	run_named(fixture, "REVOKE ALL ON DATABASE %I FROM PUBLIC");
	run_named(fixture, "GRANT CONNECT ON DATABASE %I TO \"backup Bob\" WITH GRANT OPTION");
	run_named(fixture, "ALTER DATABASE %I CONNECTION LIMIT 17");
	run_named(fixture, "COMMENT ON DATABASE %I IS 'it''s the shop''s'");
	fixture_run(fixture, "ALTER TABLE ran OWNER TO backup_alice");
	fixture_run(fixture, "GRANT SELECT ON ran TO \"backup Bob\"");
	back_up(fixture, "a");
	snprintf(before, sizeof(before), "%s", fixture_text(fixture, about));
	assert_non_null(strstr(before, "backup Bob"));
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
	close_all(fixture);
	if (restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	reopen(fixture);
	assert_string_equal(fixture_text(fixture, about), before);
}

static void the_former_database_stays_and_is_told(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	const char *name;
	PGconn *former;

	prepare(fixture);
	close_all(fixture);
	assert_int_equal(restore(fixture, "a", 0), BOBOLINK_OK);
	reopen(fixture);
	name = fixture_text(fixture, "SELECT datname FROM pg_database WHERE datname LIKE "
				     "current_database() || '\\_before\\_restore\\_%'");
	assert_true(*name);
	assert_non_null(strstr(fixture->error.message, name));
	snprintf(url, sizeof(url), "postgres:///%s%s", name, strchr(fixture->url, '?'));
	former = pg_open(url);
	assert_int_equal(pg_number(former, "SELECT count(*) FROM ran WHERE i = 4711"), 1);
	PQfinish(former);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM pg_database WHERE datname "
						 "LIKE '%bobolink_restore'"),
			 0);
}

static void one_restore_may_follow_another_at_once(void **state)
{
	struct fixture *fixture = *state;

	prepare(fixture);
	close_all(fixture);
	for (int i = 0; i < 3; i++) {
		if (restore(fixture, "a", 0))
			fail_msg("%s", fixture->error.message);
	}
	reopen(fixture);
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM pg_database WHERE "
					"starts_with(datname, current_database() || '_before')"),
			 3);
}

static void others_are_named_and_ended_on_demand(void **state)
{
	struct fixture *fixture = *state;

	prepare(fixture);
	fixture_run(fixture, "SET application_name = 'shop on till 9'");
	assert_int_equal(restore(fixture, "a", 0), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "shop on till 9");
	fixture_told(fixture, BOBOLINK_LOCKED, "--migrate-force");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"), 1);
	if (restore(fixture, "a", BOBOLINK_FORCE))
		fail_msg("%s", fixture->error.message);
	close_all(fixture);
	reopen(fixture);
}

static void what_a_killed_run_left_is_removed_first(void **state)
{
	struct fixture *fixture = *state;
	char sql[200];

	prepare(fixture);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s_bobolink_restore", PQdb(fixture->db));
	fixture_run(fixture, sql);
	close_all(fixture);
	if (restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	reopen(fixture);
}

static void a_database_that_is_gone_comes_back(void **state)
{
	struct fixture *fixture = *state;

	prepare(fixture);
	close_all(fixture);
	database_drop(fixture->url);
	if (restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	reopen(fixture);
}

static void two_restores_at_once_are_refused(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	PGconn *other;
	char sql[400];

	prepare(fixture);
	close_all(fixture);
	snprintf(url, sizeof(url), "postgres:///postgres%s", strchr(fixture->url, '?'));
	fixture->options.lock_timeout_ms = 1;
	other = pg_open(url);
	/* FNV-1a of "bobolink restore:NAME": whatever takes all advisory locks would do. */
	{
		const char *name = strstr(fixture->url, "///") + 3;
		uint64_t key = 14695981039346656037u;

		for (const char *c = "bobolink restore:"; *c; c++)
			key = (key ^ (unsigned char)*c) * 1099511628211u;
		for (const char *c = name; *c != '?'; c++)
			key = (key ^ (unsigned char)*c) * 1099511628211u;
		snprintf(sql, sizeof(sql), "SELECT pg_advisory_lock(%lld)", (long long)key);
	}
	pg_run(other, sql);
	assert_int_equal(restore(fixture, "a", 0), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "another program");
	PQfinish(other);
	fixture->db = engine()->open(fixture->url);
}

/* As long as names are, with everything that has to be quoted. */
static void any_name_of_a_database_will_do(void **state)
{
	static const char name[] = "a ' \\ \" B.c=d \xc3\xa9 "
				   "0123456789012345678901234567890123456789"
				   "012345";
	struct fixture *fixture = *state;
	char encoded[3 * sizeof(name)] = "";
	char options[ENGINE_URL_SIZE];
	char *quoted;
	char sql[200];

	assert_int_equal(strlen(name), 63);
	quoted = PQescapeIdentifier(fixture->db, name, strlen(name));
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s", quoted);
	PQfreemem(quoted);
	fixture_run(fixture, sql);
	for (size_t i = 0; name[i]; i++)
		snprintf(encoded + 3 * i, 4, "%%%02X", (unsigned)(unsigned char)name[i]);
	snprintf(options, sizeof(options), "%s", strchr(fixture->url, '?'));
	assert_true(snprintf(fixture->url, sizeof(fixture->url), "postgres:///%s%s", encoded,
			     options) < (int)sizeof(fixture->url));
	engine()->close(fixture->db);
	fixture->db = engine()->open(fixture->url);
	prepare(fixture);
	close_all(fixture);
	if (restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	reopen(fixture);
	assert_string_equal(PQdb(fixture->db), name);
}

static void without_the_right_the_commands_are_told(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];

	prepare(fixture);
	make_role(fixture, "backup_poor");
	snprintf(url, sizeof(url), "%s", fixture->url);
	close_all(fixture);
	snprintf(fixture->url + strlen(fixture->url), sizeof(fixture->url) - strlen(fixture->url),
		 "&user=backup_poor");
	assert_int_equal(restore(fixture, "a", 0), BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "permission denied");
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "_bobolink_restore TEMPLATE template0");
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "pg_restore --exit-on-error --dbname=");
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "RENAME TO ");
	assert_true(strlen(fixture->error.message) < BOBOLINK_MESSAGE_SIZE - 1);
	snprintf(fixture->url, sizeof(fixture->url), "%s", url);
	fixture->db = engine()->open(fixture->url);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"), 1);
}

/* From here on the fixture's connection and restores are those of `role`. */
static void become(struct fixture *fixture, const char *role)
{
	close_all(fixture);
	snprintf(fixture->url + strlen(fixture->url), sizeof(fixture->url) - strlen(fixture->url),
		 "&user=%s", role);
	fixture->db = engine()->open(fixture->url);
}

/* The owner of the database that may make others, and no superuser: the least that can restore. */
static void prepare_as_owner(struct fixture *fixture)
{
	make_role(fixture, "backup_owner");
	fixture_run(fixture, "ALTER ROLE backup_owner CREATEDB");
	run_named(fixture, "ALTER DATABASE %I OWNER TO backup_owner");
	become(fixture, "backup_owner");
	prepare(fixture);
}

static void an_owner_that_may_create_databases_restores(void **state)
{
	struct fixture *fixture = *state;

	prepare_as_owner(fixture);
	close_all(fixture);
	if (restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	reopen(fixture);
}

/* The server hides of what type the session of another role is; and a role may not end it. */
static void sessions_of_other_roles_are_named_and_never_in_vain(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	PGconn *other;

	snprintf(url, sizeof(url), "%s", fixture->url);
	prepare_as_owner(fixture);
	close_all(fixture);
	other = pg_open(url);
	pg_run(other, "SET application_name = 'somebody else'");
	assert_int_equal(restore(fixture, "a", 0), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "somebody else");
	assert_int_equal(restore(fixture, "a", BOBOLINK_FORCE), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "somebody else");
	fixture_told(fixture, BOBOLINK_LOCKED, "may not end");
	PQfinish(other);
	if (restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	reopen(fixture);
}

/* The PATH has nothing but what a test puts there. */
static void put_program(const char *name, const char *script)
{
	char file[400];
	FILE *out;

	snprintf(file, sizeof(file), "%s/%s", programs, name);
	out = fopen(file, "w");
	assert_non_null(out);
	fprintf(out, "#!/bin/sh\nPATH='%s'\nhere='%s'\n%s\n", path, programs, script);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(file, 0755), 0);
	assert_int_equal(setenv("PATH", programs, 1), 0);
}

/* What a script wrote, in a buffer that the next call reuses. */
static const char *read_back(const char *name)
{
	static char text[8192];
	char file[400];
	FILE *in;
	size_t got = 0;

	snprintf(file, sizeof(file), "%s/%s", programs, name);
	in = fopen(file, "r");
	if (in) {
		got = fread(text, 1, sizeof(text) - 1, in);
		fclose(in);
	}
	text[got] = '\0';
	for (size_t i = 0; i < got; i++)
		text[i] = text[i] ? text[i] : ' ';
	return text;
}

static void a_missing_program_is_named_with_its_package(void **state)
{
	struct fixture *fixture = *state;

	prepare(fixture);
	assert_int_equal(setenv("PATH", programs, 1), 0);
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "pg_dump is not on the PATH");
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "postgresql-client");
	assert_int_equal(unsetenv("PATH"), 0);
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	assert_int_equal(restore(fixture, "a", 0), BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "pg_restore is not on the PATH");
}

static void reap(int number)
{
	int before = errno;

	(void)number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	errno = before;
}

static void children_that_the_application_reaps_are_no_obstacle(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	(void)signal(SIGCHLD, SIG_IGN);
	back_up(fixture, "ignored");
	(void)signal(SIGCHLD, reap);
	back_up(fixture, "reaped");
	(void)signal(SIGCHLD, SIG_DFL);
	put_program("pg_dump", "exit 3");
	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(bobolink_backup(fixture->session, "c", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	(void)signal(SIGCHLD, SIG_DFL);
	assert_int_equal(bobolink_backup(fixture->session, "c", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	/* No child that has ended waits to be reaped. */
	assert_true(waitpid(-1, NULL, WNOHANG) <= 0);
}

static void the_program_inherits_nothing(void **state)
{
	struct fixture *fixture = *state;
	int extra = open("/dev/null", O_RDONLY);

	prepare(fixture);
	assert_int_equal(dup2(extra, 2222), 2222);
	/* A shell blocks signals of its own. */
	put_program("pg_dump", "ls /proc/self/fd >\"$here/open\"; "
			       "exec cat /proc/self/status >\"$here/signals\"");
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	assert_int_equal(close(2222), 0);
	assert_int_equal(close(extra), 0);
	/* 3 is the directory that ls reads. */
	assert_string_equal(read_back("open"), "0\n1\n2\n3\n");
	assert_non_null(strstr(read_back("signals"), "SigBlk:\t0000000000000000"));
}

static void the_first_words_are_told_and_no_more(void **state)
{
	struct fixture *fixture = *state;

	prepare(fixture);
	put_program("pg_dump", "echo 'pg_dump: error: the server is too new' >&2; "
			       "yes long | head -n 100000 >&2; exit 1");
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "the server is too new");
	assert_true(strlen(fixture->error.message) < 600);
}

/* Both programs tell all that others can see of them, and go on. */
static void put_spies(void)
{
	static const char script[] =
		"cat /proc/$$/cmdline >>\"$here/seen\"; echo >>\"$here/seen\"; "
		"[ -z \"$PGPASSWORD\" ] || echo given >>\"$here/env\"; "
		"case $0 in *pg_dump) exec pg_dump \"$@\";; *) exec pg_restore \"$@\";; esac";

	put_program("pg_dump", script);
	put_program("pg_restore", script);
}

static void assert_silent(const char *text)
{
	char part[6] = "";

	for (size_t i = 0; i + 5 < sizeof(SECRET); i++) {
		memcpy(part, &SECRET[i], 5);
		if (strstr(text, part))
			fail_msg("\"%s\" contains \"%s\"", text, part);
	}
}

static void a_password_is_seen_by_nobody(void **state)
{
	struct fixture *fixture = *state;

	cluster_with_password(&guarded, SECRET);
	close_all(fixture);
	snprintf(fixture->url, sizeof(fixture->url), "postgres://postgres:" SECRET "@/shop?host=%s",
		 guarded.directory);
	{
		char url[ENGINE_URL_SIZE];
		void *first;

		snprintf(url, sizeof(url), "postgres://postgres:" SECRET "@/postgres?host=%s",
			 guarded.directory);
		first = pg_open(url);
		pg_run(first, "CREATE DATABASE shop");
		PQfinish(first);
	}
	fixture->db = engine()->open(fixture->url);
	put_spies();
	prepare(fixture);
	assert_int_equal(restore(fixture, "a", 0), BOBOLINK_LOCKED);
	assert_silent(fixture->error.message);
	close_all(fixture);
	if (restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	assert_silent(fixture->error.message);
	assert_non_null(strstr(read_back("seen"), "--format=custom"));
	assert_non_null(strstr(read_back("seen"), "--exit-on-error"));
	assert_silent(read_back("seen"));
	assert_non_null(strstr(read_back("env"), "given"));
	reopen(fixture);
	fixture_open(fixture);
	put_program("pg_dump", "echo \"cannot use $PGPASSWORD\" >&2; exit 1");
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "cannot use ***");
	assert_silent(fixture->error.message);
}

static struct bobolink_session *running;

static void on_alarm(int number)
{
	(void)number;
	bobolink_interrupt(running);
}

/* True when the program whose number a script left behind is gone, within five seconds. */
static bool is_gone(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	pid_t pid = (pid_t)strtol(read_back("pid"), NULL, 10);

	assert_true(pid > 1);
	for (int i = 0; i < 500 && kill(pid, 0) == 0; i++)
		nanosleep(&pause, NULL);
	return kill(pid, 0) != 0;
}

static void an_interrupted_run_ends_the_program(void **state)
{
	const struct itimerval soon = { .it_value = { .tv_usec = 300000 } };
	struct fixture *fixture = *state;
	time_t begun = time(NULL);

	prepare(fixture);
	put_program("pg_dump", "echo $$ >\"$here/pid\"; exec sleep 60");
	running = fixture->session;
	(void)signal(SIGALRM, on_alarm);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_INTERRUPTED);
	(void)signal(SIGALRM, SIG_DFL);
	assert_true(time(NULL) - begun < 30);
	assert_true(is_gone());
}

static void a_killed_run_ends_the_program_too(void **state)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct fixture *fixture = *state;
	pid_t pid;

	prepare(fixture);
	put_program("pg_dump", "trap '' TERM; echo $$ >\"$here/pid\"; sleep 60");
	pid = fork();
	if (pid == 0)
		_exit(bobolink_backup(fixture->session, "b", NULL, NULL) != 0);
	while (!*read_back("pid"))
		nanosleep(&pause, NULL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(is_gone());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BACKUP_TEST(what_belongs_to_the_database_comes_back),
		BACKUP_TEST(the_former_database_stays_and_is_told),
		BACKUP_TEST(one_restore_may_follow_another_at_once),
		BACKUP_TEST(others_are_named_and_ended_on_demand),
		BACKUP_TEST(what_a_killed_run_left_is_removed_first),
		BACKUP_TEST(a_database_that_is_gone_comes_back),
		BACKUP_TEST(two_restores_at_once_are_refused),
		BACKUP_TEST(any_name_of_a_database_will_do),
		BACKUP_TEST(without_the_right_the_commands_are_told),
		BACKUP_TEST(an_owner_that_may_create_databases_restores),
		BACKUP_TEST(sessions_of_other_roles_are_named_and_never_in_vain),
		BACKUP_TEST(a_missing_program_is_named_with_its_package),
		BACKUP_TEST(children_that_the_application_reaps_are_no_obstacle),
		BACKUP_TEST(the_program_inherits_nothing),
		BACKUP_TEST(the_first_words_are_told_and_no_more),
		BACKUP_TEST(a_password_is_seen_by_nobody),
		BACKUP_TEST(an_interrupted_run_ends_the_program),
		BACKUP_TEST(a_killed_run_ends_the_program_too),
	};

	return engine_run_group_tests_on("postgres", tests);
}
