/*
 * A program that carries a set of migrations, linked once for each set of the bench.
 *
 *     program boot FILE         opens the file and migrates it, as an application does at start
 *     program boot-off|boot-full FILE   the same with another level of validation than the default
 *     program head|head-bare FILE   asks the query of such a boot, with and without the fingerprint
 *     program each|all FILE     applies the set through the runtime: a transaction for each, or one
 *     program loop-each|loop-all FILE [PRAGMA]
 *                               the same statements and transactions in the simplest C loop, which
 *                               records nothing; PRAGMA is executed first
 *     program record-each|record-all FILE [PRAGMA]
 *                               this loop with one row inserted for each migration
 *     program back FILE         undoes what was applied through the runtime: a transaction for each down
 *     program loop-back FILE [PRAGMA]
 *                               the same downs and transactions in the simplest C loop
 *     program sizes             bytes of SQL and of the schema texts embedded beside it
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/sqlite3.h>

#include "head.h"

extern const struct bobolink_set bench_migrations;

static int execute(sqlite3 *db, const char *sql, int length)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, length, &statement, NULL);

	if (rc == SQLITE_OK)
		do
			rc = sqlite3_step(statement);
		while (rc == SQLITE_ROW);
	sqlite3_finalize(statement);
	if (rc == SQLITE_DONE)
		return 0;
	fprintf(stderr, "program: %s\n", sqlite3_errmsg(db));
	return -1;
}

static int record(sqlite3 *db, const struct bobolink_migration *migration, const char *text)
{
	static const char sql[] = "INSERT INTO applied VALUES (?1, ?2, ?3, CURRENT_TIMESTAMP)";
	sqlite3_stmt *insert = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &insert, NULL);

	sqlite3_bind_int64(insert, 1, migration->version);
	sqlite3_bind_text(insert, 2, text + migration->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(insert, 3, text + migration->checksum, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(insert);
	sqlite3_finalize(insert);
	return rc == SQLITE_DONE ? 0 : -1;
}

static int loop_section(sqlite3 *db, const struct bobolink_section *section,
			const struct bobolink_chunk *chunk)
{
	for (uint32_t i = 0; i < section->count; i++) {
		const struct bobolink_statement *statement = &chunk->statements[section->first + i];

		if (execute(db, chunk->text + statement->text, (int)statement->length))
			return -1;
	}
	return 0;
}

static int loop_migration(sqlite3 *db, const struct bobolink_migration *migration,
			  const struct bobolink_chunk *chunk, int records)
{
	int rc = loop_section(db, &migration->up, chunk);

	return rc == 0 && records ? record(db, migration, chunk->text) : rc;
}

static int loop(sqlite3 *db, int each, int records, const char *pragma)
{
	static const char table[] =
		"CREATE TABLE applied (version INTEGER PRIMARY KEY, name, checksum, at)";
	const struct bobolink_set *set = &bench_migrations;
	int rc = pragma ? execute(db, pragma, -1) : 0;

	if (rc == 0 && records)
		rc = execute(db, table, -1);
	if (rc == 0 && !each)
		rc = execute(db, "BEGIN IMMEDIATE", -1);
	for (uint32_t i = 0; rc == 0 && i < set->migration_count; i++) {
		if (each)
			rc = execute(db, "BEGIN IMMEDIATE", -1);
		if (rc == 0)
			rc = loop_migration(db, &set->migrations[i],
					    &set->chunks[i / BOBOLINK_CHUNK_SIZE], records);
		if (rc == 0 && each)
			rc = execute(db, "COMMIT", -1);
	}
	if (rc == 0 && !each)
		rc = execute(db, "COMMIT", -1);
	return rc;
}

static int loop_back(sqlite3 *db, const char *pragma)
{
	const struct bobolink_set *set = &bench_migrations;
	int rc = pragma ? execute(db, pragma, -1) : 0;

	for (uint32_t i = set->migration_count; rc == 0 && i-- > 0;) {
		rc = execute(db, "BEGIN IMMEDIATE", -1);
		if (rc == 0)
			rc = loop_section(db, &set->migrations[i].down,
					  &set->chunks[i / BOBOLINK_CHUNK_SIZE]);
		if (rc == 0)
			rc = execute(db, "COMMIT", -1);
	}
	return rc;
}

static int back(sqlite3 *db)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	uint32_t undone = 0;
	int rc = bobolink_open_sqlite3(&bench_migrations, db, &options, &session, &error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_rollback(session, BOBOLINK_ALL_BATCHES, BOBOLINK_FORCE, &undone,
				       &error);
	bobolink_close(session);
	if (rc)
		fprintf(stderr, "program: %s\n", error.message);
	return rc == BOBOLINK_OK && undone == bench_migrations.migration_count ? 0 : -1;
}

static int migrate(sqlite3 *db, uint32_t transaction, uint32_t validate)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	int rc;

	options.transaction = transaction;
	options.validate = validate;
	rc = bobolink_migrate_sqlite3(&bench_migrations, db, &options, &error);
	if (rc)
		fprintf(stderr, "program: %s\n", error.message);
	return rc;
}

static size_t section_bytes(const struct bobolink_chunk *chunk,
			    const struct bobolink_section *section)
{
	size_t bytes = 0;

	for (uint32_t i = 0; i < section->count; i++)
		bytes += chunk->statements[section->first + i].length;
	return bytes;
}

static int print_sizes(void)
{
	const struct bobolink_set *set = &bench_migrations;
	size_t schema = set->schema ? strlen(set->schema) : 0;
	size_t deltas = 0;
	size_t sql = 0;

	for (uint32_t i = 0; i < set->migration_count; i++) {
		const struct bobolink_chunk *chunk = &set->chunks[i / BOBOLINK_CHUNK_SIZE];
		const struct bobolink_migration *migration = &set->migrations[i];

		sql += section_bytes(chunk, &migration->up);
		sql += section_bytes(chunk, &migration->down);
		if (migration->delta)
			deltas += strlen(chunk->text + migration->delta);
	}
	printf("%zu %zu %zu\n", sql, deltas, schema);
	return fflush(stdout) ? 1 : 0;
}

static int run(sqlite3 *db, const char *mode, const char *pragma)
{
	if (strcmp(mode, "boot") == 0 || strcmp(mode, "each") == 0)
		return migrate(db, BOBOLINK_TRANSACTION_EACH, BOBOLINK_VALIDATE_HEAD);
	if (strcmp(mode, "boot-off") == 0)
		return migrate(db, BOBOLINK_TRANSACTION_EACH, BOBOLINK_VALIDATE_OFF);
	if (strcmp(mode, "boot-full") == 0)
		return migrate(db, BOBOLINK_TRANSACTION_EACH, BOBOLINK_VALIDATE_FULL);
	if (strcmp(mode, "head") == 0 || strcmp(mode, "head-bare") == 0)
		return head_ask(bobolink_backend_sqlite3(), db, strcmp(mode, "head") == 0);
	if (strcmp(mode, "all") == 0)
		return migrate(db, BOBOLINK_TRANSACTION_ALL, BOBOLINK_VALIDATE_HEAD);
	if (strcmp(mode, "loop-each") == 0)
		return loop(db, 1, 0, pragma);
	if (strcmp(mode, "loop-all") == 0)
		return loop(db, 0, 0, pragma);
	if (strcmp(mode, "record-each") == 0)
		return loop(db, 1, 1, pragma);
	if (strcmp(mode, "record-all") == 0)
		return loop(db, 0, 1, pragma);
	if (strcmp(mode, "back") == 0)
		return back(db);
	if (strcmp(mode, "loop-back") == 0)
		return loop_back(db, pragma);
	fprintf(stderr, "program: there is no mode %s\n", mode);
	return -1;
}

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	int rc;

	if (argc == 2 && strcmp(argv[1], "sizes") == 0)
		return print_sizes();
	if (argc < 3 || sqlite3_open(argv[2], &db) != SQLITE_OK) {
		fprintf(stderr, "usage: program MODE FILE [PRAGMA]\n");
		sqlite3_close(db);
		return 2;
	}
	rc = run(db, argv[1], argc > 3 ? argv[3] : NULL);
	sqlite3_close(db);
	return rc ? 1 : 0;
}
