/*
 * Errors: SQLite's codes become results with words that say what to do.
 */
#include "connection.h"

#include <stdarg.h>
#include <string.h>

struct meaning {
	int native; /* an extended code, or a primary one that stands for all of its kind */
	int code;
	const char *advice; /* behind SQLite's own words; "" where these are enough */
};

/* Extended codes stand before their primary one. */
static const struct meaning meanings[] = {
	{ SQLITE_BUSY, BOBOLINK_BUSY, "" },
	{ SQLITE_LOCKED_SHAREDCACHE, BOBOLINK_BUSY, "" },
	{ SQLITE_LOCKED, BOBOLINK_LOCKED,
	  ": the application has an open statement on it; finish that first" },
	{ SQLITE_PROTOCOL, BOBOLINK_BUSY, "" },
	{ SQLITE_READONLY_DIRECTORY, BOBOLINK_READ_ONLY,
	  ": SQLite makes a journal beside the database; allow writing in its directory" },
	{ SQLITE_READONLY_DBMOVED, BOBOLINK_IO_ERROR,
	  ": the file was moved or deleted while it was open; open the database again" },
	{ SQLITE_READONLY, BOBOLINK_READ_ONLY,
	  ": open the database for writing, or allow this user to write its file and directory" },
	{ SQLITE_PERM, BOBOLINK_READ_ONLY, ": allow this user to write the file" },
	{ SQLITE_CANTOPEN, BOBOLINK_IO_ERROR,
	  ": the journal beside the database cannot be opened; look at the rights of the "
	  "directory, "
	  "its file system, and the limit of open files" },
	{ SQLITE_FULL, BOBOLINK_FULL, ": make room and start again; nothing was lost" },
	{ SQLITE_IOERR_NOMEM, BOBOLINK_NO_MEMORY, "" },
	{ SQLITE_NOMEM, BOBOLINK_NO_MEMORY, "" },
	{ SQLITE_IOERR, BOBOLINK_IO_ERROR,
	  ": look at the disk, then start again; what was committed is safe" },
	{ SQLITE_CORRUPT, BOBOLINK_CORRUPT,
	  ": look with PRAGMA integrity_check, and restore a backup" },
	{ SQLITE_NOTADB, BOBOLINK_NOT_A_DATABASE,
	  ": it is another kind of file, or encrypted; check the path, or give the key first" },
	{ SQLITE_INTERRUPT, BOBOLINK_INTERRUPTED, ": the next start goes on" },
};

/* How many more bytes of the character that `c` begins belong to it. */
static size_t tail_of(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
}

/* Ends a text that may have been cut inside a character before that character. */
static void mend_end(char *text, size_t size)
{
	size_t length = strlen(text);
	size_t back = 1;

	if (length + 4 < size)
		return;
	while (back <= 3 && back <= length && ((unsigned char)text[length - back] & 0xC0) == 0x80)
		back++;
	if (back <= length && tail_of(text[length - back]) >= back)
		text[length - back] = '\0';
}

int bl_sqlite3_fail(struct bobolink_error *error, int code, const char *format, ...)
{
	va_list arguments;

	memset(error, 0, sizeof(*error));
	error->code = code;
	error->version = -1;
	error->offset = -1;
	va_start(arguments, format);
	sqlite3_vsnprintf((int)sizeof(error->message), error->message, format, arguments);
	va_end(arguments);
	mend_end(error->message, sizeof(error->message));
	return code;
}

static const struct meaning *find_meaning(int native)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].native == native ||
		    (meanings[i].native == (native & 0xFF) && meanings[i].native <= 0xFF))
			return &meanings[i];
	}
	return NULL;
}

int bl_sqlite3_error(sqlite3 *db, int native, struct bobolink_error *error)
{
	int extended = sqlite3_extended_errcode(db);
	/* A failed allocation may have left no words on the handle. */
	bool known = (extended & 0xFF) == (native & 0xFF);
	const struct meaning *meaning = find_meaning(known ? extended : native);
	int code = meaning ? meaning->code : BOBOLINK_SQL_ERROR;

	bl_sqlite3_fail(error, code, "%s%s", known ? sqlite3_errmsg(db) : sqlite3_errstr(native),
			meaning ? meaning->advice : "");
	error->native = known ? extended : native;
	return code;
}
