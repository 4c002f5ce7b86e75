/*
 * Settings: the session is left as it was found.
 *
 * What the runtime needs it sets for one transaction. What a migration sets for the session would
 * stay behind, change how the next migration reads its names, and leak to other clients of a pooler: after
 * the commit every setting of this list that has another value gets back the one it had when the connection was
 * first used.
 */
#include "connection.h"

#include <string.h>

/* Those that are needed by their number. */
#define SEARCH_PATH	    0
#define ROW_SECURITY	    1
#define CLIENT_MIN_MESSAGES 2

static const char *const names[BL_POSTGRES_SETTINGS] = {
	"search_path",
	"row_security",
	"client_min_messages",
	"role",
	"lock_timeout",
	"statement_timeout",
	"idle_in_transaction_session_timeout",
	"application_name",
	"client_encoding",
	"check_function_bodies",
	"standard_conforming_strings",
	"session_replication_role",
	"default_tablespace",
	"default_table_access_method",
	"default_transaction_isolation",
	"default_transaction_read_only",
	"DateStyle",
	"TimeZone",
};

/* current_setting with true: a server that does not know one answers NULL. */
#define READ                                                      \
	"SELECT n.o, pg_catalog.current_setting(n.s, true) FROM " \
	"ROWS FROM (pg_catalog.unnest(CAST($1 AS pg_catalog.text[]))) WITH ORDINALITY AS n(s, o)"
#define RESTORE                                                                               \
	"SELECT pg_catalog.set_config(n.s, n.v, false) FROM ROWS FROM "                       \
	"(pg_catalog.unnest(CAST($1 AS pg_catalog.text[])), "                                 \
	"pg_catalog.unnest(CAST($2 AS pg_catalog.text[]))) AS n(s, v) WHERE n.v IS NOT NULL " \
	"AND pg_catalog.current_setting(n.s, true) OPERATOR(pg_catalog.<>) n.v"

#define ARRAY_SIZE 8192

/* Adds one element to an array literal; false when it has no room. */
static bool add_element(char *array, size_t *length, const char *element)
{
	const char *rest = element ? element : "NULL";

	if (*length + 2 * strlen(rest) + 5 >= ARRAY_SIZE)
		return false;
	array[*length] = *length == 0 ? '{' : ',';
	(*length)++;
	if (element)
		array[(*length)++] = '"';
	for (; *rest; rest++) {
		if (*rest == '"' || *rest == '\\')
			array[(*length)++] = '\\';
		array[(*length)++] = *rest;
	}
	if (element)
		array[(*length)++] = '"';
	array[*length] = '\0';
	return true;
}

static bool make_array(char array[ARRAY_SIZE], const char *const *elements)
{
	size_t length = 0;

	for (int i = 0; i < BL_POSTGRES_SETTINGS; i++) {
		if (!add_element(array, &length, elements[i]))
			return false;
	}
	array[length++] = '}';
	array[length] = '\0';
	return true;
}

static char *copy(const struct bobolink_connection *connection, const char *text)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;
	size_t size = strlen(text) + 1;
	char *made = allocator->allocate(allocator->context, size);

	if (made)
		memcpy(made, text, size);
	return made;
}

int bl_postgres_settings_read(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char array[ARRAY_SIZE];
	const char *values[1] = { array };
	PGresult *result;
	int rc = BOBOLINK_OK;

	if (connection->settings_read)
		return BOBOLINK_OK;
	if (!make_array(array, names))
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	result = bl_postgres_ask(connection, READ, values, 1, connection->context->timeout_ms,
				 error);
	if (!result)
		return error->code;
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		rc = bl_postgres_result(result, error);
	for (int i = 0; rc == BOBOLINK_OK && i < PQntuples(result) && i < BL_POSTGRES_SETTINGS;
	     i++) {
		if (PQgetisnull(result, i, 1))
			continue;
		connection->settings[i] = copy(connection, PQgetvalue(result, i, 1));
		if (!connection->settings[i])
			rc = bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	}
	PQclear(result);
	if (rc)
		bl_postgres_settings_free(connection);
	connection->settings_read = rc == BOBOLINK_OK;
	return rc;
}

int bl_postgres_settings_restore(struct bobolink_connection *connection,
				 struct bobolink_error *error)
{
	char array[ARRAY_SIZE];
	char before[ARRAY_SIZE];
	const char *values[2] = { array, before };

	if (!make_array(array, names) ||
	    !make_array(before, (const char *const *)connection->settings))
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	return bl_postgres_send(connection, BL_POSTGRES_TIDY, RESTORE, values, 2, error);
}

void bl_postgres_settings_free(struct bobolink_connection *connection)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;

	for (int i = 0; i < BL_POSTGRES_SETTINGS; i++) {
		allocator->release(allocator->context, connection->settings[i]);
		connection->settings[i] = NULL;
	}
	connection->settings_read = false;
}

int bl_postgres_pin(struct bobolink_connection *connection, bool pinned,
		    struct bobolink_error *error)
{
	const char *values[3] = { "pg_catalog", "off", "warning" };

	if (!pinned) {
		values[0] = connection->settings[SEARCH_PATH];
		values[1] = connection->settings[ROW_SECURITY];
		values[2] = connection->settings[CLIENT_MIN_MESSAGES];
	}
	return bl_postgres_send(connection, BL_POSTGRES_OWN,
				"SELECT pg_catalog.set_config('search_path', $1, true), "
				"pg_catalog.set_config('row_security', $2, true), "
				"pg_catalog.set_config('client_min_messages', $3, true)",
				values, 3, error);
}
