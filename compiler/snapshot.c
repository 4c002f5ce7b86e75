/*
 * Snapshot: reads migrations.snapshot and writes its text.
 *
 * Nothing in it is guessed: a block whose lines do not have the checksum in its header, a line that is none, and what a
 * merge left behind are refused. Any of that is mended by writing the file anew, since it holds nothing that the migrations
 * do not say.
 */
#include "snapshot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "source.h"
#include "support/buffer.h"
#include "support/file.h"
#include "support/text.h"

#define SNAPSHOT_NAME	   "bobolink-snapshot "
#define SNAPSHOT_FORMAT	   SNAPSHOT_NAME "1 "
#define SNAPSHOT_HEADER	   SNAPSHOT_FORMAT "postgres "
#define SNAPSHOT_START	   "start"
#define SNAPSHOT_MIGRATION "migration "
#define SNAPSHOT_DIGEST	   " sha256:"
#define SNAPSHOT_LINES	   " lines sha256:"
#define SNAPSHOT_HEX	   64u

struct line {
	const char *text;
	size_t length;
	uint32_t number; /* from 0 */
};

struct parser {
	const struct source *source;
	struct arena *arena;
	struct snapshot *snapshot;
	struct diagnostics *diag;
	const char *directory;
	size_t capacity;
	bool has_start;
};

static struct line line_at(const struct source *source, uint32_t number)
{
	size_t begin = source->lines[number];
	size_t end =
		number + 1 < source->line_count ? source->lines[number + 1] - 1 : source->length;

	return (struct line){ source->text + begin, end - begin, number };
}

static bool has_at(const struct line *line, size_t at, const char *text)
{
	size_t n = strlen(text);

	return at <= line->length && line->length - at >= n &&
	       memcmp(line->text + at, text, n) == 0;
}

/* What stands before the last slash. */
static const char *directory_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_copy(arena, path, (size_t)(slash - path)) : ".";
}

static int fail(const struct parser *parser, size_t offset, const char *rule, const char *message)
{
	diagnostic_at(parser->diag, SEVERITY_ERROR, rule, parser->source, (uint32_t)offset, 0, "%s",
		      message);
	diagnostic_help(parser->diag, "write the file anew: bobolink snapshot %s",
			parser->directory);
	return -1;
}

static int fail_line(const struct parser *parser, const struct line *line, const char *rule,
		     const char *message)
{
	return fail(parser, parser->source->lines[line->number], rule, message);
}

/* --- what is wrong with a file as a whole ---------------------------------------------------- */

static int check_bytes(const struct parser *parser)
{
	const struct source *source = parser->source;
	size_t valid = text_utf8_valid(source->text, source->length);
	const char *nul = memchr(source->text, '\0', source->length);

	if (nul)
		return fail(parser, (size_t)(nul - source->text), "snapshot-format",
			    "a snapshot holds no NUL byte");
	if (valid < source->length)
		return fail(parser, valid, "snapshot-format",
			    "a snapshot is UTF-8, and this is not");
	return 0;
}

static bool is_conflict_marker(const struct line *line)
{
	return has_at(line, 0, "<<<<<<<") || has_at(line, 0, "=======") ||
	       has_at(line, 0, ">>>>>>>") || has_at(line, 0, "|||||||");
}

static int check_conflict(const struct parser *parser)
{
	for (uint32_t i = 0; i < parser->source->line_count; i++) {
		struct line line = line_at(parser->source, i);

		if (is_conflict_marker(&line))
			return fail_line(parser, &line, "snapshot-conflict",
					 "two branches changed the migrations, and a merge left "
					 "both snapshots");
	}
	return 0;
}

static int check_end(const struct parser *parser)
{
	const struct source *source = parser->source;
	struct line last = line_at(source, source->line_count - 1);

	if (last.length == 0)
		return 0;
	return fail_line(parser, &last, "snapshot-format",
			 "the snapshot ends in the middle of this line: it was cut off");
}

static int fail_newer(const struct parser *parser, const struct line *line)
{
	diagnostic_at(parser->diag, SEVERITY_ERROR, "snapshot-format", parser->source,
		      parser->source->lines[line->number], 0,
		      "a newer bobolink wrote this snapshot");
	diagnostic_help(parser->diag, "use that version, or a later one");
	return -1;
}

