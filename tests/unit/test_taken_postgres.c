/*
 * Locks that are embedded for each statement, against a server: the server's own verdict is pg_locks in the
 * transaction that ran the statement, or what the statement waits for behind one that holds the table.
 */
#define _XOPEN_SOURCE 700 /* setenv */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compile.h"
#include "folder.h"
#include "lint.h"
#include "server.h"

/* What stands there before each statement. */
static const char before[] =
	"CREATE TABLE parent (id int PRIMARY KEY, code text);\n"
	"CREATE TABLE t (id int PRIMARY KEY, parent_id int CONSTRAINT t_fk REFERENCES parent, "
	"name text, amount int CONSTRAINT t_amount CHECK (amount > 0));\n"
	"CREATE TABLE child (id int PRIMARY KEY, t_id int REFERENCES t);\n"
	"CREATE TABLE plain (id int, t_id int, v varchar(20));\n"
	"CREATE UNIQUE INDEX plain_id ON plain (id);\n"
	"CREATE INDEX t_name ON t (name);\n"
	"ALTER TABLE plain ADD CONSTRAINT plain_fk FOREIGN KEY (t_id) REFERENCES t NOT VALID;\n"
	"CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day);\n"
	"CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO "
	"('2021-01-01');\n"
	"CREATE TABLE loose (id int, day date);\n"
	"CREATE TABLE heir () INHERITS (plain);\n"
	"CREATE SCHEMA sales;\n"
	"CREATE TABLE sales.orders (id int);\n"
	"CREATE VIEW v AS SELECT id FROM t;\n"
	"CREATE MATERIALIZED VIEW m AS SELECT id FROM t;\n"
	"CREATE UNIQUE INDEX m_id ON m (id);\n"
	"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n"
	"CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\n"
	"CREATE RULE r AS ON DELETE TO plain DO NOTHING;\n"
	"CREATE POLICY p ON t USING (true);\n";

/* Tables that are not the transaction's own, a line for each with its strongest lock, in order. */
static const char asked[] =
	"SELECT coalesce(string_agg(mode || ' on ' || name || E'\\n', '' ORDER BY name), '') FROM ("
	"SELECT DISTINCT ON (name) name, mode FROM ("
	"SELECT format('%s.%s', nspname, relname) AS name, "
	"upper(regexp_replace(regexp_replace(mode, 'Lock$', ''), '([a-z])([A-Z])', '\\1 \\2', "
	"'g')) "
	"AS mode, array_position(ARRAY['RowShareLock', 'RowExclusiveLock', "
	"'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', "
	"'AccessExclusiveLock'], mode) AS strength "
	"FROM pg_locks JOIN known_tables ON oid = relation "
	"WHERE locktype = 'relation' AND pid = %d AND mode <> 'AccessShareLock') l "
	"ORDER BY name, strength DESC) d";

static PGconn *admin;
static int differences;

static int by_table(const void *one, const void *other)
{
	return strcmp(strstr(*(char *const *)one, " on "), strstr(*(char *const *)other, " on "));
}

/* The lines in the order of their tables. */
static void sort(const char *text, char *out, size_t size)
{
	char copy[4096];
	char *lines[64];
	size_t count = 0;
	size_t used = 0;

	assert_true(strlen(text) < sizeof(copy));
	memcpy(copy, text, strlen(text) + 1);
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		lines[count++] = line;
	qsort(lines, count, sizeof(lines[0]), by_table);
	*out = 0;
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, size - used, "%s\n", lines[i]);
}

/* What the shadow found out about the first migration, which all tests share. */
static struct folder *first;
static struct set first_set = { .name = "shop" };

static void make_first(void)
{
	void *state = NULL;

	if (first)
		return;
	assert_int_equal(folder_make(&state), 0);
	first = state;
	first->options.database = DATABASE_POSTGRES;
	first->options.shadow = SHADOW_ON;
	folder_add(first, "1_a.sql", before);
	first->diag = (struct diagnostics){ .arena = &first->arena };
	assert_int_equal(compile(&first->options, &first->arena, &first_set, &first->diag), 0);
}

