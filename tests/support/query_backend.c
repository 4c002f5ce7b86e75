/* A backend that can only ask. */
#include "query_backend.h"

#include <stdio.h>
#include <stdlib.h>

#define VALUES_MAX 8

static int give_rows(PGresult *result, bobolink_row_fn *row, void *context)
{
	int rc = BOBOLINK_OK;

	for (int i = 0; row && rc == BOBOLINK_OK && i < PQntuples(result); i++) {
		struct bobolink_value values[VALUES_MAX];
		int count = PQnfields(result);

		if (count > VALUES_MAX)
			return BOBOLINK_CORRUPT;
		for (int j = 0; j < count; j++) {
			values[j].text =
				PQgetisnull(result, i, j) ? NULL : PQgetvalue(result, i, j);
			values[j].length = (size_t)PQgetlength(result, i, j);
		}
		rc = row(context, values, (uint32_t)count);
	}
	return rc;
}

static int query(struct bobolink_connection *connection, const char *sql,
		 const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		 void *context, int64_t *changed, struct bobolink_error *error)
{
	const char *texts[VALUES_MAX];
	PGresult *result;
	int rc = BOBOLINK_SQL_ERROR;

	(void)changed;
	for (uint32_t i = 0; i < count && i < VALUES_MAX; i++)
		texts[i] = values[i].text;
	result = PQexecParams(connection->pg, sql, (int)count, NULL, texts, NULL, NULL, 0);
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		rc = give_rows(result, row, context);
	else
		(void)snprintf(error->message, sizeof(error->message), "%s",
			       PQerrorMessage(connection->pg));
	PQclear(result);
	return rc;
}

const struct bobolink_backend *query_backend(void)
{
	static const struct bobolink_backend backend = {
		.interface_version = BOBOLINK_BACKEND_VERSION,
		.dialect = BOBOLINK_DIALECT_POSTGRES,
		.name = "postgres",
		.query = query,
	};

	return &backend;
}
