/*
 * Passwords in the arguments: what the flags go on with, and what everybody sees afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/secret.h"

/* The argument that is left of `given`; what the flags go on with must be all of it. */
static void check(const char *given, const char *left)
{
	char argument[256];
	char program[] = "shop";
	char action[] = "--migrate";
	char *argv[] = { program, action, argument, NULL };
	struct bl_cli_flags flags;
	char message[256];
	char *copy;

	snprintf(argument, sizeof(argument), "--migrate-database=%s", given);
	assert_int_equal(bl_cli_flags_parse(3, argv, &flags, message, sizeof(message)),
			 BL_CLI_PARSED);
	assert_int_equal(bl_cli_secret_take(&flags, 3, argv, &copy), 0);
	assert_string_equal(flags.database, given);
	assert_ptr_equal(flags.database, copy);
	assert_string_equal(argument + strlen("--migrate-database="), left);
	free(copy);
}

static void test_a_url_without_a_password_is_left_as_it_is(void **state)
{
	(void)state;
	check("sqlite:shop.db", "sqlite:shop.db");
	check("sqlite://a@b:c/shop.db", "sqlite://a@b:c/shop.db");
	check("postgres://me@host:5432/shop?sslmode=require",
	      "postgres://me@host:5432/shop?sslmode=require");
	check("postgres:///shop?host=%2Ftmp&port=1", "postgres:///shop?host=%2Ftmp&port=1");
}

static void test_the_password_of_the_authority_is_blanked(void **state)
{
	(void)state;
	check("postgres://me:hush@host/shop", "postgres://me:****@host/shop");
	check("postgresql://:hush@/shop", "postgresql://:****@/shop");
	check("postgres://me:hush@a:1,b:2/shop", "postgres://me:****@a:1,b:2/shop");
}

static void test_the_password_of_a_parameter_is_blanked(void **state)
{
	(void)state;
	check("postgres:///shop?password=hush&port=1", "postgres:///shop?password=****&port=1");
	check("postgres:///shop?port=1&sslpassword=h@s", "postgres:///shop?port=1&sslpassword=***");
	check("postgres:///shop?passw%6Frd=hush", "postgres:///shop?passw%6Frd=****");
	check("postgres://me:a@h/shop?password=b@c", "postgres://me:*@h/shop?password=***");
}

static void test_a_password_in_a_url_that_is_written_wrongly_is_blanked(void **state)
{
	(void)state;
	check("postgres://me:a@b/c?d@host/shop", "postgres://me:*******@host/shop");
	check("host=h password=hush port=1", "host=h password************");
}

static void test_every_one_is_blanked_when_it_is_given_twice(void **state)
{
	char program[] = "shop";
	char wrong[] = "--migrate-wrong";
	char first[] = "--migrate-database=postgres://a:b@c/d";
	char name[] = "--migrate-database";
	char second[] = "postgres://e:f@g/h";
	char other[] = "postgres://i:j@k/l";
	char *argv[] = { program, wrong, first, name, second, other, NULL };
	struct bl_cli_flags flags;
	char message[256];
	char *copy;

	(void)state;
	assert_int_equal(bl_cli_flags_parse(6, argv, &flags, message, sizeof(message)),
			 BL_CLI_WRONG_USAGE);
	assert_int_equal(bl_cli_secret_take(&flags, 6, argv, &copy), 0);
	assert_string_equal(first, "--migrate-database=postgres://a:*@c/d");
	assert_string_equal(second, "postgres://e:*@g/h");
	assert_string_equal(other, "postgres://i:j@k/l");
	free(copy);
}

static void assert_label(const char *url, const char *expected)
{
	char *label = bl_cli_secret_label(url);

	assert_non_null(label);
	assert_string_equal(label, expected);
	free(label);
}

static void test_a_label_does_not_tell_how_long_a_password_is(void **state)
{
	(void)state;
	assert_label("postgres://me@host:5432/shop", "postgres://me@host:5432/shop");
	assert_label("postgres://me:h@host/shop", "postgres://me:*@host/shop");
	assert_label("postgres://me:hush@hush@host/shop", "postgres://me:*@host/shop");
	assert_label("postgres:///shop?password=hush&sslpassword=hush&port=1",
		     "postgres:///shop?password=*&sslpassword=*&port=1");
	assert_label("postgres:me:hush@host/shop", "postgres*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_url_without_a_password_is_left_as_it_is),
		cmocka_unit_test(test_the_password_of_the_authority_is_blanked),
		cmocka_unit_test(test_the_password_of_a_parameter_is_blanked),
		cmocka_unit_test(test_a_password_in_a_url_that_is_written_wrongly_is_blanked),
		cmocka_unit_test(test_every_one_is_blanked_when_it_is_given_twice),
		cmocka_unit_test(test_a_label_does_not_tell_how_long_a_password_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
