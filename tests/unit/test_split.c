/* Split: where SQLite's statements end, and which of them refuse a transaction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "scan.h"
#include "stages.h"
#include "support/buffer.h"

/* Asserts the statements of a text, written as [one][two]. */
static void assert_split(const char *text, const char *expected)
{
	struct stages stages;
	struct buffer all = BUFFER_INIT;

	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	assert_int_equal(stages_split(&stages), 0);
	assert_string_equal(stages_report(&stages), "");
	buffer_add_text(&all, "");
	for (uint32_t i = 0; i < stages.statements.count; i++) {
		const struct statement *statement = &stages.statements.items[i];

		buffer_add_text(&all, "[");
		buffer_add(&all, stages.source.text + statement->offset, statement->length);
		buffer_add_text(&all, "]");
	}
	assert_string_equal(all.text, expected);
	buffer_release(&all);
	stages_release(&stages);
}

static void assert_refused(const char *text, const char *expected)
{
	struct stages stages;

	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	assert_int_equal(stages_split(&stages), -1);
	assert_string_equal(stages_report(&stages), expected);
	stages_release(&stages);
}

static void semicolons_end_statements(void **state)
{
	(void)state;
	assert_split("SELECT 1; SELECT 2;", "[SELECT 1][SELECT 2]");
	assert_split("SELECT ';', \";\", `;`, [;] /* ; */ -- ;\n, 2;",
		     "[SELECT ';', \";\", `;`, [;] /* ; */ -- ;\n, 2]");
}

static void the_last_semicolon_may_be_missing(void **state)
{
	(void)state;
	assert_split("SELECT 1;\nSELECT 2", "[SELECT 1][SELECT 2]");
	assert_split("SELECT 2 -- end", "[SELECT 2]");
}

static void a_semicolon_alone_is_no_statement(void **state)
{
	(void)state;
	assert_split("", "");
	assert_split(";;\n; -- nothing\n;/* here */;", "");
	assert_split(";SELECT 1;;", "[SELECT 1]");
}

static void comments_around_a_statement_do_not_belong_to_it(void **state)
{
	(void)state;
	assert_split("-- a\n/* b */ SELECT /* c */ 1 /* d */ -- e\n; -- f", "[SELECT /* c */ 1]");
}

static void a_trigger_body_stays_whole(void **state)
{
	(void)state;
	assert_split("CREATE TRIGGER t AFTER INSERT ON a BEGIN\n"
		     "  UPDATE a SET b = CASE WHEN c THEN 1 ELSE CASE d WHEN 2 THEN 3 END END;\n"
		     "  DELETE FROM e;\n"
		     "END;\nSELECT 1;",
		     "[CREATE TRIGGER t AFTER INSERT ON a BEGIN\n"
		     "  UPDATE a SET b = CASE WHEN c THEN 1 ELSE CASE d WHEN 2 THEN 3 END END;\n"
		     "  DELETE FROM e;\n"
		     "END][SELECT 1]");
}

static void a_trigger_may_be_temporary_or_explained(void **state)
{
	(void)state;
	assert_split("create temp trigger t after insert on a begin select 1; end; SELECT 1",
		     "[create temp trigger t after insert on a begin select 1; end][SELECT 1]");
	assert_split("CREATE /* x */ TEMPORARY -- y\nTRIGGER t INSERT ON a BEGIN SELECT 1;END;",
		     "[CREATE /* x */ TEMPORARY -- y\nTRIGGER t INSERT ON a BEGIN SELECT 1;END]");
	assert_split(
		"EXPLAIN QUERY PLAN CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END; SELECT 2",
		"[EXPLAIN QUERY PLAN CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END]"
		"[SELECT 2]");
}

static void a_trigger_may_end_with_the_file(void **state)
{
	(void)state;
	assert_split("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END",
		     "[CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END]");
	assert_split("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END -- done\n",
		     "[CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END]");
	assert_split("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; /* c */ END /* d */ ;",
		     "[CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; /* c */ END]");
}

static void a_quoted_end_ends_no_trigger(void **state)
{
	(void)state;
	assert_split("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; \"END\"; END;",
		     "[CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; \"END\"; END]");
}

static void transactions_are_statements_of_their_own(void **state)
{
	(void)state;
	assert_split("BEGIN; SELECT CASE WHEN 1 THEN 2 END; END;",
		     "[BEGIN][SELECT CASE WHEN 1 THEN 2 END][END]");
}

static void a_parenthesis_left_open_is_the_databases_affair(void **state)
{
	(void)state;
	assert_split("SELECT (1; SELECT 2);", "[SELECT (1][SELECT 2)]");
}

