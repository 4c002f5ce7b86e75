/*
 * The stock ledger of a shop: an application that carries its migrations.
 *
 * The first lines of main are all that bobolink asks for. The rest is the shop: goods come in, goods
 * go out, what is there is the sum of all movements.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/cli.h>
#include <bobolink/sqlite3.h>

#include "../barcode.h"
#include "../shop.h"
#include "shop_migrations.h"

#define DEFAULT_URL "sqlite:shop.db"

/* The file that the flags open, too. */
static const char *database(void)
{
	const char *url = getenv("SHOP_DATABASE_URL");

	url = url && *url ? url : DEFAULT_URL;
	return strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;
}

/* Returns 0, or the exit code. */
static int migrate(sqlite3 *db)
{
	struct shop_start start;
	struct bobolink_error error;
	int rc = shop_start_begin(&start, &error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_migrate_sqlite3(&shop_migrations, db, &start.options, &error);
	return shop_start_end(&start, rc, &error);
}

static int complain(sqlite3 *db)
{
	fprintf(stderr, "shop: %s\n", sqlite3_errmsg(db));
	return 1;
}

/* Prints every row of a query, columns separated by two blanks, under its column names. */
static int print_rows(FILE *out, sqlite3 *db, const char *sql, const char *nothing)
{
	sqlite3_stmt *statement = NULL;
	int rows = 0;
	int rc;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		return complain(db);
	while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
		for (int i = 0; rows == 0 && i < sqlite3_column_count(statement); i++)
			fprintf(out, "%-20s", sqlite3_column_name(statement, i));
		if (rows++ == 0)
			fputc('\n', out);
		for (int i = 0; i < sqlite3_column_count(statement); i++)
			fprintf(out, "%-20s", (const char *)sqlite3_column_text(statement, i));
		fputc('\n', out);
	}
	if (rc == SQLITE_DONE && rows == 0)
		fprintf(out, "%s\n", nothing);
	sqlite3_finalize(statement);
	return rc == SQLITE_DONE ? 0 : complain(db);
}

static int list_stock(sqlite3 *db)
{
	return print_rows(stdout, db,
			  "SELECT sku, name, warehouse, quantity,"
			  " printf('%.2f', value_cents / 100.0) AS value"
			  " FROM stock ORDER BY sku, warehouse",
			  "nothing in stock; try: shop receive TEA-01 MAIN 12");
}

static int list_low(FILE *out, void *db)
{
	return print_rows(out, db,
			  "SELECT p.sku, p.name, coalesce(sum(m.quantity), 0) AS quantity,"
			  " p.reorder_level, coalesce(min(s.name), '-') AS order_from"
			  " FROM products AS p"
			  " LEFT JOIN movements AS m ON m.product_id = p.id"
			  " LEFT JOIN product_suppliers AS ps ON ps.product_id = p.id"
			  " LEFT JOIN suppliers AS s ON s.id = ps.supplier_id"
			  " GROUP BY p.id HAVING coalesce(sum(m.quantity), 0) < p.reorder_level"
			  " ORDER BY p.sku",
			  "enough of everything");
}

static int list_ledger(sqlite3 *db)
{
	return print_rows(
		stdout, db,
		"SELECT m.moved_at, p.sku, w.code AS warehouse, m.quantity, m.kind, m.note"
		" FROM movements AS m JOIN products AS p ON p.id = m.product_id"
		" JOIN warehouses AS w ON w.id = m.warehouse_id ORDER BY m.id",
		"no movement yet");
}

static int list_labels(sqlite3 *db)
{
	return print_rows(stdout, db,
			  "SELECT barcode, sku, name FROM products WHERE barcode IS NOT NULL"
			  " ORDER BY sku",
			  "no product has a barcode");
}

/* Moves `quantity` of a product into (+1) or out of (-1) a warehouse. */
static int move(sqlite3 *db, char **argument, int direction)
{
	static const char insert[] =
		"INSERT INTO movements (product_id, warehouse_id, quantity, note)"
		" SELECT p.id, w.id, ?1, ?2 FROM products AS p, warehouses AS w"
		" WHERE p.sku = ?3 AND w.code = ?4";
	sqlite3_stmt *statement = NULL;
	char *end = NULL;
	long quantity = strtol(argument[2], &end, 10);
	int rc;

	if (*end != '\0' || quantity <= 0 || quantity > 1000000) {
		fprintf(stderr, "shop: %s is not a quantity\n", argument[2]);
		return 2;
	}
	if (sqlite3_prepare_v2(db, insert, -1, &statement, NULL) != SQLITE_OK)
		return complain(db);
	sqlite3_bind_int64(statement, 1, direction * quantity);
	sqlite3_bind_text(statement, 2, argument[3] ? argument[3] : "", -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, argument[0], -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, argument[1], -1, SQLITE_STATIC);
	sqlite3_step(statement);
	rc = sqlite3_finalize(statement);
	if (rc != SQLITE_OK)
		return complain(db);
	if (sqlite3_changes(db) == 0) {
		fprintf(stderr, "shop: no product %s or no warehouse %s\n", argument[0],
			argument[1]);
		return 1;
	}
	return list_stock(db);
}

static int watch(sqlite3 *db, const char *argument)
{
	unsigned seconds = shop_seconds(argument);

	return seconds ? shop_watch(list_low, db, seconds) : shop_usage();
}

static int run(sqlite3 *db, int argc, char **argv)
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
		return move(db, argv + 2, 1);
	if ((argc == 5 || argc == 6) && strcmp(command, "issue") == 0)
		return move(db, argv + 2, -1);
	if (argc <= 3 && strcmp(command, "watch") == 0)
		return watch(db, argv[2]);
	return shop_usage();
}

int main(int argc, char **argv)
{
	struct bobolink_cli_options cli = { .default_url = DEFAULT_URL, .program = PROGRAM };
	sqlite3 *db = NULL;
	int code = bobolink_cli(&argc, argv, &shop_migrations, &cli);

	if (code >= 0)
		return code;
	if (argc > 1 && strcmp(argv[1], "watch") == 0)
		shop_catch_signals();
	code = bobolink_exit_code(BOBOLINK_UNREACHABLE);
	if (sqlite3_open(database(), &db) != SQLITE_OK)
		complain(db);
	else if (sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL) != SQLITE_OK)
		complain(db);
	else if ((code = migrate(db)) == 0 && sqlite3_busy_timeout(db, 5000) == SQLITE_OK)
		code = run(db, argc, argv);
	sqlite3_close(db);
	return code;
}
