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

/* What the URLs of each database begin with, and what one looks like. */
static const struct {
	const char *scheme;
	const char *backend;
	const char *title;
	const char *example;
} schemes[] = {
	{ "sqlite", "sqlite", "an SQLite", "sqlite:shop.db" },
	{ "postgres", "postgres", "a PostgreSQL", "postgres://user@host/shop" },
	{ "postgresql", "postgres", "a PostgreSQL", "" },
};

#define SCHEMES (sizeof(schemes) / sizeof(schemes[0]))

static const char *find_example(const char *backend)
{
	size_t i = 0;

	while (i + 1 < SCHEMES && strcmp(schemes[i].backend, backend) != 0)
		i++;
	return schemes[i].example;
}

int bl_cli_check_url(const struct bl_cli *cli, const char *url, const char *source,
		     struct bobolink_error *error)
{
	const char *wanted = cli->set->backend()->name;
	size_t length = strcspn(url, ":");
	size_t i = 0;

	while (i < SCHEMES && (!url[length] || length != strlen(schemes[i].scheme) ||
			       strncmp(url, schemes[i].scheme, length) != 0))
		i++;
	if (i == SCHEMES)
		return bl_cli_fail(error, BOBOLINK_USAGE,
				   "%s is no %s URL: it must begin with %s:, as in %s", source,
				   wanted, wanted, find_example(wanted));
	if (strcmp(schemes[i].backend, wanted) != 0)
		return bl_cli_fail(error, BOBOLINK_USAGE,
				   "%s names %s database, but the migrations of %s are written for "
				   "%s: give a URL that begins with %s:",
				   source, schemes[i].title, cli->set->name, wanted, wanted);
	return BOBOLINK_OK;
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
	if (!*url && cli->several)
		return bl_cli_fail(error, BOBOLINK_UNREACHABLE,
				   "no database is configured: set %s%sDATABASE_URL", variable,
				   *variable ? " or " : "");
	if (!*url)
		return bl_cli_fail(
			error, BOBOLINK_UNREACHABLE,
			"no database is configured: give %s=URL, or set %s%sDATABASE_URL",
			bl_cli_flag_name(BL_CLI_DATABASE), variable, *variable ? " or " : "");
	return bl_cli_check_url(cli, *url, source, error);
}