static void a_trigger_without_end_is_reported_at_its_start(void **state)
{
	(void)state;
	assert_refused(
		"SELECT 1;\n CREATE TRIGGER t INSERT ON a BEGIN\n SELECT 1;\n",
		"2:2+6 the trigger that begins here has no END [unterminated-trigger] | end its "
		"body with END; after the last statement's semicolon\n");
	assert_refused(
		"CREATE TRIGGER t INSERT ON a;",
		"1:1+6 the trigger that begins here has no END [unterminated-trigger] | end its "
		"body with END; after the last statement's semicolon\n");
}

static void a_trigger_without_end_swallows_nothing(void **state)
{
	(void)state;
	assert_refused(
		"CREATE TRIGGER t INSERT ON a BEGIN SELECT 1;\n"
		"CREATE TABLE b (c);\n"
		"CREATE TRIGGER u INSERT ON b BEGIN SELECT 1;\n"
		"DROP TABLE d;",
		"1:1+6 the trigger that begins here has no END [unterminated-trigger] | end its "
		"body with END; after the last statement's semicolon\n"
		"3:1+6 the trigger that begins here has no END [unterminated-trigger] | end its "
		"body with END; after the last statement's semicolon\n");
}

static void the_end_of_a_trigger_wants_a_semicolon(void **state)
{
	(void)state;
	assert_refused(
		"CREATE TRIGGER t INSERT ON a BEGIN SELECT 1;\nEND\nCREATE TABLE b (c);",
		"2:1+3 no semicolon after the END of the trigger [unterminated-trigger] | write "
		"END;\n");
}

static void a_disagreement_with_sqlite_is_an_error(void **state)
{
	(void)state;
	assert_refused(
		"SELECT 1; CREATE TEMP TEMP TRIGGER t; SELECT 2;",
		"1:11+6 SQLite does not take this for one whole statement [split-mismatch] | "
		"compare it with the grammar on https://www.sqlite.org/lang.html\n");
}

/* no_transaction and repeatable of a single statement, as "-", "n" or "nr". */
static const char *flags_of(const char *text)
{
	struct stages stages;
	bool no_transaction;
	bool repeatable;

	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	assert_int_equal(stages_split(&stages), 0);
	assert_int_equal(stages.statements.count, 1);
	no_transaction = stages.statements.items[0].no_transaction;
	repeatable = stages.statements.items[0].repeatable;
	stages_release(&stages);
	if (!no_transaction)
		return repeatable ? "r" : "-";
	return repeatable ? "nr" : "n";
}