/* The second migration runs only where its own delta matters: a shadow for each takes long. */
static int lint_second(struct folder *folder, struct set *set, bool run)
{
	if (run)
		return compile(&folder->options, &folder->arena, set, &folder->diag);
	if (folder_read(folder, set))
		return -1;
	make_first();
	set->migrations[0].changes = first_set.migrations[0].changes;
	set->migrations[0].change_count = first_set.migrations[0].change_count;
	set->migrations[0].delta = first_set.migrations[0].delta;
	set->migrations[1].delta = "";
	return lint(&folder->options, &folder->arena, set, &folder->diag);
}

static void embedded(const char *statement, char *out, size_t size)
{
	void *state = NULL;
	struct folder *folder;
	struct set set = { .name = "shop" };
	const struct section *up;

	assert_int_equal(folder_make(&state), 0);
	folder = state;
	folder->options.database = DATABASE_POSTGRES;
	folder->options.shadow = SHADOW_ON;
	folder_add(folder, "1_a.sql", before);
	folder_add(folder, "2_b.sql",
		   arena_format(&folder->arena, "-- migrate:up allow:data-loss\n%s", statement));
	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	if (lint_second(folder, &set, strstr(statement, "SCHEMA sales CASCADE") != NULL))
		fail_msg("%s: %s", statement, folder_report(folder));
	up = &set.migrations[1].up;
	assert_int_equal(up->count, 1);
	sort(up->statements[0].locks ? up->statements[0].locks : "", out, size);
	assert_int_equal(folder_remove(&state), 0);
}

static void compare(const char *statement, const char *server)
{
	char lint[4096];

	embedded(statement, lint, sizeof(lint));
	if (strcmp(lint, server) == 0)
		return;
	print_error("%s\nembedded:\n%sthe server:\n%s", statement, lint, server);
	differences++;
}

/* A database in which everything stands, and a list of it. */
static PGconn *furnish(char url[SERVER_URL_SIZE])
{
	PGconn *connection;

	database_new(url);
	connection = pg_open(url);
	pg_run(connection, before);
	pg_run(connection,
	       "CREATE TABLE known_tables AS SELECT c.oid, nspname, relname FROM pg_class c "
	       "JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'm') AND "
	       "nspname IN ('public', 'sales')");
	return connection;
}

static void ask(PGconn *connection, int pid, char *out, size_t size)
{
	char query[sizeof(asked) + 32];

	snprintf(query, sizeof(query), "%.*s%d%s", (int)(strstr(asked, "%d") - asked), asked, pid,
		 strstr(asked, "%d") + 2);
	snprintf(out, size, "%s", pg_text(connection, query));
}

