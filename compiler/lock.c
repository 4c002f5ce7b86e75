/*
 * Lock: reads the lock file and writes its text.
 *
 * The header repeats the digest of the lines below it. A file that was edited or merged by hand does
 * not match its header and is refused: what is locked is never guessed.
 */
#include "lock.h"

#include <errno.h>
#include <string.h>

#include "checksum.h"
#include "naming.h"
#include "source.h"
#include "support/buffer.h"
#include "support/file.h"

#define LOCK_HEADER   "bobolink-lock 1 sha256:"
#define LOCK_CHECKSUM " sha256:"
#define LOCK_WAS      " was sha256:"
#define LOCK_HEX      64u

struct line {
	const char *text;
	size_t length;
	uint32_t number; /* from 0 */
};

struct parser {
	const struct source *source;
	struct arena *arena;
	struct lock_file *lock;
	struct diagnostics *diag;
};

static struct line line_at(const struct source *source, uint32_t number)
{
	size_t begin = source->lines[number];
	size_t end =
		number + 1 < source->line_count ? source->lines[number + 1] - 1 : source->length;

	return (struct line){ source->text + begin, end - begin, number };
}

/* What stands before the last slash. */
static const char *directory_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_copy(arena, path, (size_t)(slash - path)) : ".";
}

/* Reports at the start of a line. Returns -1. */
static int fail(const struct parser *parser, const struct line *line, const char *rule,
		const char *message)
{
	diagnostic_at(parser->diag, SEVERITY_ERROR, rule, parser->source,
		      parser->source->lines[line->number], 0, "%s", message);
	return -1;
}

static int fail_format(const struct parser *parser, const struct line *line, const char *message)
{
	fail(parser, line, "lock-format", message);
	diagnostic_help(parser->diag, "restore the file: git checkout -- %s", parser->source->path);
	return -1;
}

static bool is_hex(const char *text)
{
	return strspn(text, "0123456789abcdef") >= LOCK_HEX;
}

static bool has_at(const struct line *line, size_t at, const char *text)
{
	size_t n = strlen(text);

	return at <= line->length && line->length - at >= n &&
	       memcmp(line->text + at, text, n) == 0;
}

/* Offset of ` sha256:` and 64 digits that end at `end`, or SIZE_MAX. */
static size_t checksum_before(const struct line *line, size_t end)
{
	const size_t width = strlen(LOCK_CHECKSUM) + LOCK_HEX;
	size_t at = end - width;

	if (end <= width || !has_at(line, at, LOCK_CHECKSUM) ||
	    !is_hex(line->text + end - LOCK_HEX))
		return SIZE_MAX;
	return at;
}

/* Where ` was sha256:` begins, after a checksum; the line's length where there is none. */
static size_t find_was(const struct line *line)
{
	for (size_t i = line->length; i > 0; i--) {
		if (line->text[i - 1] == ' ' && has_at(line, i - 1, LOCK_WAS) &&
		    checksum_before(line, i - 1) != SIZE_MAX)
			return i - 1;
	}
	return line->length;
}

/* `sha256:<hex>,sha256:<hex>` from `at` to the end of the line, as `<hex> <hex>`; NULL when it is something else. */
static const char *read_superseded(const struct line *line, size_t at, struct arena *arena)
{
	char *list = arena_alloc(arena, line->length - at + 1, 1);
	char *to = list;

	while (has_at(line, at, "sha256:") && line->length - at >= 7 + LOCK_HEX &&
	       is_hex(line->text + at + 7)) {
		memcpy(to, line->text + at + 7, LOCK_HEX);
		to += LOCK_HEX;
		at += 7 + LOCK_HEX;
		if (at == line->length)
			return list;
		if (line->text[at++] != ',')
			return NULL;
		*to++ = ' ';
	}
	return NULL;
}

/* Reads `<entry> sha256:<checksum>[ was …]`. Returns false when the line is something else. */
static bool read_entry(const struct line *line, struct arena *arena, struct lock_entry *entry,
		       const char **name)
{
	size_t was = find_was(line);
	size_t at = checksum_before(line, was);
	struct naming naming;
	size_t length;

	if (at == SIZE_MAX || memchr(line->text, '\0', line->length))
		return false;
	entry->entry = arena_copy(arena, line->text, at);
	memcpy(entry->checksum, line->text + at + strlen(LOCK_CHECKSUM), LOCK_HEX);
	entry->checksum[LOCK_HEX] = '\0';
	entry->line = line->number + 1;
	entry->superseded = NULL;
	if (was < line->length) {
		entry->superseded = read_superseded(line, was + strlen(" was "), arena);
		if (!entry->superseded)
			return false;
	}
	length = strlen(entry->entry);
	if (naming_parse(entry->entry, length < 4 || strcmp(entry->entry + length - 4, ".sql") != 0,
			 arena, &naming) != NAMING_OK)
		return false;
	entry->version = naming.version;
	*name = naming.name;
	return true;
}

static bool is_conflict_marker(const struct line *line)
{
	return has_at(line, 0, "<<<<<<<") || has_at(line, 0, "=======") ||
	       has_at(line, 0, ">>>>>>>") || has_at(line, 0, "|||||||");
}

/*
 * Taking one side makes the other's migrations new ones: those that come last are sealed anew, and those that do not are
 * found to be out of order, so that a person decides.
 */
static int check_conflict(const struct parser *parser)
{
	for (uint32_t i = 0; i < parser->source->line_count; i++) {
		struct line line = line_at(parser->source, i);

		if (!is_conflict_marker(&line))
			continue;
		fail(parser, &line, "lock-conflict", "two branches locked different migrations");
		diagnostic_help(
			parser->diag,
			"keep one side whole: git checkout --ours -- %s (or --theirs); rename "
			"the other's migrations that do not come last; then run: bobolink lock %s",
			parser->source->path, parser->lock->directory);
		return -1;
	}
	return 0;
}

