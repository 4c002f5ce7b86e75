/*
 * A migration in C: each product gets its barcode. It runs in batches, so that the shop can sell in between, and one
 * that was cut short goes on where it stopped.
 */
#include <stddef.h>

#include <bobolink/sqlite3.h>

#include "../barcode.h"

static int label(sqlite3_stmt *update, int64_t product)
{
	char barcode[SHOP_BARCODE_SIZE];

	shop_barcode(product, barcode);
	sqlite3_bind_text(update, 1, barcode, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(update, 2, product);
	sqlite3_step(update);
	return sqlite3_reset(update);
}

/* One batch: the products behind `position`, `limit` of them. */
static int fill_some(struct bobolink_step *step, int64_t *position, uint32_t limit, int64_t *rows,
		     void *context)
{
	sqlite3 *db = bobolink_step_connection(step);
	sqlite3_stmt *products = NULL;
	sqlite3_stmt *update = NULL;
	int rc =
		sqlite3_prepare_v2(db, "SELECT id FROM products WHERE id > ?1 ORDER BY id LIMIT ?2",
				   -1, &products, NULL);

	(void)context;
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "UPDATE products SET barcode = ?1 WHERE id = ?2", -1,
					&update, NULL);
	sqlite3_bind_int64(products, 1, *position);
	sqlite3_bind_int64(products, 2, limit);
	for (*rows = 0; rc == SQLITE_OK && sqlite3_step(products) == SQLITE_ROW; ++*rows) {
		*position = sqlite3_column_int64(products, 0);
		rc = label(update, *position);
	}
	sqlite3_finalize(update);
	if (sqlite3_finalize(products) == SQLITE_OK && rc == SQLITE_OK)
		return BOBOLINK_OK;
	return bobolink_step_fail(step, "%s", sqlite3_errmsg(db));
}

int fill_barcodes(struct bobolink_step *step)
{
	return bobolink_step_batches(step, 1000, fill_some, NULL);
}
