/* Directive: what encloses a section, and transaction control that encloses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "stages.h"

static void assert_part(const char *text, const char *expected)
{
	stages_assert_part(SOURCE_BOTH, text, expected);
}

static void assert_refused(const char *text, const char *expected)
{
	stages_assert_refused(SOURCE_BOTH, text, expected);
}

static void begin_and_commit_around_a_section_are_taken_out(void **state)
{
	(void)state;
	assert_part("BEGIN; SELECT 1; COMMIT;", "up wrapped: [SELECT 1]\n");
	assert_part("begin immediate transaction; SELECT 1; end transaction;",
		    "up wrapped: [SELECT 1]\n");
	assert_part("BEGIN EXCLUSIVE; COMMIT TRANSACTION", "up wrapped:\n");
	assert_part(
		"-- migrate:up\nBEGIN;\nSELECT 1;\nEND;\n-- migrate:down\nBEGIN;SELECT 2;COMMIT;",
		"up wrapped: [SELECT 1]\ndown wrapped: [SELECT 2]\n");
}

static void transaction_control_elsewhere_is_refused(void **state)
{
	(void)state;
	assert_refused("SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;",
		       "2:1+5 BEGIN inside a migration [transaction-control] | delete it: a "
		       "migration runs in one transaction of its own; BEGIN and COMMIT may only "
		       "enclose all of it\n4:1+6 COMMIT inside a migration [transaction-control] | "
		       "delete it: a migration runs in one transaction of its own; BEGIN and "
		       "COMMIT may only enclose all of it\n");
	stages_assert_rule("BEGIN;\nSELECT 1;", 1, 1, "transaction-control");
	stages_assert_rule("SELECT 1; COMMIT;", 1, 11, "transaction-control");
	stages_assert_rule("BEGIN; SELECT 1; ROLLBACK; COMMIT;", 1, 18, "transaction-control");
	stages_assert_rule("SAVEPOINT a;", 1, 1, "transaction-control");
	stages_assert_rule("RELEASE a;", 1, 1, "transaction-control");
	stages_assert_rule("ROLLBACK TO a;", 1, 1, "transaction-control");
}

static void several_transactions_are_refused(void **state)
{
	struct stages stages;
	const char *text = "BEGIN; SELECT 1; COMMIT; VACUUM; BEGIN; SELECT 2; COMMIT;";

	(void)state;
	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	assert_int_equal(stages_directive(&stages), -1);
	assert_int_equal(stages.diag.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(stages.diag.items[i].rule, "transaction-control");
	stages_release(&stages);
}

/* How many statements are kept and how many notes are given; -1 and the number of errors when refused. */
static void assert_locked(const char *text, int kept, uint32_t found)
{
	struct stages stages;
	int rc;

	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	stages.source.locked = true;
	rc = stages_directive(&stages);
	assert_int_equal(rc ? -1 : (int)stages.part.up.count, kept);
	assert_int_equal(stages.diag.count, found);
	assert_int_equal(stages.diag.errors, rc ? found : 0);
	assert_false(stages.part.up.wrapped && found);
	stages_release(&stages);
}

static void whole_transactions_in_a_locked_migration_are_left_out(void **state)
{
	(void)state;
	assert_locked("BEGIN; SELECT 1; COMMIT;", 1, 0);
	assert_locked("SELECT 1; BEGIN; SELECT 2; COMMIT;", 2, 1);
	assert_locked("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; END;", 2, 2);
	assert_locked("BEGIN; COMMIT; SELECT 1;", 1, 1);
	assert_locked("SELECT 1; BEGIN; SELECT 2;", -1, 1);
	assert_locked("SELECT 1; COMMIT; BEGIN;", -1, 2);
	assert_locked("BEGIN; BEGIN; COMMIT; COMMIT;", -1, 4);
	assert_locked("SELECT 1; BEGIN; ROLLBACK;", -1, 2);
	assert_locked("BEGIN; SELECT 1; COMMIT; SAVEPOINT a;", -1, 3);
	assert_locked("BEGIN; SELECT 1; COMMIT; VACUUM;", -1, 2);
	assert_locked("SELECT 1; BEGIN; PRAGMA foreign_keys=OFF; COMMIT;", -1, 2);
	assert_locked("-- migrate:up transaction:off\nSELECT 1; BEGIN; COMMIT;", -1, 2);
}