static int read_header(const struct parser *parser)
{
	static const char name[] = "bobolink-lock ";
	struct line line = line_at(parser->source, 0);

	if (has_at(&line, 0, name) && !has_at(&line, 0, "bobolink-lock 1 ")) {
		fail(parser, &line, "lock-format", "a newer bobolink wrote this lock file");
		diagnostic_help(parser->diag, "use that version, or a later one");
		return -1;
	}
	if (!has_at(&line, 0, LOCK_HEADER) || line.length != strlen(LOCK_HEADER) + LOCK_HEX ||
	    !is_hex(line.text + strlen(LOCK_HEADER)))
		return fail_format(parser, &line, "the first line is not that of a lock file");
	memcpy(parser->lock->digest, line.text + strlen(LOCK_HEADER), LOCK_HEX);
	parser->lock->digest[LOCK_HEX] = '\0';
	return 0;
}

static int read_entries(const struct parser *parser, struct buffer *chain)
{
	struct lock_file *lock = parser->lock;
	uint32_t lines = parser->source->line_count;

	lock->entries = arena_alloc(parser->arena, lines, sizeof(*lock->entries));
	for (uint32_t i = 1; i < lines; i++) {
		struct lock_entry *entry = &lock->entries[lock->count];
		struct line line = line_at(parser->source, i);
		const char *name;

		if (i + 1 == lines && line.length == 0)
			break;
		if (!read_entry(&line, parser->arena, entry, &name))
			return fail_format(parser, &line,
					   "this line is not NAME sha256:CHECKSUM, or that and "
					   "was sha256:CHECKSUM[,sha256:CHECKSUM]...");
		if (lock->count && entry->version <= entry[-1].version)
			return fail_format(parser, &line,
					   "the versions in a lock file ascend, each stands once");
		checksum_link(chain, entry->version, name, entry->checksum);
		lock->count++;
	}
	return 0;
}

static int check_digest(const struct parser *parser, const struct buffer *chain)
{
	struct line line = line_at(parser->source, 0);
	char digest[65];

	checksum_chain(chain, digest);
	if (strcmp(digest, parser->lock->digest) == 0)
		return 0;
	fail(parser, &line, "lock-digest",
	     "the digest does not belong to the lines below: the file was edited or merged by "
	     "hand");
	diagnostic_help(parser->diag,
			"restore it as one branch has it (git checkout <branch> -- %s), "
			"then run: bobolink lock %s",
			parser->source->path, parser->lock->directory);
	return -1;
}

int lock_parse(const struct source *source, struct arena *arena, struct lock_file *lock,
	       struct diagnostics *diag)
{
	struct parser parser = { source, arena, lock, diag };
	struct buffer chain = BUFFER_INIT;
	int rc;

	*lock = (struct lock_file){
		.present = true,
		.path = source->path,
		.directory = directory_of(source->path, arena),
		.source = source,
	};
	rc = check_conflict(&parser);
	if (rc == 0)
		rc = read_header(&parser);
	if (rc == 0)
		rc = read_entries(&parser, &chain);
	if (rc == 0)
		rc = check_digest(&parser, &chain);
	buffer_release(&chain);
	return rc;
}

int lock_read(const char *directory, struct arena *arena, struct lock_file *lock,
	      struct diagnostics *diag)
{
	struct source *source = arena_alloc(arena, 1, sizeof(*source));
	enum file_result result;
	size_t length = 0;
	char *bytes = NULL;

	source->path = arena_format(arena, "%s/migrations.lock", file_directory(directory, arena));
	*lock = (struct lock_file){
		.present = false,
		.path = source->path,
		.directory = file_directory(directory, arena),
	};
	result = file_read(source->path, arena, &bytes, &length);
	if (result == FILE_MISSING)
		return 0;
	if (result == FILE_OK) {
		source_take(source, bytes, length, arena);
		return lock_parse(source, arena, lock, diag);
	}
	diagnostic_path(diag, SEVERITY_ERROR, "unreadable", source->path, "%s",
			result == FILE_UNREADABLE    ? file_reason(errno, arena)
			: result == FILE_NOT_REGULAR ? "the lock file is not a file"
						     : "the file changed while it was read");
	diagnostic_help(diag, "restore the file: git checkout -- %s", source->path);
	return -1;
}

static const char *find_superseded(const struct lock_file *lock, int64_t version)
{
	uint32_t low = 0;
	uint32_t high = lock->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (lock->entries[middle].version < version)
			low = middle + 1;
		else
			high = middle;
	}
	return low < lock->count && lock->entries[low].version == version
		       ? lock->entries[low].superseded
		       : NULL;
}

const char *lock_render(const struct lock_file *lock, const struct set *set, struct arena *arena)
{
	struct buffer out = BUFFER_INIT;
	const char *text;

	buffer_format(&out, "%s%s\n", LOCK_HEADER, set->chain);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct migration *migration = &set->migrations[i];
		const char *old = find_superseded(lock, migration->version);

		buffer_format(&out, "%s%s%s", migration->entry, LOCK_CHECKSUM, migration->checksum);
		for (const char *separator = " was "; old && *old; separator = ",") {
			buffer_format(&out, "%ssha256:%.*s", separator, (int)LOCK_HEX, old);
			old += LOCK_HEX;
			old += *old == ' ';
		}
		buffer_add_text(&out, "\n");
	}
	text = arena_copy(arena, out.text, out.length);
	buffer_release(&out);
	return text;
}
