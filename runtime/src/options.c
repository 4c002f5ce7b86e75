/*
 * Options from the process environment: the one place of the runtime that reads it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "error.h"

/* The value of a variable, or NULL when it is not set or empty. */
static const char *value_of(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

/* Variables that hold a word; `allowed` lists the words for a message. */
enum variable {
	AUTO_MIGRATE,
	ON_FAILURE,
	BACKUP,
	VALIDATE,
	PROTECT,
	FIXES,
	AUTO_REPAIR,
	VARIABLE_COUNT
};

#define YES_OR_NO                                                   \
	"true or false",                                            \
	{                                                           \
		"true", "1", "yes", "on", "false", "0", "no", "off" \
	}

static const struct {
	const char *name;
	const char *allowed;
	const char *words[8];
} variables[VARIABLE_COUNT] = {
	[AUTO_MIGRATE] = { "AUTO_MIGRATE", YES_OR_NO },
	[AUTO_REPAIR] = { "BOBOLINK_AUTO_REPAIR", YES_OR_NO },
	[ON_FAILURE] = { "BOBOLINK_ON_FAILURE",
			 "stop, continue or rollback",
			 { [BOBOLINK_ON_FAILURE_STOP] = "stop",
			   [BOBOLINK_ON_FAILURE_CONTINUE] = "continue",
			   [BOBOLINK_ON_FAILURE_ROLLBACK] = "rollback" } },
	[BACKUP] = { "BOBOLINK_BACKUP",
		     "never, destructive or always",
		     { [BOBOLINK_BACKUP_NEVER] = "never",
		       [BOBOLINK_BACKUP_DESTRUCTIVE] = "destructive",
		       [BOBOLINK_BACKUP_ALWAYS] = "always" } },
	[VALIDATE] = { "BOBOLINK_VALIDATE",
		       "head, off or full",
		       { [BOBOLINK_VALIDATE_HEAD] = "head",
			 [BOBOLINK_VALIDATE_OFF] = "off",
			 [BOBOLINK_VALIDATE_FULL] = "full" } },
	[PROTECT] = { "BOBOLINK_PROTECT",
		      "declared or always",
		      { [BOBOLINK_PROTECT_DECLARED] = "declared",
			[BOBOLINK_PROTECT_ALWAYS] = "always" } },
	[FIXES] = { "BOBOLINK_FIXES",
		    "go-on, stop or off",
		    { [BOBOLINK_FIXES_GO_ON] = "go-on",
		      [BOBOLINK_FIXES_STOP] = "stop",
		      [BOBOLINK_FIXES_OFF] = "off" } },
};

static int complain(struct bobolink_error *error, const char *variable, const char *value,
		    const char *allowed)
{
	return bl_error_set(error, BOBOLINK_USAGE, "%s is \"%.200s\": set it to %s", variable,
			    value, allowed);
}

/* The number of the word that a variable holds becomes the option; a variable that is not set leaves it. */
static int read_word(enum variable variable, uint32_t *option, struct bobolink_error *error)
{
	const char *value = value_of(variables[variable].name);

	if (!value)
		return BOBOLINK_OK;
	for (uint32_t i = 0; i < 8 && variables[variable].words[i]; i++) {
		if (strcasecmp(value, variables[variable].words[i]) == 0) {
			*option = i;
			return BOBOLINK_OK;
		}
	}
	return complain(error, variables[variable].name, value, variables[variable].allowed);
}

/* Likewise one of YES_OR_NO; it becomes `yes` or the other of 0 and 1. */
static int read_yes_or_no(enum variable variable, uint32_t yes, uint32_t *option,
			  struct bobolink_error *error)
{
	uint32_t word = UINT32_MAX;
	int rc = read_word(variable, &word, error);

	if (word != UINT32_MAX)
		*option = word < 4 ? yes : !yes;
	return rc;
}

static int read_backup_keep(struct bobolink_options *options, struct bobolink_error *error)
{
	static const char name[] = "BOBOLINK_BACKUP_KEEP";
	const char *value = value_of(name);
	unsigned long long number;

	if (!value)
		return BOBOLINK_OK;
	number = strtoull(value, NULL, 10);
	if (value[strspn(value, "0123456789")] || number > UINT32_MAX)
		return complain(error, name, value, "how many backups are kept, 0 for all");
	options->backup_keep = (uint32_t)number;
	return BOBOLINK_OK;
}

static int read_all(struct bobolink_options *options, struct bobolink_error *error)
{
	int rc = read_yes_or_no(AUTO_MIGRATE, BOBOLINK_AUTO_MIGRATE_ON, &options->auto_migrate,
				error);

	if (rc == BOBOLINK_OK)
		rc = read_yes_or_no(AUTO_REPAIR, 1, &options->auto_repair, error);
	if (rc == BOBOLINK_OK)
		rc = read_word(VALIDATE, &options->validate, error);
	if (rc == BOBOLINK_OK)
		rc = read_word(PROTECT, &options->protect, error);
	if (rc == BOBOLINK_OK)
		rc = read_word(FIXES, &options->fixes, error);
	if (rc == BOBOLINK_OK)
		rc = read_word(ON_FAILURE, &options->on_failure, error);
	if (rc == BOBOLINK_OK)
		rc = read_word(BACKUP, &options->backup, error);
	if (rc == BOBOLINK_OK)
		rc = read_backup_keep(options, error);
	if (rc)
		return rc;
	if (value_of("BOBOLINK_ENV"))
		options->environment = value_of("BOBOLINK_ENV");
	if (value_of("BOBOLINK_BACKUP_DIR"))
		options->backup_directory = value_of("BOBOLINK_BACKUP_DIR");
	if (value_of("BOBOLINK_IGNORE"))
		options->ignore = value_of("BOBOLINK_IGNORE");
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
