/* Inventories of SQLite databases as text; every failure ends the test program. */
#ifndef INVENTORIES_H
#define INVENTORIES_H

#include <bobolink/schema.h>
#include <sqlite3.h>

/* A database in memory on which `sql` has run, and its inventory. */
struct inventories {
	sqlite3 *db;
	struct bobolink_connection *connection;
	struct bobolink_inventory *inventory;
};

void inventories_open(struct inventories *all, const char *sql);
void inventories_close(struct inventories *all);

/* Runs more SQL and reads again, with what was read before at hand. */
void inventories_run(struct inventories *all, const char *sql);

/* Every object as a delta line with "+", in a string to be freed. */
char *inventory_text(const struct bobolink_inventory *inventory);
/* What changed from one to the other as delta lines, in a string to be freed. */
char *inventory_changes(const struct bobolink_inventory *before,
			const struct bobolink_inventory *after);

/* malloc and free; NULL once `allocations_left` reaches 0, when it is not negative. */
struct bobolink_allocator inventories_allocator(void);
extern int64_t allocations_left;

#endif
