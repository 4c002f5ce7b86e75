/*
 * Scan: from a directory to the text of its migrations.
 *
 * Receives the path of a directory and produces one source for each SQL file of a migration, ascending
 * by version, as canonical bytes: UTF-8 without a byte order mark, lines ended by LF. Whatever it does
 * not understand is an error, never skipped, so that no migration is lost by a typing mistake. Only
 * regular files are opened.
 */
#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scanner.h"
#include "source.h"
#include "support/text.h"

/* Where sources of the role are collected. */
static struct source *add_slot(struct scanner *scanner, enum source_role role)
{
	struct sources *all = scanner->sources;

	if (role == SOURCE_FIX || role == SOURCE_REPEATABLE) {
		all->scripts = arena_grow(scanner->arena, all->scripts, all->script_count,
					  &scanner->script_capacity, sizeof(*all->scripts));
		return &all->scripts[all->script_count++];
	}
	all->items = arena_grow(scanner->arena, all->items, all->count, &scanner->capacity,
				sizeof(*all->items));
	return &all->items[all->count++];
}

void scanner_add(struct scanner *scanner, const struct naming *naming, enum source_role role,
		 const char *relative)
{
	struct source *source = arena_alloc(scanner->arena, 1, sizeof(*source));
	enum file_result result;
	size_t length = 0;
	char *bytes = NULL;

	*source = (struct source){
		.path = arena_format(scanner->arena, "%s/%s", scanner->directory, relative),
		.file = arena_format(scanner->arena, "%s/%s", scanner->folder, relative),
		.entry = naming->entry,
		.name = naming->name,
		.version = naming->version,
		.role = role,
	};
	result = file_read(source->path, scanner->arena, &bytes, &length);
	if (result != FILE_OK) {
		scanner_report_result(scanner, source->path, result);
		return;
	}
	source_take(source, bytes, length, scanner->arena);
	if (scanner_check_text(scanner, source))
		return;
	*add_slot(scanner, role) = *source;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int scanner_names(const char *path, struct arena *arena, struct names *names)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	size_t capacity = 0;
	int error;

	*names = (struct names){ NULL, 0 };
	if (!directory)
		return -1;
	while (errno = 0, (entry = readdir(directory))) {
		names->items = arena_grow(arena, names->items, names->count, &capacity,
					  sizeof(*names->items));
		names->items[names->count++] =
			arena_copy(arena, entry->d_name, strlen(entry->d_name));
	}
	error = errno;
	closedir(directory);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	errno = error;
	return error ? -1 : 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);
	size_t n = strlen(end);

	return length >= n && text_is(text + length - n, n, end);
}

bool scanner_ignores(const char *name)
{
	if (name[0] == '.')
		return name[1] != '.' || !ends_with(name, ".sql");
	return strncmp(name, "README", 6) == 0 || strcmp(name, "migrations.lock") == 0 ||
	       strcmp(name, "migrations.snapshot") == 0;
}

int scanner_check_name(struct scanner *scanner, const char *path, const char *name)
{
	size_t length = strlen(name);
	const char *fault = NULL;

	if (text_utf8_valid(name, length) < length)
		fault = "the file name is not UTF-8";
	else if (strchr(name, ';'))
		fault = "the file name holds a semicolon, which breaks lists in CMake";
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7F)
			fault = "the file name holds a control character";
	}
	if (!fault)
		return 0;
	scanner_report(scanner, "file-name", path, fault);
	diagnostic_help(scanner->diag, "rename it; use letters, digits and underscores");
	return -1;
}

/* A folder with up.sql and down.sql. */
static void scan_folder(struct scanner *scanner, const char *path, const char *folder,
			const struct naming *naming)
{
	struct names names;
	bool has_up = false;

	if (scanner_names(path, scanner->arena, &names)) {
		scanner_report_errno(scanner, path, errno);
		return;
	}
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		const char *relative = arena_format(scanner->arena, "%s/%s", folder, name);

		if (strcmp(name, "up.sql") == 0) {
			has_up = true;
			scanner_add(scanner, naming, SOURCE_UP, relative);
		} else if (strcmp(name, "down.sql") == 0) {
			scanner_add(scanner, naming, SOURCE_DOWN, relative);
		} else if (!scanner_ignores(name)) {
			scanner_report(
				scanner, "foreign-file",
				arena_format(scanner->arena, "%s/%s", path, name),
				"in the folder of a migration stand only up.sql and down.sql");
			diagnostic_help(scanner->diag,
					"rename it, move it elsewhere, or delete it");
		}
	}
	if (!has_up) {
		scanner_report(scanner, "missing-up", path,
			       "the folder of a migration holds no up.sql");
		diagnostic_help(scanner->diag, "add %s/up.sql, or delete the folder", path);
	}
}

static void scan_directory_entry(struct scanner *scanner, const char *path, const char *name)
{
	struct naming naming;
	enum naming_fault fault;

	if (scanner_take_fixes(scanner, path, name))
		return;
	fault = naming_parse(name, true, scanner->arena, &naming);
	if (fault == NAMING_OK)
		scan_folder(scanner, path, name, &naming);
	else if (naming_prefix(name))
		scanner_report_name(scanner, path, name, true, fault);
	else
		scanner_report_foreign(scanner, path);
}

