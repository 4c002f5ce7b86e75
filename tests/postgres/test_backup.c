/*
 * Backup and restore on PostgreSQL: what belongs to a database, who is connected, and rights.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bobolink/postgres.h>

#include "backups.h"

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
	backups_make(fixture, "a");
	snprintf(before, sizeof(before), "%s", fixture_text(fixture, about));
	assert_non_null(strstr(before, "backup Bob"));
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
	backups_close(fixture);
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	backups_reopen(fixture);
	assert_string_equal(fixture_text(fixture, about), before);
}

static void the_former_database_stays_and_is_told(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	const char *name;
	PGconn *former;

	backups_prepare(fixture);
	backups_close(fixture);
	assert_int_equal(backups_restore(fixture, "a", 0), BOBOLINK_OK);
	backups_reopen(fixture);
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

	backups_prepare(fixture);
	backups_close(fixture);
	for (int i = 0; i < 3; i++) {
		if (backups_restore(fixture, "a", 0))
			fail_msg("%s", fixture->error.message);
	}
	backups_reopen(fixture);
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM pg_database WHERE "
					"starts_with(datname, current_database() || '_before')"),
			 3);
}

static void others_are_named_and_ended_on_demand(void **state)
{
	struct fixture *fixture = *state;

	backups_prepare(fixture);
	fixture_run(fixture, "SET application_name = 'shop on till 9'");
	assert_int_equal(backups_restore(fixture, "a", 0), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "shop on till 9");
	fixture_told(fixture, BOBOLINK_LOCKED, "--migrate-force");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"), 1);
	if (backups_restore(fixture, "a", BOBOLINK_FORCE))
		fail_msg("%s", fixture->error.message);
	backups_close(fixture);
	backups_reopen(fixture);
}

static void what_a_killed_run_left_is_removed_first(void **state)
{
	struct fixture *fixture = *state;
	char sql[200];

	backups_prepare(fixture);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s_bobolink_restore", PQdb(fixture->db));
	fixture_run(fixture, sql);
	backups_close(fixture);
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	backups_reopen(fixture);
}

static void a_database_that_is_gone_comes_back(void **state)
{
	struct fixture *fixture = *state;

	backups_prepare(fixture);
	backups_close(fixture);
	database_drop(fixture->url);
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	backups_reopen(fixture);
}

static void two_restores_at_once_are_refused(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	PGconn *other;
	char sql[400];

	backups_prepare(fixture);
	backups_close(fixture);
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
	assert_int_equal(backups_restore(fixture, "a", 0), BOBOLINK_LOCKED);
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
	backups_prepare(fixture);
	backups_close(fixture);
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	backups_reopen(fixture);
	assert_string_equal(PQdb(fixture->db), name);
}

static void without_the_right_the_commands_are_told(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];

	backups_prepare(fixture);
	make_role(fixture, "backup_poor");
	snprintf(url, sizeof(url), "%s", fixture->url);
	backups_close(fixture);
	snprintf(fixture->url + strlen(fixture->url), sizeof(fixture->url) - strlen(fixture->url),
		 "&user=backup_poor");
	assert_int_equal(backups_restore(fixture, "a", 0), BOBOLINK_BACKUP_FAILED);
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
	backups_close(fixture);
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
	backups_prepare(fixture);
}

static void an_owner_that_may_create_databases_restores(void **state)
{
	struct fixture *fixture = *state;

	prepare_as_owner(fixture);
	backups_close(fixture);
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	backups_reopen(fixture);
}

/* The server hides of what type the session of another role is; and a role may not end it. */
static void sessions_of_other_roles_are_named_and_never_in_vain(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	PGconn *other;

	snprintf(url, sizeof(url), "%s", fixture->url);
	prepare_as_owner(fixture);
	backups_close(fixture);
	other = pg_open(url);
	pg_run(other, "SET application_name = 'somebody else'");
	assert_int_equal(backups_restore(fixture, "a", 0), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "somebody else");
	assert_int_equal(backups_restore(fixture, "a", BOBOLINK_FORCE), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "somebody else");
	fixture_told(fixture, BOBOLINK_LOCKED, "may not end");
	PQfinish(other);
	if (backups_restore(fixture, "a", 0))
		fail_msg("%s", fixture->error.message);
	backups_reopen(fixture);
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
	};

	return engine_run_group_tests_on("postgres", tests);
}