static const char *const transactional[] = {
	"ALTER TABLE t ADD COLUMN c int;",
	"ALTER TABLE ONLY sales.orders ADD COLUMN c int;",
	"ALTER TABLE plain ADD COLUMN c int;",
	"ALTER TABLE t DROP COLUMN name;",
	"ALTER TABLE t DROP COLUMN parent_id;",
	"ALTER TABLE plain ADD COLUMN r int REFERENCES parent;",
	"ALTER TABLE t ALTER COLUMN name SET NOT NULL;",
	"ALTER TABLE t ALTER COLUMN name SET DEFAULT 'x';",
	"ALTER TABLE t ALTER COLUMN name SET STATISTICS 100;",
	"ALTER TABLE t ALTER name SET (n_distinct = 5);",
	"ALTER TABLE t ALTER name SET STORAGE PLAIN;",
	"ALTER TABLE t ALTER COLUMN amount TYPE bigint;",
	"ALTER TABLE t ALTER COLUMN parent_id TYPE bigint;",
	"ALTER TABLE t ADD CONSTRAINT k CHECK (amount < 9) NOT VALID;",
	"ALTER TABLE t ADD UNIQUE (name);",
	"ALTER TABLE loose ADD FOREIGN KEY (id) REFERENCES parent (id);",
	"ALTER TABLE loose ADD CONSTRAINT x FOREIGN KEY (id) REFERENCES parent NOT VALID;",
	"ALTER TABLE plain VALIDATE CONSTRAINT plain_fk;",
	"ALTER TABLE t DROP CONSTRAINT t_amount;",
	"ALTER TABLE t DROP CONSTRAINT t_fk;",
	"ALTER TABLE t RENAME CONSTRAINT t_amount TO positive;",
	"ALTER TABLE t RENAME COLUMN name TO title;",
	"ALTER TABLE loose RENAME TO tight;",
	"ALTER TABLE t DISABLE TRIGGER tr;",
	"ALTER TABLE t ENABLE ALWAYS TRIGGER tr;",
	"ALTER TABLE t ENABLE REPLICA TRIGGER tr;",
	"ALTER TABLE plain DISABLE RULE r;",
	"ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
	"ALTER TABLE t SET (fillfactor = 70);",
	"ALTER TABLE t RESET (fillfactor);",
	"ALTER TABLE t CLUSTER ON t_name;",
	"ALTER TABLE t SET WITHOUT CLUSTER;",
	"ALTER TABLE t REPLICA IDENTITY FULL;",
	"ALTER TABLE loose SET UNLOGGED;",
	"ALTER TABLE loose SET SCHEMA sales;",
	"ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM ('2021-01-01') TO (MAXVALUE);",
	"ALTER TABLE parts DETACH PARTITION parts_1;",
	"ALTER TABLE parts ADD COLUMN c int;",
	"ALTER TABLE t ADD COLUMN c int, ALTER COLUMN name SET STATISTICS 10;",
	"ALTER TABLE IF EXISTS nowhere ADD COLUMN c int;",
	"CREATE INDEX i ON t (name);",
	"CREATE INDEX i ON parts (day);",
	"CREATE INDEX i ON ONLY parts (day);",
	"CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
	"CREATE RULE x AS ON INSERT TO loose DO NOTHING;",
	"CREATE POLICY x ON t USING (true);",
	"ALTER POLICY p ON t USING (false);",
	"DROP POLICY p ON t;",
	"CREATE STATISTICS s ON id, amount FROM t;",
	"CREATE TABLE n (id int REFERENCES t, other int REFERENCES parent);",
	"CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');",
	"CREATE TABLE n () INHERITS (loose);",
	"CREATE TABLE n (LIKE t);",
	"CREATE TABLE n AS SELECT * FROM t;",
	"CREATE VIEW w AS SELECT * FROM t;",
	"DROP TRIGGER tr ON t;",
	"DROP RULE r ON plain;",
	"ALTER TRIGGER tr ON t RENAME TO trigger_2;",
	"DROP INDEX t_name;",
	"DROP TABLE loose;",
	"DROP TABLE child;",
	"DROP TABLE child, loose;",
	"DROP TABLE parts_1;",
	"DROP TABLE parts;",
	"DROP TABLE parent CASCADE;",
	"DROP TABLE IF EXISTS nowhere;",
	"DROP SCHEMA sales CASCADE;",
	"DROP VIEW v;",
	"DROP MATERIALIZED VIEW m;",
	"TRUNCATE loose, sales.orders;",
	"TRUNCATE child;",
	"TRUNCATE parent CASCADE;",
	"TRUNCATE parts;",
	"CLUSTER t USING t_name;",
	"REINDEX TABLE t;",
	"REINDEX INDEX t_name;",
	"REFRESH MATERIALIZED VIEW m;",
	"REFRESH MATERIALIZED VIEW CONCURRENTLY m;",
	"ANALYZE t;",
	"COMMENT ON TABLE t IS 'x';",
	"COMMENT ON COLUMN sales.orders.id IS 'x';",
	"COMMENT ON COLUMN t.id IS 'x';",
	"INSERT INTO loose VALUES (1);",
	"INSERT INTO loose SELECT id FROM parent;",
	"UPDATE parent SET code = 'x';",
	"UPDATE ONLY plain SET v = 'x';",
	"DELETE FROM loose WHERE id = 1;",
	"WITH gone AS (SELECT 1) DELETE FROM loose;",
	"SELECT count(*) FROM t;",
	"LOCK TABLE t IN SHARE MODE;",
	"LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE;",
	"LOCK t, loose IN ROW EXCLUSIVE MODE;",
	"LOCK parts;",
	"LOCK TABLE loose IN ACCESS SHARE MODE;",
};

