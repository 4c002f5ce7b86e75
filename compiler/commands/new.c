/*
 * bobolink new NAME [DIR]: the next migration, laid out and numbered as the newest one is; with --fix or --repeatable
 * a script that says how it is filled in.
 *
 * Nothing is ever overwritten: two people who do this at once get an error, not each other's file.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "naming.h"
#include "scan.h"
#include "support/file.h"
#include "support/text.h"

#define NEW_LONGEST_NAME 100

/* What the first migration of a directory is called. */
#define NEW_FIRST_PREFIX "0001"

static const char up_text[] = "-- migrate:up\n\n";
static const char down_text[] = "-- migrate:down\n\n";
static const char both_text[] = "-- migrate:up\n\n\n-- migrate:down\n\n";

/* It passes as it is, and does nothing: should-run says so. */
static const char fix_text[] =
	"-- What this repairs, where that came from, when, and since which version of the "
	"program.\n"
	"\n"
	"-- fix:should-run\n"
	"-- One truth value: true while there is something to repair. Several queries run in "
	"order, and the\n"
	"-- first that is false ends it. On a database that holds nothing yet the answer must be "
	"false.\n"
	"-- Settings stand behind the mark, as in requires:0005 when:after attempts:5 "
	"window:02:00-04:00.\n"
	"SELECT 1 = 0;\n"
	"\n"
	"-- fix:execute\n"
	"-- What repairs it, in one transaction. The first value of a SELECT at the end is kept as "
	"the message.\n"
	"SELECT 'nothing was repaired';\n"
	"\n"
	"-- Two more sections, each without its first two dashes: the way back, and statements "
	"that make the\n"
	"-- problem, with which the build proves that the fix repairs it.\n"
	"-- -- fix:undo\n"
	"-- -- fix:given\n";
static const char repeatable_text[] =
	"-- Runs after the migrations whenever this text has changed, so it must be able to run "
	"again:\n"
	"-- DROP VIEW IF EXISTS totals;\n"
	"-- CREATE VIEW totals AS SELECT count(*) AS orders FROM orders;\n";

struct layout {
	const char *directory;
	const char *prefix;
	const char *name;
	enum source_role role; /* SOURCE_BOTH, or SOURCE_UP for two files */
	bool folder;
};

