/*
 * Options from the process environment: the one place of the runtime that reads it.
 */
#include <stdlib.h>
#include <string.h>
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

/* The value of a variable, or NULL when it is not set or empty. */
static const char *value_of(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

/* A word for each value of an option, from 0; `all` lists them for a message. */
static int read_word(const char *variable, const char *const *words, const char *all,
		     uint32_t *option, struct bobolink_error *error)
{
	const char *value = value_of(variable);

	if (!value)
		return BOBOLINK_OK;
	for (uint32_t i = 0; words[i]; i++) {
		if (strcmp(value, words[i]) == 0) {
			*option = i;
			return BOBOLINK_OK;
		}
	}
	return bl_error_set(error, BOBOLINK_USAGE, "%s is \"%.200s\": set it to %s", variable,
			    value, all);
}

static int read_auto_migrate(struct bobolink_options *options, struct bobolink_error *error)
{
	const char *value = value_of("AUTO_MIGRATE");
	int answer;

	if (!value)
		return BOBOLINK_OK;
	answer = truth(value);
	if (answer < 0)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "AUTO_MIGRATE is \"%.200s\": set it to true or false", value);
	options->auto_migrate = answer ? BOBOLINK_AUTO_MIGRATE_ON : BOBOLINK_AUTO_MIGRATE_OFF;
	return BOBOLINK_OK;
}

static int read_backup_keep(struct bobolink_options *options, struct bobolink_error *error)
{
	const char *value = value_of("BOBOLINK_BACKUP_KEEP");
	uint64_t number = 0;

	if (!value)
		return BOBOLINK_OK;
	for (const char *digit = value; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || number > UINT32_MAX)
			number = UINT64_MAX / 10;
		else
			number = number * 10 + (uint64_t)(*digit - '0');
	}
	if (number > UINT32_MAX)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "BOBOLINK_BACKUP_KEEP is \"%.200s\": set it to how many "
				    "backups are kept, 0 for all",
				    value);
	options->backup_keep = (uint32_t)number;
	return BOBOLINK_OK;
}

static int read_all(struct bobolink_options *options, struct bobolink_error *error)
{
	static const char *const failures[] = {
		[BOBOLINK_ON_FAILURE_STOP] = "stop",
		[BOBOLINK_ON_FAILURE_CONTINUE] = "continue",
		[BOBOLINK_ON_FAILURE_ROLLBACK] = "rollback",
		NULL,
	};
	static const char *const backups[] = {
		[BOBOLINK_BACKUP_NEVER] = "never",
		[BOBOLINK_BACKUP_DESTRUCTIVE] = "destructive",
		[BOBOLINK_BACKUP_ALWAYS] = "always",
		NULL,
	};
	int rc;

	rc = read_auto_migrate(options, error);
	if (rc == BOBOLINK_OK)
		rc = read_word("BOBOLINK_ON_FAILURE", failures, "stop, continue or rollback",
			       &options->on_failure, error);
	if (rc == BOBOLINK_OK)
		rc = read_word("BOBOLINK_BACKUP", backups, "never, destructive or always",
			       &options->backup, error);
	if (rc == BOBOLINK_OK)
		rc = read_backup_keep(options, error);
	if (rc)
		return rc;
	if (value_of("BOBOLINK_ENV"))
		options->environment = value_of("BOBOLINK_ENV");
	if (value_of("BOBOLINK_BACKUP_DIR"))
		options->backup_directory = value_of("BOBOLINK_BACKUP_DIR");
	return BOBOLINK_OK;
}

int bobolink_options_from_env(struct bobolink_options *options, struct bobolink_error *error)
{
	struct bobolink_options known = BOBOLINK_OPTIONS_INIT;
	size_t size = options->size < sizeof(known) ? options->size : sizeof(known);
	int rc;

	bl_error_clear(error);
	/* The caller may know fewer members than there are: the others are read, and not written. */
	memcpy(&known, options, size);
	rc = read_all(&known, error);
	memcpy(options, &known, size);
	return rc;
}
