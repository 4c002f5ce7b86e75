/*
 * syntax_tool FILE…: PostgreSQL files through lexer and split, compared with libpg_query.
 *
 * A file that the parser takes must fall into the same statements; of any other file each of our
 * statements must not be several to the parser. Where it gives a tree, the tree and the leading
 * words must agree on what refuses a transaction. Prints the counts; exit status 1 tells a
 * difference.
 */
#include <pg_query.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "scan.h"
#include "split.h"
#include "statement_postgres.h"
#include "support/buffer.h"

struct counts {
	size_t files;
	size_t refused;	   /* files that the lexer or split refuses */
	size_t whole;	   /* files that the parser takes */
	size_t statements; /* that the parser takes */
	size_t alone;	   /* of them, those that refuse a transaction */
	size_t wrong;
};

struct file {
	const char *path;
	struct arena arena;
	struct diagnostics diag;
	struct source source;
	struct tokens tokens;
	struct statements statements;
};

static void complain(struct counts *counts, const struct file *file,
		     const struct statement *statement, const char *what)
{
	fprintf(stderr, "%s: %s: %.*s\n", file->path, what,
		(int)(statement->length < 200 ? statement->length : 200),
		file->source.text + statement->offset);
	counts->wrong++;
}

static bool has(const char *tree, const char *text)
{
	return strstr(tree, text) != NULL;
}

/* Is an option there, and not with one of the values that switch it off? */
static bool is_on(const char *tree, const char *option, bool absent)
{
	const char *value = strstr(tree, option);

	if (!value)
		return absent;
	value += strlen(option);
	return strncmp(value, ",\"arg\":{\"String\":{\"sval\":\"false\"", 32) != 0 &&
	       strncmp(value, ",\"arg\":{\"String\":{\"sval\":\"off\"", 30) != 0;
}

/* What the tree says about a transaction, from the names in the parser's own description of it. */
static bool tree_refuses(const char *tree)
{
	static const char *const always[] = { "CreatedbStmt",	      "DropdbStmt",
					      "CreateTableSpaceStmt", "DropTableSpaceStmt",
					      "AlterSystemStmt",      "DropSubscriptionStmt" };
	const char *node = strstr(tree, "\"stmt\":{\"");
	size_t length;

	if (!node)
		return false;
	node += strlen("\"stmt\":{\"");
	length = strcspn(node, "\"");
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (strlen(always[i]) == length && strncmp(node, always[i], length) == 0)
			return true;
	if (strncmp(node, "IndexStmt\"", 10) == 0)
		return has(node, "\"concurrent\":true");
	if (strncmp(node, "DropStmt\"", 9) == 0)
		return has(node, "\"removeType\":\"OBJECT_INDEX\"") &&
		       has(node, "\"concurrent\":true");
	if (strncmp(node, "ReindexStmt\"", 12) == 0)
		return has(node, "REINDEX_OBJECT_SCHEMA") || has(node, "REINDEX_OBJECT_SYSTEM") ||
		       has(node, "REINDEX_OBJECT_DATABASE") ||
		       is_on(node, "\"concurrently\"", false);
	if (strncmp(node, "VacuumStmt\"", 11) == 0)
		return has(node, "\"is_vacuumcmd\":true");
	if (strncmp(node, "ClusterStmt\"", 12) == 0)
		return !has(node, "\"relation\":");
	if (strncmp(node, "DiscardStmt\"", 12) == 0)
		return has(node, "DISCARD_ALL");
	if (strncmp(node, "AlterTableStmt\"", 15) == 0)
		return has(node, "\"AT_DetachPartition\"") && has(node, "\"concurrent\":true");
	if (strncmp(node, "CreateSubscriptionStmt\"", 23) == 0)
		return is_on(node, "\"create_slot\"", true) && is_on(node, "\"connect\"", true);
	if (strncmp(node, "AlterSubscriptionStmt\"", 22) == 0)
		return has(node, "ALTER_SUBSCRIPTION_REFRESH") ||
		       (has(node, "_PUBLICATION\"") && is_on(node, "\"refresh\"", true));
	if (strncmp(node, "AlterDatabaseStmt\"", 18) == 0)
		return has(node, "\"tablespace\"");
	return false;
}