static void the_foreign_key_pragma_around_a_section_becomes_a_flag(void **state)
{
	static const char *const cases[] = {
		"PRAGMA foreign_keys=OFF; BEGIN; SELECT 1; COMMIT; PRAGMA foreign_keys=ON;",
		"PRAGMA foreign_keys = off; BEGIN; SELECT 1; PRAGMA foreign_keys = on; COMMIT;",
		"pragma main.foreign_keys(0); begin; SELECT 1; end;",
		"PRAGMA [foreign_keys]='no';BEGIN;PRAGMA foreign_keys=0;SELECT 1;END",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_part(cases[i], "up wrapped keys-off: [SELECT 1]\n");
	assert_part("PRAGMA foreign_keys=OFF; DELETE FROM a; PRAGMA foreign_keys=ON;",
		    "up keys-off: [DELETE FROM a]\n");
	assert_part("PRAGMA foreign_keys=OFF; DELETE FROM a;", "up keys-off: [DELETE FROM a]\n");
	assert_part("PRAGMA foreign_keys; PRAGMA foreign_key_check;",
		    "up: [PRAGMA foreign_keys] [PRAGMA foreign_key_check]\n");
}

static void schema_statements_may_stand_outside_the_pragma(void **state)
{
	(void)state;
	assert_part(
		"ALTER TABLE a ADD b; PRAGMA foreign_keys=OFF; DELETE FROM a; PRAGMA "
		"foreign_keys=ON; CREATE INDEX c ON a (b);",
		"up keys-off: [ALTER TABLE a ADD b] [DELETE FROM a] [CREATE INDEX c ON a (b)]\n");
}

static void a_foreign_key_pragma_elsewhere_is_refused(void **state)
{
	(void)state;
	assert_refused(
		"BEGIN;\nPRAGMA foreign_keys=OFF;\nSELECT 1;\nCOMMIT;",
		"2:1+23 this pragma does nothing inside a transaction [foreign-keys-pragma] | put "
		"it before BEGIN; foreign keys are then off for the whole migration\n");
	assert_refused(
		"PRAGMA foreign_keys=ON;\nCREATE TABLE a (b);",
		"1:1+22 foreign keys are a setting of the connection [foreign-keys-pragma] | "
		"delete it, and switch foreign keys on where the program opens the database\n");
	assert_refused("DELETE FROM a;\nPRAGMA foreign_keys=OFF;\nDELETE FROM b;",
		       "2:1+23 foreign keys cannot be switched off in the middle of a migration "
		       "[foreign-keys-pragma] | move it to the first line, or give the statements "
		       "before it a migration of their own\n");
	assert_refused(
		"PRAGMA foreign_keys=OFF;\nDELETE FROM b;\nPRAGMA foreign_keys=ON;\nDELETE FROM c;",
		"3:1+22 foreign keys cannot be switched on in the middle of a migration "
		"[foreign-keys-pragma] | move it to the last line, or give the statements after it "
		"a migration of their own\n");
	stages_assert_rule("BEGIN; COMMIT; PRAGMA foreign_keys=ON;", 1, 16, "foreign-keys-pragma");
	stages_assert_rule("BEGIN; COMMIT; PRAGMA foreign_keys=OFF;", 1, 16, "foreign-keys-pragma");
	stages_assert_rule("PRAGMA foreign_keys=ON; BEGIN; COMMIT;", 1, 1, "foreign-keys-pragma");
	stages_assert_rule("PRAGMA foreign_keys=perhaps; SELECT 1;", 1, 1, "foreign-keys-pragma");
	stages_assert_rule("BEGIN; PRAGMA foreign_keys=2; COMMIT;", 1, 8, "foreign-keys-pragma");
}

static void a_rebuild_switches_foreign_keys_off(void **state)
{
	(void)state;
	assert_part(
		"CREATE TABLE n (b); DROP TABLE a; ALTER TABLE n RENAME TO a;",
		"up keys-off: [CREATE TABLE n (b)] [DROP TABLE a] [ALTER TABLE n RENAME TO a]\n");
	assert_part("DROP TABLE IF EXISTS main.\"A\"; ALTER TABLE main.n RENAME TO [a];",
		    "up keys-off: [DROP TABLE IF EXISTS main.\"A\"] [ALTER TABLE main.n RENAME TO "
		    "[a]]\n");
	assert_part("DROP TABLE a; ALTER TABLE n RENAME TO b;",
		    "up: [DROP TABLE a] [ALTER TABLE n RENAME TO b]\n");
	assert_part("ALTER TABLE n RENAME TO a; DROP TABLE a;",
		    "up: [ALTER TABLE n RENAME TO a] [DROP TABLE a]\n");
	assert_part("DROP TABLE a; ALTER TABLE n RENAME COLUMN a TO b;",
		    "up: [DROP TABLE a] [ALTER TABLE n RENAME COLUMN a TO b]\n");
}

static void statements_before_the_pragma_do_not_matter_in_a_rebuild(void **state)
{
	(void)state;
	assert_part("DROP TABLE a; ALTER TABLE n RENAME TO a; PRAGMA foreign_keys=OFF; DELETE FROM "
		    "b; PRAGMA foreign_keys=ON;",
		    "up keys-off: [DROP TABLE a] [ALTER TABLE n RENAME TO a] [DELETE FROM b]\n");
}

static void what_refuses_a_transaction_runs_outside(void **state)
{
	(void)state;
	assert_part("-- migrate:up\nDELETE FROM a;\nVACUUM;\n-- migrate:down\nSELECT 1;",
		    "up no-transaction: [DELETE FROM a] [VACUUM]\ndown: [SELECT 1]\n");
	assert_part("-- migrate:up transaction:off\nVACUUM;",
		    "up transaction-off no-transaction: [VACUUM]\n");
	assert_part("-- migrate:up transaction:off\nSELECT 1;",
		    "up transaction-off no-transaction: [SELECT 1]\n");
}

static void begin_and_commit_are_stronger_than_transaction_off(void **state)
{
	(void)state;
	assert_part("-- migrate:up transaction:false\nPRAGMA foreign_keys=OFF;\nBEGIN;\nSELECT "
		    "1;\nCOMMIT;\nPRAGMA foreign_keys=ON;",
		    "up transaction-off wrapped keys-off: [SELECT 1]\n");
}

static void what_refuses_a_transaction_is_not_put_into_one(void **state)
{
	(void)state;
	assert_refused("-- migrate:up transaction:on\nPRAGMA main.journal_mode=WAL;",
		       "2:1+28 PRAGMA main.journal_mode does not work in a transaction "
		       "[transaction-setting] | write transaction:off, or nothing: it is planned "
		       "outside a transaction by itself\n");
	assert_refused("BEGIN;\nvacuum main;\nCOMMIT;",
		       "2:1+11 vacuum does not work in a transaction [transaction-setting] | "
		       "delete BEGIN and COMMIT, or give it a migration of its own\n");
}

static void all_errors_of_both_sections_are_reported(void **state)
{
	(void)state;
	assert_refused(
		"-- migrate:up\nCOMMIT;\n-- migrate:down\nSAVEPOINT a;",
		"2:1+6 COMMIT inside a migration [transaction-control] | delete it: a migration "
		"runs in one transaction of its own; BEGIN and COMMIT may only enclose all of "
		"it\n4:1+11 transaction control inside a migration [transaction-control] | delete "
		"it: a migration is applied whole or not at all\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begin_and_commit_around_a_section_are_taken_out),
		cmocka_unit_test(transaction_control_elsewhere_is_refused),
		cmocka_unit_test(several_transactions_are_refused),
		cmocka_unit_test(whole_transactions_in_a_locked_migration_are_left_out),
		cmocka_unit_test(the_foreign_key_pragma_around_a_section_becomes_a_flag),
		cmocka_unit_test(schema_statements_may_stand_outside_the_pragma),
		cmocka_unit_test(a_foreign_key_pragma_elsewhere_is_refused),
		cmocka_unit_test(a_rebuild_switches_foreign_keys_off),
		cmocka_unit_test(statements_before_the_pragma_do_not_matter_in_a_rebuild),
		cmocka_unit_test(what_refuses_a_transaction_runs_outside),
		cmocka_unit_test(begin_and_commit_are_stronger_than_transaction_off),
		cmocka_unit_test(what_refuses_a_transaction_is_not_put_into_one),
		cmocka_unit_test(all_errors_of_both_sections_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
