/*
 * Database: where it is. The URL itself is never printed, as it may hold a password.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/backend.h>

#include "command.h"

#define VARIABLE_SIZE 128

/* "SHOP_DATABASE_URL" of the set "shop"; "" when the name is too long to have one. */
static void name_variable(const char *set_name, char *variable, size_t size)
{
	size_t length = strlen(set_name);

	variable[0] = '\0';
	if (length + sizeof("_DATABASE_URL") > size)
		return;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)set_name[i];

		variable[i] = c < 0x80 && isalnum(c) ? (char)toupper(c) : '_';
	}
	snprintf(variable + length, size - length, "_DATABASE_URL");
}

/* The value of a variable, or NULL when it is not set or empty. */
static const char *value_of(const char *variable)
{
	const char *value = *variable ? getenv(variable) : NULL;

	return value && *value ? value : NULL;
}

/* The URL must begin with the name of the set's backend; says so without repeating the URL. */
static int check_scheme(const struct bl_cli *cli, const char *url, const char *source,
			struct bobolink_error *error)
{
	const char *wanted = cli->set->backend()->name;
	size_t length = strcspn(url, ":");

	if (url[length] && length == strlen(wanted) && strncmp(url, wanted, length) == 0)
		return BOBOLINK_OK;
	if (strncmp(url, "postgres", strlen("postgres")) == 0)
		return bl_cli_fail(error, BOBOLINK_USAGE,
				   "%s names a PostgreSQL database, but the migrations of %s are "
				   "written for %s: give a URL that begins with %s:",
				   source, cli->set->name, wanted, wanted);
	return bl_cli_fail(error, BOBOLINK_USAGE,
			   "%s is no %s URL: it must begin with %s:, as in %s:%s", source, wanted,
			   wanted, wanted, strcmp(wanted, "sqlite") == 0 ? "shop.db" : "//host/db");
}

int bl_cli_database(const struct bl_cli *cli, const char **url, struct bobolink_error *error)
{
	char variable[VARIABLE_SIZE];
	const char *source = bl_cli_flag_name(BL_CLI_DATABASE);

	name_variable(cli->set->name, variable, sizeof(variable));
	*url = cli->flags.database;
	if (!*url) {
		source = variable;
		*url = value_of(variable);
	}
	if (!*url) {
		source = "DATABASE_URL";
		*url = value_of(source);
	}
	if (!*url) {
		source = "the program's default_url";
		*url = cli->options->default_url;
	}
	if (!*url)
		return bl_cli_fail(
			error, BOBOLINK_UNREACHABLE,
			"no database is configured: give %s=URL, or set %s%sDATABASE_URL",
			bl_cli_flag_name(BL_CLI_DATABASE), variable, *variable ? " or " : "");
	return check_scheme(cli, *url, source, error);
}