static void statements_that_refuse_a_transaction_are_marked(void **state)
{
	static const char *const cases[][2] = {
		{ "VACUUM", "nr" },
		{ "vacuum main", "nr" },
		{ "VACUUM INTO 'x'", "n" },
		{ "VACUUM main INTO 'x'", "n" },
		{ "ATTACH 'x' AS y", "nr" },
		{ "DETACH y", "nr" },
		{ "PRAGMA journal_mode=WAL", "nr" },
		{ "PRAGMA main . \"Journal_Mode\" ( wal )", "nr" },
		{ "PRAGMA synchronous = OFF", "nr" },
		{ "PRAGMA wal_checkpoint", "nr" },
		{ "PRAGMA wal_checkpoint(TRUNCATE)", "nr" },
		{ "PRAGMA journal_mode", "-" },
		{ "PRAGMA synchronous", "-" },
		{ "PRAGMA user_version = 3", "-" },
		{ "PRAGMA page_size = 8192", "-" },
		{ "PRAGMA foreign_key_check", "-" },
		{ "EXPLAIN VACUUM", "-" },
		{ "SELECT 'VACUUM'", "-" },
		{ "\"VACUUM\"", "-" },
		{ "PRAGMA", "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(flags_of(cases[i][0]), cases[i][1]);
}

/* What SQLite really does with the marked ones while a transaction is open. */
static void sqlite_refuses_what_is_marked(void **state)
{
	static const char *const refused[] = { "VACUUM", "PRAGMA synchronous=OFF",
					       "PRAGMA wal_checkpoint" };
	static const char *const accepted[] = { "PRAGMA user_version=3", "PRAGMA page_size=8192",
						"PRAGMA foreign_key_check", "ANALYZE", "REINDEX" };
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open("", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE; CREATE TABLE t(a)", NULL, NULL, NULL),
			 SQLITE_OK);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_int_not_equal(sqlite3_exec(db, refused[i], NULL, NULL, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		assert_int_equal(sqlite3_exec(db, accepted[i], NULL, NULL, NULL), SQLITE_OK);
		assert_string_equal(flags_of(accepted[i]), "-");
	}
	sqlite3_close(db);
}

/* The text of a statement alone gives the tokens that it had in the file. */
static void assert_lexes_alike(struct stages *stages, const struct statement *statement)
{
	struct source source;
	struct tokens tokens;

	scan_text("y.sql", stages->source.text + statement->offset, statement->length,
		  &stages->arena, &source);
	assert_int_equal(lexer_run(&source, DATABASE_SQLITE, &stages->arena, &tokens,
				   &stages->diag),
			 0);
	assert_int_equal(tokens.count, statement->token_count + 1);
	for (uint32_t i = 0; i < statement->token_count; i++) {
		const struct token *token = &stages->part.tokens.items[statement->first_token + i];

		assert_int_equal(tokens.items[i].kind, token->kind);
		assert_int_equal(tokens.items[i].offset, token->offset - statement->offset);
		assert_int_equal(tokens.items[i].length, token->length);
	}
}

/* Asserts that SQLite's own reading of the text ends after each of our statements. */
static uint32_t assert_same_as_sqlite(struct stages *stages, sqlite3 *db)
{
	const char *text = stages->source.text;
	const char *tail = text;
	uint32_t count = 0;
	sqlite3_stmt *prepared;

	while (*tail) {
		const char *start = tail;

		if (sqlite3_prepare_v2(db, start, -1, &prepared, &tail))
			fail_msg("%s: %.60s", sqlite3_errmsg(db), start);
		if (prepared) {
			const struct statement *ours = &stages->statements.items[count];

			assert_true(count < stages->statements.count);
			assert_true(text + ours->offset >= start);
			assert_true(text + ours->offset + ours->length <= tail);
			while (sqlite3_step(prepared) == SQLITE_ROW)
				;
			assert_int_equal(sqlite3_finalize(prepared), SQLITE_OK);
			count++;
		}
	}
	assert_int_equal(count, stages->statements.count);
	return count;
}

static void answer_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

static int is_up(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && strcmp(entry->d_name + length - 4, ".sql") == 0 &&
	       !strstr(entry->d_name, ".down.sql");
}

static uint32_t check_file(const char *folder, const char *name, sqlite3 *db)
{
	struct arena arena = ARENA_INIT;
	struct stages stages;
	size_t length;
	char *text = stages_file(&arena, arena_format(&arena, "%s/%s", folder, name), &length);
	uint32_t count;

	stages_init(&stages, text, length, SOURCE_BOTH);
	assert_int_equal(stages_split(&stages), 0);
	for (uint32_t i = 0; i < stages.statements.count; i++)
		assert_lexes_alike(&stages, &stages.statements.items[i]);
	count = assert_same_as_sqlite(&stages, db);
	stages_release(&stages);
	arena_release(&arena);
	return count;
}

static uint32_t check_chain(const char *folder)
{
	struct dirent **entries = NULL;
	int entry_count = scandir(folder, &entries, is_up, alphasort);
	uint32_t count = 0;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	sqlite3_create_function(db, "normalize", -1, SQLITE_UTF8, NULL, answer_null, NULL, NULL);
	sqlite3_create_function(db, "vec_length", -1, SQLITE_UTF8, NULL, answer_null, NULL, NULL);
	for (int i = 0; i < entry_count; i++) {
		count += check_file(folder, entries[i]->d_name, db);
		free(entries[i]);
	}
	free(entries);
	sqlite3_close(db);
	return count;
}

static void sqlite_reads_the_corpora_alike(void **state)
{
	const char *corpora = getenv("BOBOLINK_CORPORA");
	struct arena arena = ARENA_INIT;
	struct dirent **entries = NULL;
	uint32_t count = 0;
	int entry_count;

	(void)state;
	if (!corpora) {
		print_message("skipped: BOBOLINK_CORPORA is not set\n");
		skip();
	}
	entry_count = scandir(corpora, &entries, NULL, alphasort);
	for (int i = 0; i < entry_count; i++) {
		if (entries[i]->d_name[0] != '.')
			count += check_chain(
				arena_format(&arena, "%s/%s/sqlite", corpora, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	arena_release(&arena);
	print_message("sweep: %u statements split as SQLite does\n", count);
	assert_true(count > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(semicolons_end_statements),
		cmocka_unit_test(the_last_semicolon_may_be_missing),
		cmocka_unit_test(a_semicolon_alone_is_no_statement),
		cmocka_unit_test(comments_around_a_statement_do_not_belong_to_it),
		cmocka_unit_test(a_trigger_body_stays_whole),
		cmocka_unit_test(a_trigger_may_be_temporary_or_explained),
		cmocka_unit_test(a_trigger_may_end_with_the_file),
		cmocka_unit_test(a_quoted_end_ends_no_trigger),
		cmocka_unit_test(transactions_are_statements_of_their_own),
		cmocka_unit_test(a_parenthesis_left_open_is_the_databases_affair),
		cmocka_unit_test(a_trigger_without_end_is_reported_at_its_start),
		cmocka_unit_test(a_trigger_without_end_swallows_nothing),
		cmocka_unit_test(the_end_of_a_trigger_wants_a_semicolon),
		cmocka_unit_test(a_disagreement_with_sqlite_is_an_error),
		cmocka_unit_test(statements_that_refuse_a_transaction_are_marked),
		cmocka_unit_test(sqlite_refuses_what_is_marked),
		cmocka_unit_test(sqlite_reads_the_corpora_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