static void scan_file_entry(struct scanner *scanner, const char *path, const char *name)
{
	struct naming naming;
	enum naming_fault fault;

	if (scanner_take_repeatable(scanner, path, name))
		return;
	if (!ends_with(name, ".sql")) {
		scanner_report_foreign(scanner, path);
		return;
	}
	fault = naming_parse(name, false, scanner->arena, &naming);
	if (fault == NAMING_OK)
		scanner_add(scanner, &naming, naming.role, name);
	else
		scanner_report_name(scanner, path, name, false, fault);
}

static void scan_entry(struct scanner *scanner, const char *name)
{
	const char *path;
	struct stat status;

	if (scanner_ignores(name))
		return;
	path = arena_format(scanner->arena, "%s/%s", scanner->directory, name);
	if (scanner_check_name(scanner, path, name))
		return;
	if (stat(path, &status))
		scanner_report_errno(scanner, path, errno);
	else if (S_ISDIR(status.st_mode))
		scan_directory_entry(scanner, path, name);
	else if (S_ISREG(status.st_mode))
		scan_file_entry(scanner, path, name);
	else
		scanner_report_kind(scanner, path, status.st_mode);
}

/* The last component of the directory's path; where it is given as . or .., of its real path. */
static const char *folder_of(const char *directory, struct arena *arena)
{
	const char *slash = strrchr(directory, '/');
	const char *last = slash ? slash + 1 : directory;
	const char *real;

	if (*last && strcmp(last, ".") != 0 && strcmp(last, "..") != 0)
		return last;
	real = file_real_path(directory, arena);
	slash = strrchr(real, '/');
	return slash ? slash + 1 : real;
}

const char *scanner_free_version(const struct names *names, struct arena *arena)
{
	const char *largest = "0000";
	const char *next;
	int64_t version = -1;

	for (size_t i = 0; i < names->count; i++) {
		struct naming naming;

		if (naming_parse(names->items[i], !ends_with(names->items[i], ".sql"), arena,
				 &naming) != NAMING_OK ||
		    naming.version <= version)
			continue;
		version = naming.version;
		largest = arena_copy(arena, names->items[i], naming_prefix(names->items[i]));
	}
	next = naming_next(largest, 1, arena);
	return next ? next : largest;
}

static int compare_sources(const void *left, const void *right)
{
	const struct source *a = left;
	const struct source *b = right;

	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	return strcmp(a->path, b->path);
}

/* Fixes by number, then repeatables by name. */
static int compare_scripts(const void *left, const void *right)
{
	const struct source *a = left;
	const struct source *b = right;

	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	return a->role == SOURCE_REPEATABLE ? strcmp(a->name, b->name)
					    : compare_sources(left, right);
}

/* Returns 0, or -1 after reporting why the directory cannot be read. */
static int open_directory(struct scanner *scanner, const char *directory, struct names *names)
{
	struct stat status;

	if (stat(directory, &status)) {
		scanner_report(scanner, "unreadable", directory,
			       errno == ENOENT ? "no such directory"
					       : file_reason(errno, scanner->arena));
		if (errno == ENOENT)
			diagnostic_help(scanner->diag, "run: bobolink new create_users %s",
					directory);
		return -1;
	}
	if (!S_ISDIR(status.st_mode)) {
		scanner_report(scanner, "unreadable", directory, "this is not a directory");
		diagnostic_help(scanner->diag, "give the directory that holds the migrations");
		return -1;
	}
	if (scanner_names(directory, scanner->arena, names)) {
		scanner_report(scanner, "unreadable", directory,
			       file_reason(errno, scanner->arena));
		diagnostic_help(scanner->diag, "let the user who builds list it: chmod a+rx '%s'",
				directory);
		return -1;
	}
	return 0;
}

int scan(const char *directory, struct arena *arena, struct sources *sources,
	 struct diagnostics *diag)
{
	struct scanner scanner = {
		.directory = file_directory(directory, arena),
		.arena = arena,
		.sources = sources,
		.diag = diag,
	};
	struct names names;

	*sources = (struct sources){ 0 };
	if (open_directory(&scanner, directory, &names))
		return -1;
	scanner.folder = folder_of(scanner.directory, arena);
	scanner.next = scanner_free_version(&names, arena);
	for (size_t i = 0; i < names.count; i++)
		scan_entry(&scanner, names.items[i]);
	if (sources->count)
		qsort(sources->items, sources->count, sizeof(*sources->items), compare_sources);
	if (sources->script_count)
		qsort(sources->scripts, sources->script_count, sizeof(*sources->scripts),
		      compare_scripts);
	if (!sources->count && !sources->script_count && scanner.rc == 0) {
		diagnostic_path(diag, SEVERITY_WARNING, "empty-set", directory,
				"the directory holds no migration");
		diagnostic_help(diag, "run: bobolink new create_users %s", directory);
	}
	return scanner.rc;
}
