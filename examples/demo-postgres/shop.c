/*
 * The stock ledger of a shop on PostgreSQL: an application that carries its migrations.
 *
 * The first lines of main are all that bobolink asks for. The rest is the shop: goods come in, goods
 * go out, what is there is the sum of all movements.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/cli.h>
#include <bobolink/postgres.h>

#include "../barcode.h"
#include "../shop.h"
#include "shop_migrations.h"

#define DEFAULT_URL "postgres:///shop"

/* Returns 0, or the exit code. */
static int migrate(PGconn *db)
{
	struct shop_start start;
	struct bobolink_error error;
	int rc = shop_start_begin(&start, &error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_migrate_postgres(&shop_migrations, db, &start.options, &error);
	return shop_start_end(&start, rc, &error);
}

static int complain(PGconn *db, const PGresult *result)
{
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	fprintf(stderr, "shop: %s\n", words ? words : PQerrorMessage(db));
	return 1;
}

/* Prints every row of a query, columns separated by two blanks, under its column names. */
static int print_rows(FILE *out, PGconn *db, const char *sql, const char *nothing)
{
	PGresult *result = PQexec(db, sql);
	int code = 0;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		code = complain(db, result);
	else if (PQntuples(result) == 0)
		fprintf(out, "%s\n", nothing);
	for (int row = -1; code == 0 && PQntuples(result) > 0 && row < PQntuples(result); row++) {
		for (int i = 0; i < PQnfields(result); i++)
			fprintf(out, "%-20s",
				row < 0 ? PQfname(result, i) : PQgetvalue(result, row, i));
		fputc('\n', out);
	}
	PQclear(result);
	return code;
}

static int list_stock(PGconn *db)
{
	return print_rows(stdout, db,
			  "SELECT sku, name, warehouse, quantity, to_char(value_cents / 100.0, "
			  "'FM999990.00') "
			  "AS value FROM stock ORDER BY sku, warehouse",
			  "the shelves are empty");
}

static int list_low(FILE *out, void *db)
{
	return print_rows(
		out, db,
		"SELECT p.sku, p.name, coalesce(sum(s.quantity), 0) AS quantity, p.reorder_level "
		"FROM products AS p LEFT JOIN stock AS s ON s.product_id = p.id GROUP BY p.id "
		"HAVING coalesce(sum(s.quantity), 0) <= p.reorder_level ORDER BY p.sku",
		"nothing needs to be ordered");
}

static int list_ledger(PGconn *db)
{
	return print_rows(
		stdout, db,
		"SELECT to_char(m.moved_at, 'YYYY-MM-DD HH24:MI') AS moved_at, p.sku, w.code AS "
		"warehouse, m.quantity, m.kind, m.note FROM movements AS m JOIN products AS p ON "
		"p.id = m.product_id JOIN warehouses AS w ON w.id = m.warehouse_id ORDER BY m.id",
		"nothing has moved");
}

static int list_labels(PGconn *db)
{
	return print_rows(
		stdout, db,
		"SELECT barcode, sku, name FROM products WHERE barcode IS NOT NULL ORDER BY sku",
		"no product has a barcode");
}

/* SKU WAREHOUSE QUANTITY [NOTE]: goods come in (sign "") or go out (sign "-"). */
static int move(PGconn *db, char **argument, const char *sign)
{
	static const char insert[] =
		"INSERT INTO movements (product_id, warehouse_id, quantity, note) SELECT p.id, "
		"w.id, CAST($3 AS integer), $4 FROM products AS p, warehouses AS w WHERE p.sku = "
		"$1 "
		"AND w.code = $2";
	char quantity[16];
	const char *values[4] = { argument[0], argument[1], quantity,
				  argument[3] ? argument[3] : "" };
	PGresult *result;
	int code = 0;

	if (!*argument[2] || argument[2][strspn(argument[2], "0123456789")] ||
	    strlen(argument[2]) > 9) {
		fprintf(stderr, "shop: %s is no quantity\n", argument[2]);
		return 2;
	}
	snprintf(quantity, sizeof(quantity), "%s%s", sign, argument[2]);
	result = PQexecParams(db, insert, 4, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		code = complain(db, result);
	} else if (strcmp(PQcmdTuples(result), "0") == 0) {
		fprintf(stderr, "shop: no product %s or no warehouse %s\n", argument[0],
			argument[1]);
		code = 1;
	}
	PQclear(result);
	return code ? code : list_stock(db);
}

static int watch(PGconn *db, const char *argument)
{
	unsigned seconds = shop_seconds(argument);

	return seconds ? shop_watch(list_low, db, seconds) : shop_usage();
}

static int run(PGconn *db, int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "stock";

	if (argc <= 2 && strcmp(command, "stock") == 0)
		return list_stock(db);
	if (argc <= 2 && strcmp(command, "low") == 0)
		return list_low(stdout, db);
	if (argc <= 2 && strcmp(command, "ledger") == 0)
		return list_ledger(db);
	if (argc <= 2 && strcmp(command, "labels") == 0)
		return list_labels(db);
	if ((argc == 5 || argc == 6) && strcmp(command, "receive") == 0)
		return move(db, argv + 2, "");
	if ((argc == 5 || argc == 6) && strcmp(command, "issue") == 0)
		return move(db, argv + 2, "-");
	if (argc <= 3 && strcmp(command, "watch") == 0)
		return watch(db, argv[2]);
	return shop_usage();
}

int main(int argc, char **argv)
{
	struct bobolink_cli_options cli = { .default_url = DEFAULT_URL, .program = PROGRAM };
	const char *url = getenv("SHOP_DATABASE_URL");
	PGconn *db;
	int code = bobolink_cli(&argc, argv, &shop_migrations, &cli);

	if (code >= 0)
		return code;
	if (argc > 1 && strcmp(argv[1], "watch") == 0)
		shop_catch_signals();
	code = bobolink_exit_code(BOBOLINK_UNREACHABLE);
	db = PQconnectdb(url && *url ? url : DEFAULT_URL);
	if (PQstatus(db) != CONNECTION_OK)
		complain(db, NULL);
	else if ((code = migrate(db)) == 0)
		code = run(db, argc, argv);
	PQfinish(db);
	return code;
}
