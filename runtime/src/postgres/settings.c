/*
 * Settings: the session is left as it was found.
 *
 * What the runtime needs it sets for one transaction. What a migration sets for the session would
 * stay behind, change how the next migration reads its names, and leak to other clients of a pooler: after
 * the commit every setting of this list that has another value gets back the one it had when the run
 * began.
 */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first are pinned. Who it is comes before what one role may set and another may not. */
static const char *const names[BL_POSTGRES_SETTINGS] = {
	"session_authorization",
	"role",
	"search_path",
	"row_security",
	"client_min_messages",
	"client_encoding",
	"lock_timeout",
	"statement_timeout",
	"idle_in_transaction_session_timeout",
	"application_name",
	"transaction_timeout",
	"idle_session_timeout",
	"check_function_bodies",
	"standard_conforming_strings",
	"session_replication_role",
	"default_tablespace",
	"default_table_access_method",
	"default_transaction_isolation",
	"default_transaction_read_only",
	"default_transaction_deferrable",
	"synchronous_commit",
	"work_mem",
	"maintenance_work_mem",
	"xmloption",
	"bytea_output",
	"extra_float_digits",
	"IntervalStyle",
	"DateStyle",
	"TimeZone",
};

/* Those that are needed by their number. */
#define USER		  0
#define ROLE		  1
#define ENCODING	  5
#define LOCK_TIMEOUT	  6
#define STATEMENT_TIMEOUT 7
#define IDLE_TIMEOUT	  8
#define APPLICATION_NAME  9
#define STRINGS		  13
/* The number that the pinned ones have as the transaction found them. */
#define TEXT(number)	#number
#define TEXT_OF(number) TEXT(number)
#define BEHIND		TEXT_OF(BL_POSTGRES_SETTINGS)

/* current_setting with true: a server that does not know one answers NULL. */
#define READ                                                              \
	"SELECT n.o OPERATOR(pg_catalog.+) CAST($2 AS pg_catalog.int8), " \
	"pg_catalog.current_setting(n.s, true) FROM "                     \
	"ROWS FROM (pg_catalog.unnest(CAST($1 AS pg_catalog.text[]))) WITH ORDINALITY AS n(s, o)"
#define RESTORE                                                                               \
	"SELECT pg_catalog.set_config(n.s, n.v, CAST($3 AS pg_catalog.bool)) FROM ROWS FROM " \
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

static bool make_array(char array[ARRAY_SIZE], const char *const *elements, size_t count)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		if (!add_element(array, &length, elements[i]))
			return false;
	}
	array[length++] = '}';
	array[length] = '\0';
	return true;
}

/* Puts a copy in the place of an older one; false when there is no memory. */
static bool keep(const struct bobolink_connection *connection, const char *text, char **kept)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;

	allocator->release(allocator->context, *kept);
	*kept = text ? bl_postgres_copy(connection, text, strlen(text)) : NULL;
	return *kept || !text;
}

static int send_read(struct bobolink_connection *connection, size_t count, const char *offset,
		     struct bobolink_error *error)
{
	char array[ARRAY_SIZE];
	const char *values[2] = { array, offset };

	if (!make_array(array, names, count))
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	return bl_postgres_send(connection, BL_POSTGRES_ROWS, READ, values, 2, error);
}

int bl_postgres_settings_read(struct bobolink_connection *connection, struct bobolink_error *error)
{
	for (size_t i = 0; i < BL_POSTGRES_PINS; i++)
		keep(connection, NULL, &connection->settings[BL_POSTGRES_SETTINGS + i]);
	/* What a piece of a migration has set lasts, and is what the next one finds. */
	if (connection->settings_read)
		return connection->unsettled
			       ? send_read(connection, BL_POSTGRES_PINS, BEHIND, error)
			       : BOBOLINK_OK;
	bl_postgres_settings_free(connection);
	if (!keep(connection, PQparameterStatus(connection->pg, "client_encoding"),
		  &connection->settings[ENCODING]))
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	return send_read(connection, BL_POSTGRES_SETTINGS, "0", error);
}

bool bl_postgres_settings_row(struct bobolink_connection *connection,
			      const struct bobolink_value *values, uint32_t count, int *rc)
{
	size_t number;

	if (count != 2 || !values[0].text)
		return false;
	number = strtoul(values[0].text, NULL, 10) - 1;
	*rc = BOBOLINK_OK;
	/* Of the encoding this would be the transaction's. */
	if (number < BL_POSTGRES_SETTINGS + BL_POSTGRES_PINS && number != ENCODING &&
	    !keep(connection, values[1].text, &connection->settings[number]))
		*rc = BOBOLINK_NO_MEMORY;
	if (number + 1 == BL_POSTGRES_SETTINGS)
		connection->settings_read = *rc == BOBOLINK_OK;
	return true;
}

