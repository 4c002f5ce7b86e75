/*
 * Where the programs of a PostgreSQL server are: in the directory that the caller or the environment
 * names (and then nowhere else), or in the first place of those where they are usually installed.
 */
#include "server_find.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/file.h"

/* Debian and its relatives; Red Hat's packages by the PostgreSQL project. None is in PATH. */
static const char *const usual_places[] = {
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
};

static bool holds_programs(const char *directory, struct arena *arena)
{
	return access(arena_format(arena, "%s/initdb", directory), X_OK) == 0 &&
	       access(arena_format(arena, "%s/postgres", directory), X_OK) == 0;
}

/* initdb looks for its files beside itself, so a link in PATH is followed to the real directory. */
static const char *real_directory(const char *directory, struct arena *arena)
{
	const char *program = file_real_path(arena_format(arena, "%s/postgres", directory), arena);
	const char *slash = strrchr(program, '/');
	const char *real =
		slash ? arena_copy(arena, program, (size_t)(slash - program)) : directory;

	return holds_programs(real, arena) ? real : file_real_path(directory, arena);
}

/* The line that `pg_config --bindir` prints, or NULL. */
static const char *ask_pg_config(struct arena *arena)
{
	char line[4096];
	const char *directory = NULL;
	FILE *output = popen("pg_config --bindir 2>/dev/null", "r");

	if (!output)
		return NULL;
	if (fgets(line, sizeof(line), output))
		directory = arena_copy(arena, line, strcspn(line, "\n"));
	return pclose(output) == 0 ? directory : NULL;
}

/* The number that a path holds: 15 of /usr/lib/postgresql/15/bin. */
static long number_in(const char *path)
{
	return strtol(path + strcspn(path, "0123456789"), NULL, 10);
}

static const char *newest_of(const char *pattern, struct arena *arena)
{
	const char *newest = NULL;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return NULL;
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (holds_programs(found.gl_pathv[i], arena) &&
		    (!newest || number_in(found.gl_pathv[i]) > number_in(newest)))
			newest = arena_copy(arena, found.gl_pathv[i], strlen(found.gl_pathv[i]));
	globfree(&found);
	return newest;
}

static const char *in_path(struct arena *arena)
{
	const char *rest = getenv("PATH");

	while (rest && *rest) {
		size_t length = strcspn(rest, ":");
		const char *directory = arena_copy(arena, rest, length);

		/* A relative entry of PATH would mean another place in every folder. */
		if (*directory == '/' && holds_programs(directory, arena))
			return directory;
		rest += length + (rest[length] == ':');
	}
	return NULL;
}

static const char *look_around(struct arena *arena)
{
	const char *directory = ask_pg_config(arena);

	/* pg_config belongs to the client: it answers where no server is installed, too. */
	if (directory && holds_programs(directory, arena))
		return directory;
	for (size_t i = 0; i < sizeof(usual_places) / sizeof(usual_places[0]); i++) {
		directory = newest_of(usual_places[i], arena);
		if (directory)
			return directory;
	}
	return in_path(arena);
}

const char *server_find(const char *bindir, struct arena *arena, const char **message)
{
	const char *variable = getenv("BOBOLINK_POSTGRES_BINDIR");
	const char *directory = bindir ? bindir : variable && *variable ? variable : NULL;

	if (directory) {
		if (holds_programs(directory, arena))
			return real_directory(directory, arena);
		*message =
			arena_format(arena, "%s%s does not hold the programs initdb and postgres",
				     bindir ? "" : "BOBOLINK_POSTGRES_BINDIR=", directory);
		return NULL;
	}
	directory = look_around(arena);
	if (directory)
		return real_directory(directory, arena);
	*message = "no PostgreSQL server (the programs initdb and postgres) is installed here";
	return NULL;
}
