/*
 * The list of a fleet: one database a line, a URL or, for SQLite, the path of a file.
 *
 * All of it is read before anything is started, so that a line that makes no sense costs nothing. A file that does
 * not exist is left to its own process: it may be one of many, and the others shall be migrated.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bobolink/backend.h>

#include "fleet.h"
#include "secret.h"

#define SQLITE "sqlite:"
#define BLANKS " \t\r\n"

static int no_memory(struct bobolink_error *error)
{
	return bl_cli_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
}

static bool is_sqlite(const struct bl_fleet *fleet)
{
	return strcmp(fleet->cli->set->backend()->name, "sqlite") == 0;
}

static bool begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* What stands in a list for SQLite and is no URL, not even one of another database. */
static bool is_path(const struct bl_fleet *fleet, const char *text)
{
	return is_sqlite(fleet) && !begins(text, SQLITE) && !begins(text, "postgres:") &&
	       !begins(text, "postgresql:") && !strstr(text, "://");
}

static char *url_of_path(const char *path)
{
	size_t size = strlen(SQLITE) + strlen(path) + 1;
	char *url = malloc(size);

	if (url)
		snprintf(url, size, "%s%s", SQLITE, path);
	return url;
}

/* Who the file is, whatever it is called. */
static void identify(const struct bl_fleet *fleet, struct bl_fleet_database *database)
{
	struct stat about;

	if (!is_sqlite(fleet) || stat(database->url + strlen(SQLITE), &about) != 0)
		return;
	database->device = about.st_dev;
	database->inode = about.st_ino;
}

static struct bl_fleet_database *append(struct bl_fleet *fleet)
{
	/* The capacity is the next power of two. */
	if ((fleet->count & (fleet->count - 1)) == 0) {
		size_t capacity = fleet->count ? 2 * fleet->count : 1;
		struct bl_fleet_database *grown =
			realloc(fleet->databases, capacity * sizeof(*grown));

		if (!grown)
			return NULL;
		fleet->databases = grown;
	}
	memset(&fleet->databases[fleet->count], 0, sizeof(*fleet->databases));
	return &fleet->databases[fleet->count++];
}

static int add(struct bl_fleet *fleet, const char *text, size_t line, struct bobolink_error *error)
{
	struct bl_fleet_database *database;
	char source[BOBOLINK_PATH_SIZE];
	int rc;

	snprintf(source, sizeof(source), "%.200s:%zu", fleet->source, line);
	if (!is_path(fleet, text) && (rc = bl_cli_check_url(fleet->cli, text, source, error)))
		return rc;
	database = append(fleet);
	if (!database)
		return no_memory(error);
	database->line = line;
	database->url = is_path(fleet, text) ? url_of_path(text) : strdup(text);
	/* A file has no password, and its name may be about passwords. */
	database->label = is_sqlite(fleet) ? strdup(text) : bl_cli_secret_label(text);
	if (!database->url || !database->label)
		return no_memory(error);
	identify(fleet, database);
	return BOBOLINK_OK;
}

/* One line without its blanks at both ends; nothing for an empty one and a comment. */
static int add_line(struct bl_fleet *fleet, char *text, size_t length, size_t line,
		    struct bobolink_error *error)
{
	static const char mark[] = "\xEF\xBB\xBF"; /* of UTF-8 */

	if (memchr(text, '\0', length))
		return bl_cli_fail(
			error, BOBOLINK_USAGE,
			"%.200s:%zu: this is no text: give a file with one database a line",
			fleet->source, line);
	if (line == 1 && begins(text, mark))
		text += strlen(mark);
	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1]))
		text[--length] = '\0';
	return *text && *text != '#' ? add(fleet, text, line, error) : BOBOLINK_OK;
}

static int read_lines(struct bl_fleet *fleet, FILE *file, struct bobolink_error *error)
{
	char *text = NULL;
	size_t size = 0;
	size_t line = 0;
	ssize_t length;
	int rc = BOBOLINK_OK;

	errno = 0;
	while (rc == BOBOLINK_OK && (length = getline(&text, &size, file)) > 0)
		rc = add_line(fleet, text, (size_t)length, ++line, error);
	if (rc == BOBOLINK_OK && !feof(file))
		rc = bl_cli_fail(error, BOBOLINK_USAGE, "%.200s cannot be read: %s", fleet->source,
				 strerror(errno ? errno : EIO));
	free(text);
	return rc;
}

/* Files by what they are, everything else by its URL, and the same ones by their lines. */
static int compare(const void *a, const void *b)
{
	const struct bl_fleet_database *one = a;
	const struct bl_fleet_database *other = b;
	int order = 0;

	if (one->inode != other->inode)
		return one->inode < other->inode ? -1 : 1;
	if (one->device != other->device)
		return one->device < other->device ? -1 : 1;
	if (!one->inode)
		order = strcmp(one->url, other->url);
	return order ? order : (one->line > other->line) - (one->line < other->line);
}

static int compare_lines(const void *a, const void *b)
{
	const struct bl_fleet_database *one = a;
	const struct bl_fleet_database *other = b;

	return (one->line > other->line) - (one->line < other->line);
}

static bool is_same(const struct bl_fleet_database *one, const struct bl_fleet_database *other)
{
	if (one->inode || other->inode)
		return one->inode == other->inode && one->device == other->device;
	return strcmp(one->url, other->url) == 0;
}

static void drop(struct bl_fleet *fleet, const struct bl_fleet_database *kept,
		 struct bl_fleet_database *again)
{
	/* --migrate-check is silent. */
	if (fleet->cli->flags.action != BL_CLI_CHECK)
		bl_cli_say(fleet->cli, "%.200s:%zu: the same database as in line %zu: done once",
			   fleet->source, again->line, kept->line);
	free(again->url);
	free(again->label);
	fleet->duplicates++;
}

static void drop_duplicates(struct bl_fleet *fleet)
{
	struct bl_fleet_database *all = fleet->databases;
	size_t kept = 0;

	if (fleet->count < 2)
		return;
	qsort(all, fleet->count, sizeof(*all), compare);
	for (size_t i = 1; i < fleet->count; i++) {
		if (is_same(&all[kept], &all[i]))
			drop(fleet, &all[kept], &all[i]);
		else
			all[++kept] = all[i];
	}
	fleet->count = kept + 1;
	qsort(all, fleet->count, sizeof(*all), compare_lines);
}

int bl_fleet_read(struct bl_fleet *fleet, struct bobolink_error *error)
{
	const char *path = fleet->cli->flags.fleet;
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "r");
	int rc;

	fleet->source = standard ? "standard input" : path;
	if (!file)
		return bl_cli_fail(error, BOBOLINK_USAGE, "%.200s cannot be read: %s", path,
				   strerror(errno));
	rc = read_lines(fleet, file, error);
	if (!standard)
		fclose(file); /* only read: nothing can be lost */
	if (rc == BOBOLINK_OK)
		drop_duplicates(fleet);
	return rc;
}

void bl_fleet_forget(struct bl_fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		free(fleet->databases[i].url);
		free(fleet->databases[i].label);
		free(fleet->databases[i].why);
	}
	free(fleet->databases);
}
