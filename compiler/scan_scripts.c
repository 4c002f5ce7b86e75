/*
 * Scan, its scripts: the fixes in the folder fixes/, and the repeatables R__name.sql beside the migrations.
 *
 * What is nearly one of them is reported, never taken for something else: a fix that nobody reads repairs nothing.
 */
#include "scanner.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "support/text.h"

#define SCRIPTS_FOLDER "fixes"
#define SCRIPTS_PREFIX "R__"

static bool is_letters(const char *text, const char *word)
{
	return text_is(text, strlen(text), word);
}

static bool ends_in_sql(const char *name)
{
	size_t length = strlen(name);

	return length >= 4 && is_letters(name + length - 4, ".sql");
}

/* A prefix without the dashes of a date. */
static const char *digits_of(const char *prefix, size_t length, struct arena *arena)
{
	char *digits = arena_copy(arena, prefix, length);
	char *to = digits;

	for (const char *c = digits; *c; c++) {
		if (*c != '-')
			*to++ = *c;
	}
	*to = '\0';
	return digits;
}

/* The number and the name of a fix as they should be. */
static const char *suggest_fix(const struct scanner *scanner, const char *name)
{
	struct arena *arena = scanner->arena;
	/* As fixes are called on the command line: F0007. */
	bool labelled = (*name == 'F' || *name == 'f') && naming_prefix(name + 1);
	size_t prefix = naming_prefix(name += labelled);
	const char *next = digits_of(scanner->next, strlen(scanner->next), arena);

	if (prefix && memchr(name, '-', prefix))
		name = arena_format(arena, "%s%s", digits_of(name, prefix, arena), name + prefix);
	return arena_format(arena, "%s.sql", naming_suggest(name, true, next, arena));
}

static void report_fix(struct scanner *scanner, const char *path, const char *name,
		       const char *message)
{
	scanner_report(scanner, "file-name", path, message);
	diagnostic_help(scanner->diag, "rename it to %s", suggest_fix(scanner, name));
}

static void report_fix_name(struct scanner *scanner, const char *path, const char *name,
			    enum naming_fault fault)
{
	static const char *const messages[] = {
		[NAMING_EXTENSION] = "the extension of a fix is .sql, in small letters",
		[NAMING_NO_VERSION] = "a fix's name begins with its number and an underscore",
		[NAMING_NO_NAME] = "a fix's name says after the underscore what it repairs",
		[NAMING_DOTS] = "the dots in this name are in the wrong place",
	};

	if (fault != NAMING_TOO_LARGE) {
		report_fix(scanner, path, name, messages[fault]);
		return;
	}
	scanner_report(scanner, "file-name", path, "the number is too large");
	diagnostic_help(scanner->diag, "the largest number is 9223372036854775807");
}

static void take_fix(struct scanner *scanner, const char *path, const char *name)
{
	const char *relative = arena_format(scanner->arena, SCRIPTS_FOLDER "/%s", name);
	struct naming naming;
	enum naming_fault fault;

	if (!ends_in_sql(name)) {
		scanner_report(scanner, "foreign-file", path, "this is no fix");
		diagnostic_help(scanner->diag,
				"move it out of %s/" SCRIPTS_FOLDER
				", or delete it; beside fixes may stand only "
				"README files and files whose names begin with a dot",
				scanner->directory);
		return;
	}
	fault = naming_parse(name, false, scanner->arena, &naming);
	if (fault != NAMING_OK)
		report_fix_name(scanner, path, name, fault);
	else if (memchr(name, '-', naming_prefix(name)))
		report_fix_name(scanner, path, name, NAMING_NO_VERSION);
	else if (naming.role != SOURCE_BOTH)
		report_fix(scanner, path,
			   arena_format(scanner->arena, "%.*s_%s", (int)naming_prefix(name), name,
					naming.name),
			   "a fix is one file, with its way back in it");
	else
		scanner_add(scanner, &naming, SOURCE_FIX, relative);
}

/* README files and hidden ones; a lock file here would lock nothing. */
static bool is_beside(const char *name)
{
	return scanner_ignores(name) && strncmp(name, "migrations.", 11) != 0;
}

