/*
 * Scan, its errors: what is wrong with a path, and what to do about it.
 */
#include "scanner.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

void scanner_report(struct scanner *scanner, const char *rule, const char *path,
		    const char *message)
{
	diagnostic_path(scanner->diag, SEVERITY_ERROR, rule, path, "%s", message);
	scanner->rc = -1;
}

void scanner_report_errno(struct scanner *scanner, const char *path, int error)
{
	struct stat status;

	if (error == ENOENT && lstat(path, &status) == 0) {
		scanner_report(scanner, "unreadable", path, "a symbolic link to nothing");
		diagnostic_help(scanner->diag, "restore the file it points to, or delete the link");
		return;
	}
	scanner_report(scanner, "unreadable", path, file_reason(error, scanner->arena));
	if (error == EACCES)
		diagnostic_help(scanner->diag, "let the user who builds read it: chmod a+r '%s'",
				path);
	else if (error == ELOOP)
		diagnostic_help(scanner->diag,
				"these symbolic links point at each other; delete them");
	else if (error == ENOENT)
		diagnostic_help(scanner->diag, "it was there a moment ago; run again");
}

void scanner_report_kind(struct scanner *scanner, const char *path, mode_t mode)
{
	const char *kind = S_ISFIFO(mode)   ? "a FIFO"
			   : S_ISSOCK(mode) ? "a socket"
			   : S_ISDIR(mode)  ? "a directory"
					    : "a device";

	diagnostic_path(scanner->diag, SEVERITY_ERROR, "not-a-file", path, "this is %s, not a file",
			kind);
	diagnostic_help(scanner->diag, "put a file with SQL in its place, or delete it");
	scanner->rc = -1;
}

void scanner_report_name(struct scanner *scanner, const char *path, const char *file, bool folder,
			 enum naming_fault fault)
{
	static const char *const messages[] = {
		[NAMING_EXTENSION] = "the extension of a migration is .sql, in small letters",
		[NAMING_NO_VERSION] =
			"a migration's name begins with its version and an underscore",
		[NAMING_NO_NAME] = "a migration's name says after the underscore what it does",
		[NAMING_DOTS] = "the dots in this name are in the wrong place",
		[NAMING_TOO_LARGE] = "the version is too large",
	};

	scanner_report(scanner, "file-name", path, messages[fault]);
	if (fault == NAMING_TOO_LARGE) {
		diagnostic_help(scanner->diag, "the largest version is 9223372036854775807");
		return;
	}
	diagnostic_help(scanner->diag, "rename it to %s%s",
			naming_suggest(file, folder, scanner->next, scanner->arena),
			folder ? "/" : "");
}

void scanner_report_foreign(struct scanner *scanner, const char *path)
{
	scanner_report(scanner, "foreign-file", path, "this is no migration");
	diagnostic_help(scanner->diag,
			"move it out of %s, or delete it; beside migrations may stand only README "
			"files and files whose names begin with a dot",
			scanner->directory);
}

void scanner_report_result(struct scanner *scanner, const char *path, enum file_result result)
{
	struct stat status;

	switch (result) {
	case FILE_OK:
		return;
	case FILE_MISSING:
		scanner_report_errno(scanner, path, ENOENT);
		return;
	case FILE_UNREADABLE:
		scanner_report_errno(scanner, path, errno);
		return;
	case FILE_NOT_REGULAR:
		scanner_report_kind(scanner, path, stat(path, &status) ? 0 : status.st_mode);
		return;
	case FILE_CHANGED:
		scanner_report(scanner, "changed-while-read", path,
			       "the file changed while it was read");
		diagnostic_help(scanner->diag, "run again when nothing writes to it any more");
		return;
	case FILE_TOO_LARGE:
		scanner_report(scanner, "unreadable", path, "the file is larger than 1 GiB");
		diagnostic_help(scanner->diag, "divide it into several migrations");
		return;
	}
}
