/* Drift as tests write it down, on a set of five migrations. */
#include "drifting.h"

#include <stdio.h>
#include <string.h>

#include <bobolink/schema.h>

const struct learned_migration drifting_shop[DRIFTING_COUNT] = {
	{ "users",
	  { "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL)" },
	  { "DROP TABLE users" } },
	{ "orders",
	  { "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER, note TEXT "
	    "DEFAULT 'x', CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id))",
	    "CREATE INDEX orders_by_user ON orders (user_id)" },
	  { "DROP TABLE orders" } },
	{ "mail",
	  { "ALTER TABLE users ADD COLUMN mail VARCHAR(80)",
	    "CREATE VIEW names AS SELECT id, name FROM users" },
	  { "DROP VIEW names", "ALTER TABLE users DROP COLUMN mail" } },
	{ "data", { "INSERT INTO users (id, name) VALUES (1, 'Ada')" }, { NULL } },
	{ "totals",
	  { "CREATE TABLE totals (day INTEGER NOT NULL, total INTEGER)",
	    "DROP INDEX orders_by_user", "CREATE INDEX orders_by_user ON orders (user_id, id)" },
	  { NULL } },
};

void drifting_learn(struct fixture *fixture)
{
	fixture_replace_set(fixture,
			    learned_set(fixture->directory, "shop", drifting_shop, DRIFTING_COUNT));
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
}

void drifting_apply(struct fixture *fixture, int64_t version)
{
	if (bobolink_apply(fixture->session, version, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

void drifting_set_up(struct fixture *fixture, int64_t version)
{
	drifting_learn(fixture);
	drifting_apply(fixture, version);
}

/* "missing index orders.orders_by_user 5\n", one line for each difference, in a buffer that the next call reuses. */
const char *drifting_text(struct fixture *fixture)
{
	static const char *const words[] = { "", "missing", "changed", "extra" };
	static char text[8192];
	struct bobolink_drift *drift;
	uint32_t counts[4] = { 0 };
	size_t length = 0;

	if (bobolink_drift(fixture->session, &drift, &fixture->error))
		fail_msg("%s", fixture->error.message);
	text[0] = '\0';
	for (uint32_t i = 0; i < drift->count; i++) {
		const struct bobolink_drift_item *item = &drift->items[i];
		char name[200];

		counts[item->kind]++;
		assert_true(!item->actual == (item->kind == BOBOLINK_DRIFT_MISSING));
		assert_true(!item->expected == (item->kind == BOBOLINK_DRIFT_EXTRA));
		bobolink_object_text(item->expected ? item->expected : item->actual, name,
				     sizeof(name));
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s %s %d\n",
					   words[item->kind], name, (int)item->version);
	}
	assert_int_equal(drift->missing, counts[BOBOLINK_DRIFT_MISSING]);
	assert_int_equal(drift->changed, counts[BOBOLINK_DRIFT_CHANGED]);
	assert_int_equal(drift->extra, counts[BOBOLINK_DRIFT_EXTRA]);
	bobolink_drift_free(drift);
	return text;
}

void drifting_says(struct fixture *fixture, const char *expected)
{
	assert_string_equal(drifting_text(fixture), expected);
}

void drifting_without(struct fixture *fixture)
{
	drifting_says(fixture, "");
}