/* Values travel in the session's encoding, and are known in UTF-8. */
static int send_in_utf8(struct bobolink_connection *connection, bool begin,
			struct bobolink_error *error)
{
	static const char set[] = "SELECT pg_catalog.set_config('client_encoding', 'UTF8', true)";
	int rc;

	if (connection->utf8)
		return BOBOLINK_OK;
	rc = bl_postgres_send(connection, BL_POSTGRES_TIDY, begin ? "BEGIN" : "COMMIT", NULL, 0,
			      error);
	if (rc == BOBOLINK_OK && begin)
		rc = bl_postgres_send(connection, BL_POSTGRES_TIDY, set, NULL, 0, error);
	return rc;
}

/* Sends what gives every setting whose value is another one this value; NULL stays as it is. */
static int send_restore(struct bobolink_connection *connection, int kind,
			const char *const settings[BL_POSTGRES_SETTINGS], const char *local,
			struct bobolink_error *error)
{
	char array[ARRAY_SIZE];
	char before[ARRAY_SIZE];
	const char *values[3] = { array, before, local };

	if (!make_array(array, names, BL_POSTGRES_SETTINGS) ||
	    !make_array(before, settings, BL_POSTGRES_SETTINGS))
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	return bl_postgres_send(connection, kind, RESTORE, values, 3, error);
}

int bl_postgres_settings_restore(struct bobolink_connection *connection,
				 struct bobolink_error *error)
{
	int rc = send_in_utf8(connection, true, error);

	if (rc == BOBOLINK_OK)
		rc = send_restore(connection, BL_POSTGRES_TIDY,
				  (const char *const *)connection->settings, "false", error);
	return rc ? rc : send_in_utf8(connection, false, error);
}

void bl_postgres_settings_free(struct bobolink_connection *connection)
{
	for (size_t i = 0; i < BL_POSTGRES_SETTINGS + BL_POSTGRES_PINS; i++)
		keep(connection, NULL, &connection->settings[i]);
	connection->settings_read = false;
}

static int send_pins(struct bobolink_connection *connection,
		     const char *const values[BL_POSTGRES_PINS], struct bobolink_error *error)
{
	return bl_postgres_send(connection, BL_POSTGRES_OWN,
				"SELECT pg_catalog.set_config('session_authorization', $1, true), "
				"pg_catalog.set_config('role', $2, true), "
				"pg_catalog.set_config('search_path', $3, true), "
				"pg_catalog.set_config('row_security', $4, true), "
				"pg_catalog.set_config('client_min_messages', $5, true)",
				values, BL_POSTGRES_PINS, error);
}

int bl_postgres_pin(struct bobolink_connection *connection, struct bobolink_error *error)
{
	const char *values[BL_POSTGRES_PINS] = { connection->settings[USER],
						 connection->settings[ROLE], "pg_catalog", "off",
						 "warning" };

	return send_pins(connection, values, error);
}

/* All of them: another migration of the same transaction is not to find what one before it has set. */
static int restore_within(struct bobolink_connection *connection, struct bobolink_error *error)
{
	const char *values[BL_POSTGRES_SETTINGS];
	char lock_timeout[16];
	char statement_timeout[16];

	memcpy(values, connection->settings, sizeof(values));
	snprintf(lock_timeout, sizeof(lock_timeout), "%u", (unsigned)connection->lock_timeout_ms);
	snprintf(statement_timeout, sizeof(statement_timeout), "%u",
		 (unsigned)connection->statement_timeout_ms);
	values[ENCODING] = "UTF8";
	values[LOCK_TIMEOUT] = lock_timeout;
	if (connection->statement_timeout_ms)
		values[STATEMENT_TIMEOUT] = statement_timeout;
	values[IDLE_TIMEOUT] = BL_POSTGRES_IDLE_TIMEOUT;
	values[APPLICATION_NAME] = connection->name;
	values[STRINGS] = "on";
	return send_restore(connection, BL_POSTGRES_OWN, values, "true", error);
}

int bl_postgres_unpin(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char **found = connection->settings + BL_POSTGRES_SETTINGS;

	/* From piece to piece they last. */
	if (connection->holding)
		return send_pins(connection,
				 (const char *const *)(*found ? found : connection->settings),
				 error);
	return restore_within(connection, error);
}