static bool is_safe(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "Add users' e-mail.sql" becomes add_users_e_mail; NULL when no letter or digit is left. */
static const char *slug(const char *text, struct arena *arena)
{
	char *name = arena_copy(arena, text, strlen(text));
	size_t length = strlen(text);
	char *to = name;

	if (length > 4 && strcmp(text + length - 4, ".sql") == 0)
		length -= 4;
	for (size_t i = 0; i < length && to - name < NEW_LONGEST_NAME; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (is_safe(c))
			*to++ = c;
		else if (to > name && to[-1] != '_')
			*to++ = '_';
	}
	while (to > name && to[-1] == '_')
		to--;
	*to = '\0';
	return to > name ? name : NULL;
}

/* 10 where the last two versions are tens that follow each other, else 1. */
static int64_t step_of(const struct sources *sources)
{
	int64_t last = sources->items[sources->count - 1].version;

	for (uint32_t i = sources->count; i-- > 0;) {
		int64_t version = sources->items[i].version;

		if (version != last)
			return last % 10 == 0 && last - version == 10 ? 10 : 1;
	}
	return 1;
}

/* Returns 0, or -1 when there is no larger version. */
static int follow(const struct sources *sources, struct arena *arena, struct layout *layout)
{
	const struct source *newest;
	const char *prefix;

	layout->prefix = NEW_FIRST_PREFIX;
	layout->role = SOURCE_BOTH;
	if (!sources->count)
		return 0;
	newest = &sources->items[sources->count - 1];
	prefix = arena_copy(arena, newest->entry, naming_prefix(newest->entry));
	layout->prefix = naming_next(prefix, step_of(sources), arena);
	layout->role = newest->role == SOURCE_BOTH ? SOURCE_BOTH : SOURCE_UP;
	layout->folder = layout->role == SOURCE_UP && strchr(strchr(newest->file, '/') + 1, '/');
	return layout->prefix ? 0 : -1;
}

/* Returns 0, or -1 after an error. */
static int create(const char *path, const char *text, struct arena *arena)
{
	if (file_create(path, text, strlen(text))) {
		command_error(NULL, "%s: %s", path, file_reason(errno, arena));
		return -1;
	}
	return 0;
}

static int create_pair(const char *up, const char *down, struct arena *arena)
{
	if (create(up, up_text, arena))
		return -1;
	if (create(down, down_text, arena)) {
		unlink(up);
		return -1;
	}
	printf("%s\n%s\n", up, down);
	return 0;
}

static int create_folder(const struct layout *layout, struct arena *arena)
{
	const char *folder =
		arena_format(arena, "%s/%s_%s", layout->directory, layout->prefix, layout->name);

	if (mkdir(folder, 0777)) {
		command_error(NULL, "%s: %s", folder, file_reason(errno, arena));
		return -1;
	}
	if (create_pair(arena_format(arena, "%s/up.sql", folder),
			arena_format(arena, "%s/down.sql", folder), arena)) {
		rmdir(folder);
		return -1;
	}
	return 0;
}

static int create_files(const struct layout *layout, struct arena *arena)
{
	const char *base =
		arena_format(arena, "%s/%s_%s", layout->directory, layout->prefix, layout->name);
	const char *path;

	if (layout->folder)
		return create_folder(layout, arena);
	if (layout->role == SOURCE_UP)
		return create_pair(arena_format(arena, "%s.up.sql", base),
				   arena_format(arena, "%s.down.sql", base), arena);
	path = arena_format(arena, "%s.sql", base);
	if (create(path, both_text, arena))
		return -1;
	puts(path);
	return 0;
}

/* Makes the directory where it does not exist yet. Returns 0, or -1 after an error. */
static int ensure_directory(const char *directory, struct arena *arena)
{
	struct stat status;

	if (stat(directory, &status) == 0 || errno != ENOENT || mkdir(directory, 0777) == 0)
		return 0;
	command_error(arena_format(arena, "run: mkdir -p %s", directory), "%s: %s", directory,
		      file_reason(errno, arena));
	return -1;
}

/* Makes fixes/NUMBER_NAME.sql. Returns 0, or -1 after an error. */
static int create_fix(const struct layout *layout, const struct sources *sources,
		      struct arena *arena)
{
	const char *folder = arena_format(arena, "%s/fixes", layout->directory);
	const char *prefix = NEW_FIRST_PREFIX;
	const struct source *newest = NULL;
	const char *path;

	for (uint32_t i = 0; i < sources->script_count; i++) {
		if (sources->scripts[i].role == SOURCE_FIX)
			newest = &sources->scripts[i];
	}
	if (newest)
		prefix = naming_next(arena_copy(arena, newest->entry, naming_prefix(newest->entry)),
				     1, arena);
	if (!prefix) {
		command_error("the largest number is 9223372036854775807; rename that fix",
			      "there is no number after %s", newest->path);
		return -1;
	}
	path = arena_format(arena, "%s/%s_%s.sql", folder, prefix, layout->name);
	if (ensure_directory(folder, arena) || create(path, fix_text, arena))
		return -1;
	puts(path);
	return 0;
}

static int create_repeatable(const struct layout *layout, const struct sources *sources,
			     struct arena *arena)
{
	const char *path = arena_format(arena, "%s/R__%s.sql", layout->directory, layout->name);

	for (uint32_t i = 0; i < sources->script_count; i++) {
		const struct source *source = &sources->scripts[i];

		if (source->role == SOURCE_REPEATABLE &&
		    text_is(source->name, strlen(source->name), layout->name)) {
			command_error("edit that file, or give this one another name",
				      "there is a repeatable of this name: %s", source->path);
			return -1;
		}
	}
	if (create(path, repeatable_text, arena))
		return -1;
	puts(path);
	return 0;
}

static int create_migration(struct layout *layout, const struct sources *sources,
			    struct arena *arena)
{
	if (follow(sources, arena, layout)) {
		command_error("the largest version is 9223372036854775807; rename that migration",
			      "there is no version after %s",
			      sources->items[sources->count - 1].path);
		return -1;
	}
	return create_files(layout, arena);
}

static enum status make(struct layout *layout, const struct arguments *arguments,
			struct arena *arena)
{
	struct diagnostics diag = { .arena = arena };
	struct sources sources = { 0 };
	int rc;

	if (ensure_directory(layout->directory, arena))
		return STATUS_BAD;
	if (scan(layout->directory, arena, &sources, &diag)) {
		command_report(arguments, &diag);
		return STATUS_BAD;
	}
	if (arguments->fix)
		rc = create_fix(layout, &sources, arena);
	else if (arguments->repeatable)
		rc = create_repeatable(layout, &sources, arena);
	else
		rc = create_migration(layout, &sources, arena);
	return rc ? STATUS_BAD : STATUS_DONE;
}

enum status command_new(const struct arguments *arguments, struct arena *arena)
{
	const char *directory =
		arguments->operand_count > 1 ? arguments->operands[1] : "migrations";
	struct layout layout = {
		.directory = file_directory(directory, arena),
		.name = slug(arguments->operands[0], arena),
	};

	if (arguments->fix && arguments->repeatable) {
		command_error("give one of them", "--fix and --repeatable exclude each other");
		return STATUS_USAGE;
	}
	if (!layout.name) {
		command_error("say what the migration does: bobolink new add_email_to_users",
			      "\"%s\" holds no letter or digit for a file name",
			      arguments->operands[0]);
		return STATUS_USAGE;
	}
	return make(&layout, arguments, arena);
}
