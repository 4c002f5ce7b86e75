/*
 * A program that carries a set of migrations for PostgreSQL, linked once for each set of the bench.
 *
 *     program boot URL                 connects and migrates, as an application does at start
 *     program boot-off|boot-full URL   the same with another level of validation than the default
 *     program head|head-bare URL   asks the query of such a boot, with and without the fingerprint
 *     program select URL               connects and runs one SELECT, which is all that boot should cost
 *     program each|all URL             applies the set through the runtime: a transaction for each, or one
 *     program loop-each|loop-all URL   the same statements and transactions in the simplest C loop
 *     program record-each|record-all URL  this loop with one row inserted for each migration
 *     program back URL                 undoes what was applied through the runtime: a transaction for each down
 *     program loop-back URL            the same downs and transactions in the simplest C loop
 *     program files URL                writes the up sections to standard output, for psql
 *     program empty URL                drops what the others made
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "head.h"

extern const struct bobolink_set bench_migrations;

static int execute(PGconn *pg, const char *sql)
{
	PGresult *result = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(result);

	PQclear(result);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return 0;
	fprintf(stderr, "program: %s\n", PQerrorMessage(pg));
	return -1;
}

static int record(PGconn *pg, const struct bobolink_migration *migration, const char *text)
{
	char version[24];
	const char *values[3] = { version, text + migration->name, text + migration->checksum };
	PGresult *result;
	int rc;

	snprintf(version, sizeof(version), "%lld", (long long)migration->version);
	result = PQexecParams(pg, "INSERT INTO applied VALUES ($1, $2, $3, now())", 3, NULL, values,
			      NULL, NULL, 0);
	rc = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : -1;
	PQclear(result);
	return rc;
}

static int loop_section(PGconn *pg, const struct bobolink_section *section,
			const struct bobolink_chunk *chunk)
{
	for (uint32_t i = 0; i < section->count; i++) {
		const struct bobolink_statement *statement = &chunk->statements[section->first + i];

		if (execute(pg, chunk->text + statement->text))
			return -1;
	}
	return 0;
}

static int loop_migration(PGconn *pg, const struct bobolink_migration *migration,
			  const struct bobolink_chunk *chunk, int records)
{
	int rc = loop_section(pg, &migration->up, chunk);

	return rc == 0 && records ? record(pg, migration, chunk->text) : rc;
}

static int loop(PGconn *pg, int each, int records)
{
	const struct bobolink_set *set = &bench_migrations;
	int rc = 0;

	if (records)
		rc = execute(pg, "CREATE TABLE applied (version bigint PRIMARY KEY, name text, "
				 "checksum text, at timestamptz)");
	if (rc == 0 && !each)
		rc = execute(pg, "BEGIN");
	for (uint32_t i = 0; rc == 0 && i < set->migration_count; i++) {
		if (each)
			rc = execute(pg, "BEGIN");
		if (rc == 0)
			rc = loop_migration(pg, &set->migrations[i],
					    &set->chunks[i / BOBOLINK_CHUNK_SIZE], records);
		if (rc == 0 && each)
			rc = execute(pg, "COMMIT");
	}
	if (rc == 0 && !each)
		rc = execute(pg, "COMMIT");
	return rc;
}

static int loop_back(PGconn *pg)
{
	const struct bobolink_set *set = &bench_migrations;
	int rc = 0;

	for (uint32_t i = set->migration_count; rc == 0 && i-- > 0;) {
		rc = execute(pg, "BEGIN");
		if (rc == 0)
			rc = loop_section(pg, &set->migrations[i].down,
					  &set->chunks[i / BOBOLINK_CHUNK_SIZE]);
		if (rc == 0)
			rc = execute(pg, "COMMIT");
	}
	return rc;
}

static int back(PGconn *pg)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	uint32_t undone = 0;
	int rc = bobolink_open_postgres(&bench_migrations, pg, &options, &session, &error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_rollback(session, BOBOLINK_ALL_BATCHES, BOBOLINK_FORCE, &undone,
				       &error);
	bobolink_close(session);
	if (rc)
		fprintf(stderr, "program: %s\n", error.message);
	return rc == BOBOLINK_OK && undone == bench_migrations.migration_count ? 0 : -1;
}

static int migrate(PGconn *pg, uint32_t transaction, uint32_t validate)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	int rc;

	options.transaction = transaction;
	options.validate = validate;
	rc = bobolink_migrate_postgres(&bench_migrations, pg, &options, &error);
	if (rc)
		fprintf(stderr, "program: %s\n", error.message);
	return rc;
}

static int print_files(void)
{
	const struct bobolink_set *set = &bench_migrations;

	for (uint32_t i = 0; i < set->migration_count; i++) {
		const struct bobolink_chunk *chunk = &set->chunks[i / BOBOLINK_CHUNK_SIZE];
		const struct bobolink_section *up = &set->migrations[i].up;

		for (uint32_t n = 0; n < up->count; n++)
			printf("%s;\n", chunk->text + chunk->statements[up->first + n].text);
	}
	return fflush(stdout) ? -1 : 0;
}

static int run(PGconn *pg, const char *mode)
{
	if (strcmp(mode, "boot") == 0 || strcmp(mode, "each") == 0)
		return migrate(pg, BOBOLINK_TRANSACTION_EACH, BOBOLINK_VALIDATE_HEAD);
	if (strcmp(mode, "boot-off") == 0)
		return migrate(pg, BOBOLINK_TRANSACTION_EACH, BOBOLINK_VALIDATE_OFF);
	if (strcmp(mode, "boot-full") == 0)
		return migrate(pg, BOBOLINK_TRANSACTION_EACH, BOBOLINK_VALIDATE_FULL);
	if (strcmp(mode, "head") == 0 || strcmp(mode, "head-bare") == 0)
		return head_ask(bobolink_backend_postgres(), pg, strcmp(mode, "head") == 0);
	if (strcmp(mode, "all") == 0)
		return migrate(pg, BOBOLINK_TRANSACTION_ALL, BOBOLINK_VALIDATE_HEAD);
	if (strcmp(mode, "select") == 0)
		return execute(pg,
			       "SELECT digest FROM public.bobolink_head WHERE set_name = 'bench'");
	if (strcmp(mode, "loop-each") == 0 || strcmp(mode, "loop-all") == 0)
		return loop(pg, strcmp(mode, "loop-each") == 0, 0);
	if (strcmp(mode, "record-each") == 0 || strcmp(mode, "record-all") == 0)
		return loop(pg, strcmp(mode, "record-each") == 0, 1);
	if (strcmp(mode, "back") == 0)
		return back(pg);
	if (strcmp(mode, "loop-back") == 0)
		return loop_back(pg);
	if (strcmp(mode, "files") == 0)
		return print_files();
	if (strcmp(mode, "empty") == 0)
		return execute(pg, "SET client_min_messages = warning; DROP SCHEMA public CASCADE; "
				   "CREATE SCHEMA public");
	fprintf(stderr, "program: there is no mode %s\n", mode);
	return -1;
}

int main(int argc, char **argv)
{
	PGconn *pg;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: program MODE URL\n");
		return 2;
	}
	pg = PQconnectdb(argv[2]);
	if (PQstatus(pg) != CONNECTION_OK) {
		fprintf(stderr, "program: %s\n", PQerrorMessage(pg));
		PQfinish(pg);
		return 2;
	}
	rc = run(pg, argv[1]);
	PQfinish(pg);
	return rc ? 1 : 0;
}