/* The parser, unlike the server, knows no comment between the lines of a string that goes on. */
static void blank_comments(struct file *file, char *text)
{
	for (uint32_t i = 0; i < file->tokens.count; i++)
		if (file->tokens.items[i].kind == TOKEN_LINE_COMMENT)
			memset(text + file->tokens.items[i].offset, ' ',
			       file->tokens.items[i].length);
}

static void check_statement(struct counts *counts, struct file *file, const char *text,
			    const struct statement *statement)
{
	char *alone = arena_copy(&file->arena, text + statement->offset, statement->length);
	PgQuerySplitResult split_result = pg_query_split_with_parser(alone);
	bool accepted = !split_result.error;

	if (accepted && split_result.n_stmts != 1)
		complain(counts, file, statement, "not one statement");
	pg_query_free_split_result(split_result);
	if (accepted) {
		PgQueryParseResult result = pg_query_parse(alone);
		bool refuses =
			statement_postgres_refuses(&file->source, &file->tokens, statement) != NULL;

		counts->statements++;
		counts->alone += refuses;
		if (!result.error && tree_refuses(result.parse_tree) != refuses)
			complain(counts, file, statement, "the tree says otherwise");
		pg_query_free_parse_result(result);
	}
}

static void check_whole(struct counts *counts, struct file *file, const char *text)
{
	PgQuerySplitResult result = pg_query_split_with_parser(text);

	if (!result.error) {
		uint32_t theirs = (uint32_t)result.n_stmts;

		counts->whole++;
		for (uint32_t i = 0; i < file->statements.count; i++) {
			const struct statement *ours = &file->statements.items[i];
			uint32_t begin;

			if (i >= theirs) {
				complain(counts, file, ours,
					 "one statement more than the parser's");
				break;
			}
			begin = (uint32_t)result.stmts[i]->stmt_location;
			if (ours->offset < begin ||
			    ours->offset + ours->length >
				    begin + (uint32_t)result.stmts[i]->stmt_len) {
				complain(counts, file, ours, "another end than the parser's");
				break;
			}
		}
		if (file->statements.count < theirs) {
			fprintf(stderr, "%s: fewer statements than the parser's\n", file->path);
			counts->wrong++;
		}
	}
	pg_query_free_split_result(result);
}

static void check_file(struct counts *counts, struct file *file)
{
	char *text;

	counts->files++;
	if (lexer_run(&file->source, DATABASE_POSTGRES, &file->arena, &file->tokens, &file->diag) ||
	    split(&file->source, &file->tokens, DATABASE_POSTGRES, &file->arena, &file->statements,
		  &file->diag)) {
		counts->refused++;
		printf("refused %s\n", file->path);
		if (diagnostic_print(&file->diag, FORMAT_GCC, false, stderr))
			counts->wrong++;
		return;
	}
	text = arena_copy(&file->arena, file->source.text, file->source.length);
	blank_comments(file, text);
	check_whole(counts, file, text);
	for (uint32_t i = 0; i < file->statements.count; i++)
		check_statement(counts, file, text, &file->statements.items[i]);
}

static int read_whole(const char *path, struct buffer *buffer)
{
	FILE *stream = fopen(path, "rb");
	char piece[4096];
	size_t length;

	if (!stream)
		return -1;
	buffer_add_text(buffer, "");
	while ((length = fread(piece, 1, sizeof(piece), stream)) > 0)
		buffer_add(buffer, piece, length);
	return fclose(stream);
}

int main(int argc, char **argv)
{
	struct counts counts = { 0 };

	for (int i = 1; i < argc; i++) {
		struct file file = { .path = argv[i], .arena = ARENA_INIT };
		struct buffer bytes = BUFFER_INIT;

		file.diag.arena = &file.arena;
		if (read_whole(argv[i], &bytes)) {
			perror(argv[i]);
			return 1;
		}
		scan_text(argv[i], bytes.text, bytes.length, &file.arena, &file.source);
		check_file(&counts, &file);
		buffer_release(&bytes);
		arena_release(&file.arena);
	}
	pg_query_exit();
	printf("%zu files, %zu refused, %zu taken whole, %zu statements, %zu outside transactions, "
	       "%zu differences\n",
	       counts.files, counts.refused, counts.whole, counts.statements, counts.alone,
	       counts.wrong);
	return counts.wrong || counts.files == 0 ? 1 : 0;
}
