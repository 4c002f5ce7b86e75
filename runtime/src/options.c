/*
 * Options from the process environment: the one place of the runtime that reads it.
 */
#include <stdlib.h>
#include <strings.h>

#include "error.h"

/* 1, 0, or -1 for a word that is neither. */
static int truth(const char *word)
{
	static const char *const words[] = { "false", "0", "no", "off", "true", "1", "yes", "on" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(word, words[i]) == 0)
			return i >= 4;
	}
	return -1;
}

int bobolink_options_from_env(struct bobolink_options *options, struct bobolink_error *error)
{
	const char *migrate = getenv("AUTO_MIGRATE");
	const char *environment = getenv("BOBOLINK_ENV");
	int value;

	bl_error_clear(error);
	if (migrate && *migrate) {
		value = truth(migrate);
		if (value < 0)
			return bl_error_set(error, BOBOLINK_USAGE,
					    "AUTO_MIGRATE is \"%s\": set it to true or false",
					    migrate);
		options->auto_migrate =
			value ? BOBOLINK_AUTO_MIGRATE_ON : BOBOLINK_AUTO_MIGRATE_OFF;
	}
	if (environment && *environment)
		options->environment = environment;
	return BOBOLINK_OK;
}