static void take_fix_entry(struct scanner *scanner, const char *folder, const char *name)
{
	const char *path = arena_format(scanner->arena, "%s/%s", folder, name);
	struct stat status;

	if (is_beside(name) || scanner_check_name(scanner, path, name))
		return;
	if (stat(path, &status)) {
		scanner_report_errno(scanner, path, errno);
	} else if (S_ISDIR(status.st_mode)) {
		scanner_report(scanner, "foreign-file", path, "fixes stand in one folder");
		diagnostic_help(scanner->diag, "move its files up into %s, or the folder elsewhere",
				folder);
	} else if (S_ISREG(status.st_mode)) {
		take_fix(scanner, path, name);
	} else {
		scanner_report_kind(scanner, path, status.st_mode);
	}
}

/* Length of "R__" or what was meant as it: r__, R_; 0 for another name. */
static size_t repeatable_prefix(const char *name)
{
	size_t length = 1;

	if (name[0] != 'R' && name[0] != 'r')
		return 0;
	while (name[length] == '_')
		length++;
	return length > 2 || (length == 2 && name[0] == 'R') ? length : 0;
}

/* A folder that was meant as something else of the scripts. True when it is reported. */
static bool refuse_folder(struct scanner *scanner, const char *path, const char *name)
{
	if (is_letters(name, SCRIPTS_FOLDER) || is_letters(name, "fix")) {
		scanner_report(scanner, "file-name", path,
			       "the folder of the fixes has another name");
		diagnostic_help(scanner->diag, "rename it to " SCRIPTS_FOLDER "/");
		return true;
	}
	if (!repeatable_prefix(name))
		return false;
	scanner_report(scanner, "foreign-file", path, "a repeatable is one file");
	diagnostic_help(scanner->diag, "put its SQL into " SCRIPTS_PREFIX
				       "name.sql beside the migrations, and delete the folder");
	return true;
}

bool scanner_take_fixes(struct scanner *scanner, const char *path, const char *name)
{
	const char *next = scanner->next;
	struct names names;

	if (strcmp(name, SCRIPTS_FOLDER) != 0)
		return refuse_folder(scanner, path, name);
	if (scanner_names(path, scanner->arena, &names)) {
		scanner_report_errno(scanner, path, errno);
		return true;
	}
	scanner->next = scanner_free_version(&names, scanner->arena);
	for (size_t i = 0; i < names.count; i++)
		take_fix_entry(scanner, path, names.items[i]);
	scanner->next = next;
	return true;
}

/* What stands behind the prefix, without the extension, and letters that every system can write. */
static const char *repeatable_name(const char *name, struct arena *arena)
{
	const char *rest = name + repeatable_prefix(name);
	size_t length = strlen(rest);
	char *text;

	if (ends_in_sql(rest))
		length -= 4;
	text = arena_copy(arena, rest, length);
	for (char *c = text; *c; c++) {
		if (*c == ' ' || *c == '.')
			*c = '_';
	}
	return *text ? text : "name";
}

static const char *repeatable_fault(const char *name)
{
	size_t length = strlen(name);

	if (strncmp(name, SCRIPTS_PREFIX, 3) != 0 || repeatable_prefix(name) != 3)
		return "the name of a repeatable begins with R and two underscores";
	if (strcmp(name + length - 4, ".sql") != 0)
		return "the extension of a repeatable is .sql, in small letters";
	if (length == strlen(SCRIPTS_PREFIX ".sql"))
		return "the name of a repeatable says what it makes";
	if (memchr(name, '.', length - 4))
		return "the dots in this name are in the wrong place";
	return strchr(name, ' ') ? "after: could not name a repeatable with a blank in its name"
				 : NULL;
}

bool scanner_take_repeatable(struct scanner *scanner, const char *path, const char *name)
{
	struct naming naming = { .role = SOURCE_REPEATABLE };
	const char *fault;

	if (!repeatable_prefix(name) || !ends_in_sql(name))
		return false;
	fault = repeatable_fault(name);
	naming.name = repeatable_name(name, scanner->arena);
	naming.entry = arena_copy(scanner->arena, name, strlen(name));
	if (!fault) {
		scanner_add(scanner, &naming, SOURCE_REPEATABLE, name);
		return true;
	}
	scanner_report(scanner, "file-name", path, fault);
	diagnostic_help(scanner->diag, "rename it to " SCRIPTS_PREFIX "%s.sql", naming.name);
	return true;
}