static int read_header(const struct parser *parser)
{
	struct line line = line_at(parser->source, 0);
	size_t at = strlen(SNAPSHOT_HEADER);

	if (has_at(&line, 0, SNAPSHOT_NAME) && !has_at(&line, 0, SNAPSHOT_FORMAT))
		return fail_newer(parser, &line);
	if (has_at(&line, 0, SNAPSHOT_FORMAT) && !has_at(&line, 0, SNAPSHOT_HEADER))
		return fail_line(parser, &line, "snapshot-format",
				 "this is no snapshot of a PostgreSQL database");
	if (!has_at(&line, 0, SNAPSHOT_HEADER) || line.length == at ||
	    strspn(line.text + at, "0123456789") != line.length - at)
		return fail_line(parser, &line, "snapshot-format",
				 "the first line is not that of a snapshot");
	parser->snapshot->server = (int)strtol(line.text + at, NULL, 10);
	return 0;
}

/* --- blocks ---------------------------------------------------------------------------------- */

/* Where `mark` and 64 hex digits begin that end at `end`, or SIZE_MAX. */
static size_t hex_before(const struct line *line, size_t end, const char *mark)
{
	size_t width = strlen(mark) + SNAPSHOT_HEX;

	if (end < width || !has_at(line, end - width, mark) ||
	    strspn(line->text + end - SNAPSHOT_HEX, "0123456789abcdef") < SNAPSHOT_HEX)
		return SIZE_MAX;
	return end - width;
}

/* `migration <version> <name> sha256:<digest>` up to `end`. Returns false when it is something else. */
static bool read_title(const struct line *line, size_t end, struct arena *arena,
		       struct snapshot_block *block)
{
	size_t digest = hex_before(line, end, SNAPSHOT_DIGEST);
	size_t at = strlen(SNAPSHOT_MIGRATION);
	size_t first = at;

	if (digest == SIZE_MAX || !has_at(line, 0, SNAPSHOT_MIGRATION))
		return false;
	block->version = 0;
	for (; at < digest && line->text[at] >= '0' && line->text[at] <= '9'; at++) {
		int digit = line->text[at] - '0';

		if (block->version > (INT64_MAX - digit) / 10)
			return false;
		block->version = block->version * 10 + digit;
	}
	if (at == first || at + 1 >= digest || line->text[at] != ' ')
		return false;
	block->name = arena_copy(arena, line->text + at + 1, digest - at - 1);
	memcpy(block->digest, line->text + end - SNAPSHOT_HEX, SNAPSHOT_HEX);
	return true;
}

static bool is_change(const struct line *line)
{
	return has_at(line, 0, "+ ") || has_at(line, 0, "- ") || has_at(line, 0, "~ ");
}

/*
 * The lines below a header, up to the next one or the end. `*number` is that of the line after the header, and becomes that of
 * the first line behind the block. NULL after an error.
 */
static const char *read_lines(const struct parser *parser, const struct line *header,
			      uint32_t *number)
{
	const struct source *source = parser->source;
	size_t begin = source->lines[*number];
	struct line line = line_at(source, *number);
	struct text_piece piece;
	char hex[65];

	while (is_change(&line))
		line = line_at(source, ++*number);
	piece = (struct text_piece){ source->text + begin, source->lines[*number] - begin };
	text_sha256(&piece, 1, hex);
	if (memcmp(hex, header->text + header->length - SNAPSHOT_HEX, SNAPSHOT_HEX) == 0)
		return arena_copy(parser->arena, piece.bytes, piece.length);
	fail_line(
		parser, header, "snapshot-edited",
		"the lines below do not have the checksum in this line: they were edited by hand, "
		"or lost");
	return NULL;
}

static int add_block(struct parser *parser, const struct line *header, size_t end, uint32_t *number)
{
	struct snapshot *snapshot = parser->snapshot;
	struct snapshot_block block = { .offset = parser->source->lines[header->number] };

	if (!read_title(header, end, parser->arena, &block))
		return fail_line(parser, header, "snapshot-format",
				 "this line is not that of a migration: migration VERSION NAME "
				 "sha256:DIGEST lines sha256:CHECKSUM");
	if (snapshot->count && block.version <= snapshot->blocks[snapshot->count - 1].version)
		return fail_line(parser, header, "snapshot-format",
				 "the versions in a snapshot ascend, each stands once");
	block.lines = read_lines(parser, header, number);
	if (!block.lines)
		return -1;
	snapshot->blocks = arena_grow(parser->arena, snapshot->blocks, snapshot->count,
				      &parser->capacity, sizeof(*snapshot->blocks));
	snapshot->blocks[snapshot->count++] = block;
	return 0;
}

