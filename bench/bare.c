/*
 * What a program does that has no bobolink: the yardstick.
 *
 *     bare select FILE              opens a database file and runs one SELECT
 *     bare replay DIRECTORY         runs every file's up section on a database in memory
 *     bare prove DIRECTORY          up, down and up again
 */
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int execute(sqlite3 *db, const char *sql, const char *end)
{
	int rc = SQLITE_OK;

	while (sql < end && rc == SQLITE_OK) {
		sqlite3_stmt *statement = NULL;

		rc = sqlite3_prepare_v2(db, sql, (int)(end - sql), &statement, &sql);
		while (rc == SQLITE_OK && statement && sqlite3_step(statement) == SQLITE_ROW)
			;
		if (rc == SQLITE_OK)
			rc = sqlite3_finalize(statement);
	}
	if (rc != SQLITE_OK)
		fprintf(stderr, "bare: %s\n", sqlite3_errmsg(db));
	return rc;
}

/* The whole file, NUL-terminated, to be freed; NULL when it cannot be read. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	long size;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
		rewind(file);
		text = calloc((size_t)size + 1, 1);
		if (text && fread(text, 1, (size_t)size, file) != (size_t)size) {
			free(text);
			text = NULL;
		}
	}
	fclose(file);
	return text;
}

static int replay_file(sqlite3 *db, const char *path, int prove)
{
	char *text = read_text(path);
	const char *down = text ? strstr(text, "-- migrate:down") : NULL;
	int rc = -1;

	if (!down) {
		fprintf(stderr, "bare: cannot read %s\n", path);
		goto out;
	}
	rc = execute(db, text, down);
	if (rc == 0 && prove)
		rc = execute(db, down, down + strlen(down));
	if (rc == 0 && prove)
		rc = execute(db, text, down);
out:
	free(text);
	return rc;
}

static int is_sql(const struct dirent *entry)
{
	return strstr(entry->d_name, ".sql") != NULL;
}

static int replay(sqlite3 *db, const char *directory, int prove)
{
	struct dirent **entries = NULL;
	int count = scandir(directory, &entries, is_sql, alphasort);
	int rc = count > 0 ? 0 : -1;

	for (int i = 0; i < count; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		if (rc == 0)
			rc = replay_file(db, path, prove);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

static int run(sqlite3 *db, const char *mode, const char *path)
{
	static const char select[] = "SELECT name FROM t00001 WHERE id = 1";

	if (strcmp(mode, "select") == 0)
		return execute(db, select, select + strlen(select));
	return replay(db, path, strcmp(mode, "prove") == 0);
}

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	int rc = -1;

	if (argc != 3) {
		fprintf(stderr, "usage: bare select FILE | bare replay|prove DIRECTORY\n");
		return 2;
	}
	if (sqlite3_open(strcmp(argv[1], "select") == 0 ? argv[2] : ":memory:", &db) == SQLITE_OK)
		rc = run(db, argv[1], argv[2]);
	sqlite3_close(db);
	return rc ? 1 : 0;
}
