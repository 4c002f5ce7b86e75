/*
 * How many megabytes of SQL the first stages of the compiler take in a second of processor time.
 *
 *     lex sqlite|postgres SECONDS FILE…
 *
 * The files are measured as they are, one after the other in one arena, as a compilation does it,
 * and as one text of some 4 MB. Prints a line for each: what, files, MB/s of the lexer, MB/s of
 * split and directive, MB/s of all three. Memory is part of the price: each round begins with an
 * empty arena.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "directive.h"
#include "lexer.h"
#include "scan.h"
#include "split.h"
#include "support/arena.h"
#include "support/buffer.h"

#define BIG_TEXT (4u << 20)

struct texts {
	struct buffer *items;
	size_t count;
	size_t bytes;
};

struct timing {
	double lexer;
	double rest;
	size_t bytes;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int add_file(struct buffer *buffer, const char *path)
{
	FILE *file = fopen(path, "rb");
	char piece[4096];
	size_t length;

	if (!file)
		return -1;
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_add(buffer, piece, length);
	return fclose(file);
}

/* Only up sections, so that files can stand behind each other under one directive. */
static void add_up(struct buffer *all, const struct buffer *file)
{
	const char *begin = strchr(file->text, '\n');
	const char *end = strstr(file->text, "-- migrate:down");

	if (begin && end && begin < end)
		buffer_add(all, begin, (size_t)(end - begin));
}

/* One round over all texts; returns -1 after an error. */
static int round_run(const struct source *sources, size_t count, enum database database,
		     struct timing *timing)
{
	struct arena arena = ARENA_INIT;
	struct diagnostics diag = { .arena = &arena };
	struct part *parts = arena_alloc(&arena, count, sizeof(*parts));
	double begin = seconds();
	double middle;
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		rc |= lexer_run(&sources[i], database, &arena, &parts[i].tokens, &diag);
	middle = seconds();
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct statements statements = { NULL, 0 };

		rc = split(&sources[i], &parts[i].tokens, database, &arena, &statements, &diag);
		if (rc == 0)
			rc = directive(&sources[i], &statements, database, &arena, &parts[i],
				       &diag);
		timing->bytes += sources[i].length;
	}
	timing->rest += seconds() - middle;
	timing->lexer += middle - begin;
	arena_release(&arena);
	return rc;
}

static int measure(const char *what, const struct buffer *texts, size_t count,
		   enum database database, double limit)
{
	struct arena arena = ARENA_INIT;
	struct source *sources = arena_alloc(&arena, count, sizeof(*sources));
	struct timing timing = { 0, 0, 0 };
	double mb;
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		scan_text("x.sql", texts[i].text, texts[i].length, &arena, &sources[i]);
	do
		rc = round_run(sources, count, database, &timing);
	while (rc == 0 && timing.lexer + timing.rest < limit);
	mb = (double)timing.bytes / 1e6;
	if (rc == 0)
		printf("%s %zu %.0f %.0f %.0f\n", what, count, mb / timing.lexer, mb / timing.rest,
		       mb / (timing.lexer + timing.rest));
	else
		fprintf(stderr, "lex: the stages refused %s\n", what);
	arena_release(&arena);
	return rc;
}

int main(int argc, char **argv)
{
	bool postgres = argc > 1 && strcmp(argv[1], "postgres") == 0;
	enum database database = postgres ? DATABASE_POSTGRES : DATABASE_SQLITE;
	double limit = argc > 3 ? strtod(argv[2], NULL) : 0;
	size_t count = argc > 3 ? (size_t)argc - 3 : 0;
	struct buffer *files = calloc(count + 1, sizeof(*files));
	struct buffer all = BUFFER_INIT;
	int rc = count > 0 && files ? 0 : -1;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = add_file(&files[i], argv[i + 3]);
		if (rc)
			perror(argv[i + 3]);
	}
	if (rc == 0) {
		buffer_add_text(&all, "-- migrate:up\n");
		for (size_t i = 0; all.length < BIG_TEXT; i = (i + 1) % count)
			add_up(&all, &files[i]);
		rc = measure("files", files, count, database, limit);
	}
	if (rc == 0)
		rc = measure("one-text", &all, 1, database, limit);
	for (size_t i = 0; files && i < count; i++)
		buffer_release(&files[i]);
	free(files);
	buffer_release(&all);
	return rc || fflush(stdout) ? 1 : 0;
}
