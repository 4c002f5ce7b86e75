/*
 * A set by hand, for what the flags show of data that would be lost and of locks: it states both whatever a compiler
 * finds. Migration 2 makes a table, 3 a column that its down drops, and 4 drops a column on the way up.
 */
#include "shop_migrations.h"

#include <bobolink/sqlite3.h>

#define DIGITS_64 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct text {
	char none[1];
	char file[24];
	char checksum_1[65];
	char checksum_2[65];
	char checksum_3[65];
	char checksum_4[65];
	char name_1[16];
	char name_2[16];
	char name_3[16];
	char name_4[16];
	char up_1[80];
	char up_2[80];
	char up_3[80];
	char up_4[80];
	char down_1[32];
	char down_2[32];
	char down_3[48];
	char down_4[48];
	char locks_3[80];
	char losses_down_2[64];
	char losses_down_3[128];
	char losses_up_4[64];
} text = {
	"",
	"migrations/risky.sql",
	DIGITS_64,
	DIGITS_64,
	DIGITS_64,
	DIGITS_64,
	"make_products",
	"make_orders",
	"add_note",
	"drop_price",
	"CREATE TABLE products (id INTEGER PRIMARY KEY, price INTEGER)",
	"CREATE TABLE orders (id INTEGER PRIMARY KEY)",
	"ALTER TABLE orders ADD COLUMN note TEXT",
	"ALTER TABLE products DROP COLUMN price",
	"DROP TABLE products",
	"DROP TABLE orders",
	"ALTER TABLE orders DROP COLUMN note",
	"ALTER TABLE products ADD COLUMN price INTEGER",
	"ACCESS EXCLUSIVE on public.orders\nSHARE on public.products\n",
	"table orders\tSELECT count(*) FROM \"orders\"\n",
	"column orders.note\tSELECT count(\"note\") FROM \"orders\"\nrows nobody counts\t\n",
	"column products.price\tSELECT count(price) FROM products\n",
};

#define TEXT(member) (uint32_t) offsetof(struct text, member)

static const struct bobolink_statement statements[] = {
	{ .text = TEXT(up_1), .length = 61, .line = 1, .column = 1 },
	{ .text = TEXT(down_1), .length = 19, .line = 2, .column = 1 },
	{ .text = TEXT(up_2), .length = 44, .line = 3, .column = 1 },
	{ .text = TEXT(down_2), .length = 17, .line = 4, .column = 1 },
	{ .text = TEXT(up_3), .length = 39, .line = 5, .column = 1, .locks = TEXT(locks_3) },
	{ .text = TEXT(down_3), .length = 35, .line = 6, .column = 1 },
	{ .text = TEXT(up_4), .length = 38, .line = 7, .column = 1 },
	{ .text = TEXT(down_4), .length = 45, .line = 8, .column = 1 },
};

#define SECTION(number, lost)                                                   \
	{                                                                       \
		.first = number, .count = 1, .flags = BOBOLINK_SECTION_PRESENT, \
		.file = TEXT(file), .losses = lost                              \
	}
#define MIGRATION(number, lost_up, lost_down)                                                      \
	{                                                                                          \
		.version = number, .name = TEXT(name_##number),                                    \
		.checksum = TEXT(checksum_##number), .sql_checksum = TEXT(checksum_##number),      \
		.up = SECTION(2 * number - 2, lost_up), .down = SECTION(2 * number - 1, lost_down) \
	}

static const struct bobolink_migration migrations[] = {
	MIGRATION(1, 0, 0),
	MIGRATION(2, 0, TEXT(losses_down_2)),
	MIGRATION(3, 0, TEXT(losses_down_3)),
	MIGRATION(4, TEXT(losses_up_4), 0),
};

static const struct bobolink_chunk chunks[] = { { (const char *)&text, statements } };

const struct bobolink_set shop_migrations = {
	.data_version = BOBOLINK_DATA_VERSION,
	.name = "shop",
	.digest = DIGITS_64,
	.backend = bobolink_backend_sqlite3,
	.migrations = migrations,
	.chunks = chunks,
	.migration_count = 4,
	.chunk_count = 1,
};
