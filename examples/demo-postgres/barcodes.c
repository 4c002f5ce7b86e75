/*
 * A migration in C: each product gets its barcode. It runs in batches, so that no row is locked for long, and one that
 * was cut short goes on where it stopped.
 */
#include <stdio.h>
#include <stdlib.h>

#include <bobolink/postgres.h>

#include "../barcode.h"

static int label(PGconn *db, const char *product)
{
	char barcode[SHOP_BARCODE_SIZE];
	const char *values[2] = { barcode, product };
	PGresult *result;
	int ok;

	shop_barcode(strtoll(product, NULL, 10), barcode);
	result = PQexecParams(db, "UPDATE products SET barcode = $1 WHERE id = $2::bigint", 2, NULL,
			      values, NULL, NULL, 0);
	ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return ok;
}

/* One batch: the products behind `position`, `limit` of them. */
static int fill_some(struct bobolink_step *step, int64_t *position, uint32_t limit, int64_t *rows,
		     void *context)
{
	PGconn *db = bobolink_step_connection(step);
	char behind[24];
	char most[16];
	const char *values[2] = { behind, most };
	PGresult *products;
	int ok;

	(void)context;
	snprintf(behind, sizeof(behind), "%lld", (long long)*position);
	snprintf(most, sizeof(most), "%u", (unsigned)limit);
	products = PQexecParams(
		db, "SELECT id FROM products WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint", 2,
		NULL, values, NULL, NULL, 0);
	ok = PQresultStatus(products) == PGRES_TUPLES_OK;
	for (*rows = 0; ok && *rows < PQntuples(products); ++*rows) {
		const char *product = PQgetvalue(products, (int)*rows, 0);

		*position = strtoll(product, NULL, 10);
		ok = label(db, product);
	}
	PQclear(products);
	return ok ? BOBOLINK_OK : bobolink_step_fail(step, "%s", PQerrorMessage(db));
}

int fill_barcodes(struct bobolink_step *step)
{
	return bobolink_step_batches(step, 1000, fill_some, NULL);
}
