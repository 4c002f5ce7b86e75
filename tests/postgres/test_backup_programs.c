/*
 * Backup and restore on PostgreSQL: the programs that do it, their arguments, environment and end.
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

#include "backups.h"

#define SECRET "zebra7quartz9vow"

/* The PATH has nothing but what a test puts there. */
static void put_program(const char *name, const char *script)
{
	char file[400];
	FILE *out;

	snprintf(file, sizeof(file), "%s/%s", backups_programs, name);
	out = fopen(file, "w");
	assert_non_null(out);
	fprintf(out, "#!/bin/sh\nPATH='%s'\nhere='%s'\n%s\n", backups_path, backups_programs,
		script);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(file, 0755), 0);
	assert_int_equal(setenv("PATH", backups_programs, 1), 0);
}

/* What a script wrote, in a buffer that the next call reuses. */
static const char *read_back(const char *name)
{
	static char text[8192];
	char file[400];
	FILE *in;
	size_t got = 0;

	snprintf(file, sizeof(file), "%s/%s", backups_programs, name);
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

	backups_prepare(fixture);
	assert_int_equal(setenv("PATH", backups_programs, 1), 0);
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "pg_dump is not on the PATH");
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "postgresql-client");
	assert_int_equal(unsetenv("PATH"), 0);
	assert_int_equal(bobolink_backup(fixture->session, "b", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	assert_int_equal(backups_restore(fixture, "a", 0), BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "pg_restore is not on the PATH");
}

/* While it is filled the new database is no way around what the live one does not allow. */
static void who_may_not_connect_may_not_meanwhile(void **state)
{
	struct fixture *fixture = *state;

	backups_prepare(fixture);
	fixture_run(fixture, "DO $$ BEGIN CREATE ROLE backup_stranger LOGIN; EXCEPTION WHEN "
			     "duplicate_object THEN END $$");
	fixture_run(fixture, "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', "
			     "current_database()); END $$");
	backups_close(fixture);
	put_program("pg_restore",
		    "case \"$*\" in *--exit-on-error*) psql -U backup_stranger -Atc 'SELECT 1' "
		    "\"${3#--dbname=}\" >\"$here/seen\" 2>&1;; esac\nexec pg_restore \"$@\"");
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	if (!strstr(read_back("seen"), "permission denied for database"))
		fail_msg("%s", read_back("seen"));
	backups_reopen(fixture);
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
	backups_make(fixture, "ignored");
	(void)signal(SIGCHLD, reap);
	backups_make(fixture, "reaped");
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

	backups_prepare(fixture);
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

	backups_prepare(fixture);
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

	cluster_with_password(&backups_guarded, SECRET);
	backups_close(fixture);
	snprintf(fixture->url, sizeof(fixture->url), "postgres://postgres:" SECRET "@/shop?host=%s",
		 backups_guarded.directory);
	{
		char url[ENGINE_URL_SIZE];
		void *first;

		snprintf(url, sizeof(url), "postgres://postgres:" SECRET "@/postgres?host=%s",
			 backups_guarded.directory);
		first = pg_open(url);
		pg_run(first, "CREATE DATABASE shop");
		PQfinish(first);
	}
	fixture->db = engine()->open(fixture->url);
	put_spies();
	backups_prepare(fixture);
	assert_int_equal(backups_restore(fixture, "a", 0), BOBOLINK_LOCKED);
	assert_silent(fixture->error.message);
	backups_close(fixture);
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	assert_silent(fixture->error.message);
	assert_non_null(strstr(read_back("seen"), "--format=custom"));
	assert_non_null(strstr(read_back("seen"), "--exit-on-error"));
	assert_silent(read_back("seen"));
	assert_non_null(strstr(read_back("env"), "given"));
	backups_reopen(fixture);
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

	backups_prepare(fixture);
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

	backups_prepare(fixture);
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
		BACKUP_TEST(a_missing_program_is_named_with_its_package),
		BACKUP_TEST(who_may_not_connect_may_not_meanwhile),
		BACKUP_TEST(children_that_the_application_reaps_are_no_obstacle),
		BACKUP_TEST(the_program_inherits_nothing),
		BACKUP_TEST(the_first_words_are_told_and_no_more),
		BACKUP_TEST(a_password_is_seen_by_nobody),
		BACKUP_TEST(an_interrupted_run_ends_the_program),
		BACKUP_TEST(a_killed_run_ends_the_program_too),
	};

	return engine_run_group_tests_on("postgres", tests);
}
