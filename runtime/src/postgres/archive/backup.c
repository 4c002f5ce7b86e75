/*
 * Backup: pg_dump writes the file, pg_restore reads it through, so that none is called a backup that cannot be
 * restored. The password goes by the environment.
 */
#include "../connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A line of the list is "215; 1259 16386 TABLE public users owner"; 1259 is the catalogue pg_class. */
static void count_table(void *context, const char *line)
{
	int64_t *tables = context;
	size_t digits = strspn(line, "0123456789");
	const char *rest = line + digits;

	if (digits == 0 || strncmp(rest, "; 1259 ", 7) != 0)
		return;
	rest += 7;
	rest += strspn(rest, "0123456789");
	*tables += strncmp(rest, " TABLE ", 7) == 0;
}

int bl_postgres_look_into(const char *path, PGconn *pg, const struct bobolink_context *context,
			  int64_t *tables, struct bobolink_error *error)
{
	const char *const arguments[] = { "pg_restore", "--list", "--", path, NULL };

	*tables = 0;
	return bl_postgres_program(arguments, pg, context, count_table, tables, error);
}

static const char *option(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++) {
		if (strcmp(options->keyword, keyword) == 0 && options->val)
			return options->val;
	}
	return "";
}

/* What was asked for: of several hosts any may be the one that answers. */
void bl_postgres_origin(struct bobolink_connection *connection, const char *url, char *text,
			size_t size)
{
	PGconn *unused = connection ? NULL : PQconnectStart(url);
	PGconn *pg = connection ? connection->pg : unused;
	PQconninfoOption *options = pg ? PQconninfo(pg) : NULL;
	const char *host = option(options, "host");
	const char *name = pg && PQdb(pg) ? PQdb(pg) : "";
	int length = snprintf(text, size, "%s:%s/%s", *host ? host : option(options, "hostaddr"),
			      option(options, "port"), name);

	/* Two that are cut short may be the same. */
	if (!options || !*name || length < 0 || (size_t)length >= size)
		text[0] = '\0';
	PQconninfoFree(options);
	PQfinish(unused);
}

int bl_postgres_backup(struct bobolink_connection *connection, const char *path,
		       struct bobolink_error *error)
{
	const struct bobolink_context *context = connection->context;
	char patience[64];
	size_t size = strlen(path) + sizeof("--file=");
	char *file = context->allocator.allocate(context->allocator.context, size);
	/* The core syncs it. */
	const char *const arguments[] = { "pg_dump",   "--format=custom", "--no-password",
					  "--no-sync", patience,	  file,
					  NULL };
	int64_t tables;
	int rc;

	if (!file)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	snprintf(file, size, "--file=%s", path);
	snprintf(patience, sizeof(patience), "--lock-wait-timeout=%" PRIu64, context->timeout_ms);
	rc = bl_postgres_program(arguments, connection->pg, context, NULL, NULL, error);
	context->allocator.release(context->allocator.context, file);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_look_into(path, connection->pg, context, &tables, error);
	return rc;
}
