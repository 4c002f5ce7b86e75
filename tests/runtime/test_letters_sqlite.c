/*
 * Names in other letters: SQLite takes them for the same, and so do drift, validation and repair.
 */
#include <string.h>

#include <bobolink/schema.h>

#include "drifting.h"
#include "repairs.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static const struct learned_migration people[] = {
	{ "people",
	  { "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'x' CHECK (name <> "
	    "'Nobody'), kind TEXT "
	    "DEFAULT \"plain\")",
	    "CREATE INDEX people_by_name ON people (name) WHERE name <> 'Ada'" },
	  { NULL } },
	{ "orders",
	  { "CREATE TABLE orders (id INTEGER PRIMARY KEY, of INTEGER REFERENCES people (id), "
	    "CONSTRAINT positive CHECK (id > 0), CONSTRAINT Positive CHECK (id > 1))",
	    "CREATE INDEX orders_by_person ON orders (of)",
	    "CREATE VIEW buyers AS SELECT name FROM people, orders WHERE of = people.id",
	    "CREATE TRIGGER orders_go AFTER DELETE ON orders BEGIN DELETE FROM people WHERE id = "
	    "old.of; END" },
	  { NULL } },
};

static void set_up(struct fixture *fixture)
{
	fixture_replace_set(fixture,
			    learned_set(fixture->directory, "shop", people, COUNT(people)));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	drifting_without(fixture);
}

/* Everything made anew by hand, in letters of another case. */
static const char *const same[] = {
	"DROP INDEX people_by_name; CREATE INDEX people_by_name ON PEOPLE (NAME) WHERE Name <> "
	"'Ada'",
	"DROP INDEX people_by_name; CREATE INDEX People_By_Name ON \"People\" (\"Name\") WHERE "
	"[NAME] <> 'Ada'",
	"DROP VIEW buyers; CREATE VIEW Buyers AS SELECT Name FROM People, Orders WHERE Of = "
	"People.ID",
	"DROP TRIGGER orders_go; CREATE TRIGGER Orders_Go AFTER DELETE ON ORDERS BEGIN DELETE FROM "
	"People WHERE ID = OLD.Of; END",
	"DROP TABLE orders; CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Of INTEGER REFERENCES "
	"People (ID), CONSTRAINT positive CHECK (Id > 0), CONSTRAINT Positive CHECK (ID > 1)); "
	"CREATE INDEX Orders_By_Person ON orders (OF); CREATE TRIGGER orders_go AFTER DELETE ON "
	"orders BEGIN DELETE FROM people WHERE id = old.of; END",
};

static void letters_alone_are_no_drift(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture);
	for (uint32_t i = 0; i < COUNT(same); i++) {
		fixture_run(fixture, same[i]);
		drifting_without(fixture);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	}
}

static void what_the_letters_mean_is_still_compared(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture);
	/* A string is not a name. */
	fixture_run(fixture, "DROP INDEX people_by_name; CREATE INDEX People_By_Name ON People "
			     "(Name) WHERE Name <> 'ADA'");
	drifting_says(fixture, "changed index people.people_by_name 1\n");
	fixture_run(fixture, "DROP INDEX people_by_name; CREATE INDEX People_By_Name ON People "
			     "(Name, Id) WHERE Name <> 'Ada'");
	drifting_says(fixture, "changed index people.people_by_name 1\n");
	fixture_run(fixture,
		    "DROP INDEX people_by_name; CREATE INDEX people_by_name ON people "
		    "(name) WHERE name <> 'Ada'; DROP TRIGGER orders_go; DROP VIEW buyers; "
		    "DROP TABLE orders; DROP TABLE people; CREATE TABLE People (ID INTEGER "
		    "PRIMARY KEY, Name TEXT DEFAULT 'X' CHECK (Name <> 'Nobody'), Kind TEXT "
		    "DEFAULT \"Plain\"); CREATE INDEX people_by_name ON people (name) WHERE "
		    "name <> 'Ada'");
	assert_non_null(strstr(drifting_text(fixture), "changed column people.name 1\n"));
	assert_non_null(strstr(drifting_text(fixture), "changed column people.kind 1\n"));
	assert_null(strstr(drifting_text(fixture), "changed column people.id 1\n"));
	assert_null(strstr(drifting_text(fixture), "extra"));
}

/* What it stands on is there, in other letters: nothing else is needed. */
static void repair_makes_what_stands_on_a_table_of_other_letters(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture);
	repairs_after(fixture, same[4], "", BOBOLINK_OK);
	repairs_after(fixture, "DROP INDEX Orders_By_Person; DROP TRIGGER orders_go",
		      "create index orders.orders_by_person; create trigger orders.orders_go",
		      BOBOLINK_OK);
	drifting_without(fixture);
	repairs_after(
		fixture,
		"DROP TRIGGER orders_go; DROP TABLE ORDERS; CREATE TABLE ORDERS (ID INTEGER "
		"PRIMARY "
		"KEY, CONSTRAINT positive CHECK (ID > 0), CONSTRAINT Positive CHECK (ID > 1)); "
		"CREATE TRIGGER "
		"orders_go AFTER DELETE ON orders BEGIN DELETE FROM people WHERE id = old.of; END",
		"create column orders.of; create index orders.orders_by_person", BOBOLINK_OK);
	drifting_without(fixture);
}

static void what_is_extra_keeps_its_letters(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture);
	fixture_run(fixture, "CREATE TABLE Peoples (Id INTEGER); ALTER TABLE people ADD COLUMN "
			     "Age INTEGER");
	drifting_says(fixture, "extra table Peoples -1\nextra column Peoples.Id -1\nextra column "
			       "people.Age -1\n");
}

static int count_difference(void *context, const struct bobolink_object *before,
			    const struct bobolink_object *after)
{
	uint32_t *count = context;

	(void)before;
	(void)after;
	(*count)++;
	return 0;
}

static void a_baseline_is_compared_so_as_well(void **state)
{
	struct fixture *fixture = *state;
	uint32_t told = 0;
	uint32_t count = 1;

	set_up(fixture);
	fixture_run(fixture, same[4]);
	assert_int_equal(bobolink_schema_compare(fixture->session, 2, count_difference, &told,
						 &count, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(count, 0);
	fixture_run(fixture, "DROP VIEW buyers");
	assert_int_equal(bobolink_schema_compare(fixture->session, 2, count_difference, &told,
						 &count, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(count, 1);
	assert_int_equal(told, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(letters_alone_are_no_drift),
		FIXTURE_TEST(what_the_letters_mean_is_still_compared),
		FIXTURE_TEST(repair_makes_what_stands_on_a_table_of_other_letters),
		FIXTURE_TEST(what_is_extra_keeps_its_letters),
		FIXTURE_TEST(a_baseline_is_compared_so_as_well),
	};

	return engine_run_group_tests_on("sqlite", tests);
}
