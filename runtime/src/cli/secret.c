/*
 * Secret: takes a password out of the arguments.
 *
 * The arguments of a process are shown to everybody (ps, /proc/PID/cmdline), so what is or may be a
 * password is overwritten in place. Too much rather than too little: a URL that is written wrongly
 * has its password in a place where no reader of URLs looks for one.
 */
#include "secret.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANK	 '*'
#define PASSWORD "password"

/* Behind the word; NULL when the first `length` bytes do not hold it. */
static char *find_password(char *text, size_t length)
{
	for (size_t i = 0; i + strlen(PASSWORD) <= length; i++) {
		if (strncasecmp(text + i, PASSWORD, strlen(PASSWORD)) == 0)
			return text + i + strlen(PASSWORD);
	}
	return NULL;
}

/* From the first ":" of the authority to the last "@", wherever that stands. */
static void blank_authority(char *authority)
{
	char *from = strchr(authority, ':');
	char *to = strrchr(authority, '@');

	if (from && to && from < to)
		memset(from + 1, BLANK, (size_t)(to - from - 1));
}

/* The values of password=, sslpassword= and of names that are percent-encoded, which may be the same. */
static void blank_parameters(char *name)
{
	while (*name) {
		size_t length = strcspn(name, "=&");
		char *value = name + length + (name[length] == '=');
		size_t value_length = strcspn(value, "&");

		if (find_password(name, length) || memchr(name, '%', length))
			memset(value, BLANK, value_length);
		name = value + value_length;
		name += *name == '&';
	}
}

static void blank(char *url)
{
	char *authority = strstr(url, "://");
	char *question = strchr(url, '?');
	char *rest;

	if (authority) {
		/* In this order: a parameter may hold an "@". */
		if (question)
			blank_parameters(question + 1);
		blank_authority(authority + 3);
	} else if ((rest = find_password(url, strlen(url))) != NULL) {
		memset(rest, BLANK, strlen(rest));
	}
}

char *bl_cli_secret_label(const char *url)
{
	char *label = strdup(url);
	size_t length = 0;

	if (!label)
		return NULL;
	blank(label);
	/* Of what no reader of URLs understands, any part may be one. */
	if (!strstr(label, "://"))
		memset(label + strcspn(label, ":"), BLANK, strlen(label + strcspn(label, ":")));
	/* How long it is does not matter to anybody. */
	for (size_t i = 0; label[i]; i++) {
		if (label[i] != BLANK || i == 0 || label[i - 1] != BLANK)
			label[length++] = label[i];
	}
	label[length] = '\0';
	return label;
}

/* Every --migrate-database, also one too many. */
static void blank_all(int argc, char **argv)
{
	const char *name = bl_cli_flag_name(BL_CLI_DATABASE);
	size_t length = strlen(name);

	for (int i = 1; i < argc && argv[i] && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], name, length) != 0)
			continue;
		if (argv[i][length] == '=')
			blank(argv[i] + length + 1);
		else if (!argv[i][length] && i + 1 < argc && argv[i + 1])
			blank(argv[i + 1]);
	}
}

int bl_cli_secret_take(struct bl_cli_flags *flags, int argc, char **argv, char **copy)
{
	bool wanted = flags->database != NULL;

	*copy = wanted ? strdup(flags->database) : NULL;
	flags->database = *copy;
	blank_all(argc, argv);
	return wanted && !*copy ? -1 : 0;
}