/* A block, from its header on. */
static int read_block(struct parser *parser, uint32_t *number)
{
	struct snapshot *snapshot = parser->snapshot;
	struct line header = line_at(parser->source, (*number)++);
	size_t end = hex_before(&header, header.length, SNAPSHOT_LINES);

	if (end == SIZE_MAX)
		return fail_line(parser, &header, "snapshot-format",
				 "this line is neither that of a migration nor a change");
	if (end != strlen(SNAPSHOT_START) || !has_at(&header, 0, SNAPSHOT_START))
		return add_block(parser, &header, end, number);
	if (snapshot->count || parser->has_start)
		return fail_line(parser, &header, "snapshot-format",
				 "what stood there before comes first, and once");
	parser->has_start = true;
	snapshot->start = read_lines(parser, &header, number);
	return snapshot->start ? 0 : -1;
}

/* The last line is empty: check_end has seen to that. */
static int read_blocks(struct parser *parser)
{
	uint32_t number = 1;
	int rc = 0;

	while (rc == 0 && number < parser->source->line_count) {
		if (line_at(parser->source, number).length == 0)
			number++;
		else
			rc = read_block(parser, &number);
	}
	return rc;
}

int snapshot_parse(const struct source *source, struct arena *arena, struct snapshot *snapshot,
		   struct diagnostics *diag)
{
	struct parser parser = { source, arena, snapshot, diag, directory_of(source->path, arena),
				 0,	 false };

	*snapshot = (struct snapshot){ .source = source, .start = "" };
	if (check_bytes(&parser) || check_conflict(&parser) || check_end(&parser) ||
	    read_header(&parser))
		return -1;
	return read_blocks(&parser);
}

/* --- files ----------------------------------------------------------------------------------- */

const char *snapshot_path(const char *directory, struct arena *arena)
{
	return arena_format(arena, "%s/migrations.snapshot", file_directory(directory, arena));
}

static void fail_read(enum file_result result, const struct source *source, struct arena *arena,
		      struct diagnostics *diag)
{
	diagnostic_path(diag, SEVERITY_ERROR, "unreadable", source->path, "%s",
			result == FILE_UNREADABLE    ? file_reason(errno, arena)
			: result == FILE_NOT_REGULAR ? "the snapshot is not a file"
			: result == FILE_TOO_LARGE   ? "the snapshot is larger than 1 GiB"
						     : "the file changed while it was read");
	diagnostic_help(diag, "restore the file: git checkout -- %s", source->path);
}

int snapshot_read(const struct compile_options *options, struct arena *arena, struct set *set,
		  struct diagnostics *diag)
{
	struct snapshot *snapshot = arena_alloc(arena, 1, sizeof(*snapshot));
	struct source *source = arena_alloc(arena, 1, sizeof(*source));
	enum file_result result;
	size_t length = 0;
	char *bytes = NULL;

	if (options->database != DATABASE_POSTGRES || options->shadow == SHADOW_OFF ||
	    options->snapshot)
		return 0;
	source->path = snapshot_path(options->directory, arena);
	result = file_read(source->path, arena, &bytes, &length);
	if (result == FILE_MISSING)
		return 0;
	if (result != FILE_OK) {
		fail_read(result, source, arena, diag);
		return -1;
	}
	source_take(source, bytes, length, arena);
	if (snapshot_parse(source, arena, snapshot, diag))
		return -1;
	snapshot_check(snapshot, set, arena);
	set->snapshot = snapshot;
	set->server = snapshot->server;
	return 0;
}

static void add_lines(struct buffer *out, const char *lines)
{
	const struct text_piece piece = { lines, strlen(lines) };
	char hex[65];

	text_sha256(&piece, 1, hex);
	buffer_format(out, "%s%s\n", SNAPSHOT_LINES, hex);
	buffer_add(out, piece.bytes, piece.length);
}

const char *snapshot_render(const struct set *set, struct arena *arena)
{
	char(*digests)[65] = checksum_chains(set, arena);
	struct buffer out = BUFFER_INIT;
	const char *text;

	buffer_format(&out, "%s%d\n", SNAPSHOT_HEADER, set->server);
	if (set->start && set->start[0]) {
		buffer_format(&out, "\n%s", SNAPSHOT_START);
		add_lines(&out, set->start);
	}
	for (uint32_t i = 0; i < set->count; i++) {
		const struct migration *migration = &set->migrations[i];

		buffer_format(&out, "\n%s%" PRId64 " %s%s%s", SNAPSHOT_MIGRATION,
			      migration->version, migration->name, SNAPSHOT_DIGEST, digests[i]);
		add_lines(&out, migration->block ? migration->block : "");
	}
	text = arena_copy(arena, out.text, out.length);
	buffer_release(&out);
	return text;
}