static void what_a_statement_locks_is_what_the_server_says(void **state)
{
	char url[SERVER_URL_SIZE];
	char server[4096];
	PGconn *connection;

	(void)state;
	connection = furnish(url);
	for (size_t i = 0; i < sizeof(transactional) / sizeof(transactional[0]); i++) {
		pg_run(connection, "BEGIN");
		pg_run(connection, transactional[i]);
		ask(connection, PQbackendPID(connection), server, sizeof(server));
		pg_run(connection, "ROLLBACK");
		compare(transactional[i], server);
	}
	PQfinish(connection);
	database_drop(url);
	assert_int_equal(differences, 0);
}

/* Runs it behind somebody who holds the table as VACUUM does, until the server says what it waits for. */
static void wait_for(const char *url, PGconn *holder, const char *statement, char *out, size_t size)
{
	PGconn *connection = pg_open(url);
	int pid = PQbackendPID(connection);

	pg_run(holder, "BEGIN");
	pg_run(holder, "LOCK t IN SHARE UPDATE EXCLUSIVE MODE");
	assert_int_equal(PQsendQuery(connection, statement), 1);
	for (int tries = 0; *out == 0 && tries < 500; tries++) {
		PQconsumeInput(connection);
		if (!PQisBusy(connection))
			fail_msg("%s does not wait: %s", statement,
				 PQresultErrorMessage(PQgetResult(connection)));
		nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
		ask(holder, pid, out, size);
	}
	PQfinish(connection);
	pg_run(holder,
	       "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname "
	       "= current_database() AND pid <> pg_backend_pid()");
	pg_run(holder, "ROLLBACK");
}

static void what_runs_outside_a_transaction_waits_for_what_is_embedded(void **state)
{
	static const char *const statements[] = {
		"CREATE INDEX CONCURRENTLY i ON t (amount);",
		"DROP INDEX CONCURRENTLY t_name;",
		"REINDEX TABLE CONCURRENTLY t;",
		"REINDEX INDEX CONCURRENTLY t_name;",
		"VACUUM t;",
		"VACUUM (ANALYZE) t;",
		"VACUUM FULL t;",
		"VACUUM (FULL, ANALYZE) t;",
		"VACUUM ANALYZE t;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		char url[SERVER_URL_SIZE];
		char server[4096] = "";
		PGconn *holder = furnish(url);

		wait_for(url, holder, statements[i], server, sizeof(server));
		if (!*server)
			fail_msg("%s waits for nothing", statements[i]);
		compare(statements[i], server);
		PQfinish(holder);
		database_drop(url);
	}
	assert_int_equal(differences, 0);
}

static int open_admin(void **state)
{
	(void)state;
	if (!server_is_there())
		return 0;
	admin = pg_open(server_for_tests());
	return setenv("BOBOLINK_SHADOW_URL", server_for_tests(), 1);
}

static int close_admin(void **state)
{
	void *folder = first;

	(void)state;
	PQfinish(admin);
	return first ? folder_remove(&folder) : 0;
}

static int forget(void **state)
{
	(void)state;
	differences = 0;
	server_for_tests();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_a_statement_locks_is_what_the_server_says, forget),
		cmocka_unit_test_setup(what_runs_outside_a_transaction_waits_for_what_is_embedded,
				       forget),
	};

	return cmocka_run_group_tests(tests, open_admin, close_admin);
}
