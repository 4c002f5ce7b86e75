/*
 * Sets made by hand: see the header.
 */
#include "hand_set.h"

#include "hand_scripts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/backend.h>
#include <bobolink/bobolink.h>

#define CHECKSUM_SIZE 65

struct made {
	char checksum[CHECKSUM_SIZE];
};

struct hand_set {
	struct bobolink_set set;
	struct bobolink_migration *migrations;
	struct bobolink_chunk *chunks;
	char **texts; /* one for each chunk */
	size_t *text_lengths;
	struct bobolink_statement **statements;
	uint32_t *statement_counts;
	struct made *made;
	struct bobolink_call *calls;
	char digest[CHECKSUM_SIZE];
	char name[64];
	struct hand_scripts *scripts; /* NULL: it has none */
};

static void *grown(void *memory, size_t count, size_t size)
{
	void *result = realloc(memory, count * size);

	if (!result)
		abort();
	return result;
}

/* Not a cryptographic hash: 64 digits of four FNV sums. */
static void hash(const char *text, size_t length, char out[CHECKSUM_SIZE])
{
	for (unsigned part = 0; part < 4; part++) {
		uint64_t sum = 14695981039346656037u + part * 977;

		for (size_t i = 0; i < length; i++)
			sum = (sum ^ (unsigned char)text[i]) * 1099511628211u;
		snprintf(out + part * 16, 17, "%016" PRIx64, sum);
	}
}

struct hand_set *hand_set_new(const char *name)
{
	struct hand_set *set = calloc(1, sizeof(*set));

	if (!set)
		abort();
	snprintf(set->name, sizeof(set->name), "%s", name);
	return set;
}

void hand_set_free(struct hand_set *set)
{
	for (uint32_t i = 0; i < set->set.chunk_count; i++) {
		free(set->texts[i]);
		free(set->statements[i]);
	}
	hand_scripts_free(set->scripts);
	free(set->texts);
	free(set->text_lengths);
	free(set->statements);
	free(set->statement_counts);
	free(set->chunks);
	free(set->migrations);
	free(set->made);
	for (uint32_t i = 0; i < set->set.call_count; i++)
		free((char *)(uintptr_t)set->calls[i].name);
	free(set->calls);
	free(set);
}

void hand_set_flags(struct hand_set *set, uint32_t flags)
{
	set->set.flags = flags;
}

static void add_chunk(struct hand_set *set)
{
	uint32_t count = ++set->set.chunk_count;

	set->texts = grown(set->texts, count, sizeof(*set->texts));
	set->text_lengths = grown(set->text_lengths, count, sizeof(*set->text_lengths));
	set->statements = grown(set->statements, count, sizeof(*set->statements));
	set->statement_counts = grown(set->statement_counts, count, sizeof(*set->statement_counts));
	set->chunks = grown(set->chunks, count, sizeof(*set->chunks));
	set->texts[count - 1] = calloc(1, 1);
	set->text_lengths[count - 1] = 1;
	set->statements[count - 1] = NULL;
	set->statement_counts[count - 1] = 0;
}

static uint32_t add_text(struct hand_set *set, const char *text)
{
	uint32_t chunk = set->set.chunk_count - 1;
	size_t offset = set->text_lengths[chunk];
	size_t length = strlen(text) + 1;

	set->texts[chunk] = grown(set->texts[chunk], offset + length, 1);
	memcpy(set->texts[chunk] + offset, text, length);
	set->text_lengths[chunk] += length;
	return (uint32_t)offset;
}

/* Every statement stands on its own line of its file, from line 1 on. */
static void add_statement(struct hand_set *set, struct bobolink_section *section, const char *text)
{
	uint32_t chunk = set->set.chunk_count - 1;
	uint32_t count = ++set->statement_counts[chunk];
	struct bobolink_statement *statement;

	set->statements[chunk] =
		grown(set->statements[chunk], count, sizeof(*set->statements[chunk]));
	statement = &set->statements[chunk][count - 1];
	memset(statement, 0, sizeof(*statement));
	statement->text = add_text(set, text);
	statement->length = (uint32_t)strlen(text);
	statement->line = ++section->count;
	statement->column = 1;
}

void hand_set_add(struct hand_set *set, int64_t version, const char *name, uint32_t section_flags,
		  ...)
{
	uint32_t index = set->set.migration_count++;
	struct bobolink_migration *migration;
	char all[8192] = "";
	char file[128];
	const char *text;
	va_list statements;

	if (index % BOBOLINK_CHUNK_SIZE == 0)
		add_chunk(set);
	set->migrations = grown(set->migrations, index + 1, sizeof(*set->migrations));
	set->made = grown(set->made, index + 1, sizeof(*set->made));
	migration = &set->migrations[index];
	memset(migration, 0, sizeof(*migration));
	migration->version = version;
	migration->name = add_text(set, name);
	migration->up.first = set->statement_counts[set->set.chunk_count - 1];
	migration->up.flags = section_flags | BOBOLINK_SECTION_PRESENT;
	snprintf(file, sizeof(file), "migrations/%04" PRId64 "_%s.sql", version, name);
	migration->up.file = add_text(set, file);
	va_start(statements, section_flags);
	while ((text = va_arg(statements, const char *)) != NULL) {
		add_statement(set, &migration->up, text);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s;\n", text);
	}
	va_end(statements);
	hash(all, strlen(all), set->made[index].checksum);
	migration->checksum = add_text(set, set->made[index].checksum);
	migration->sql_checksum = add_text(set, set->made[index].checksum);
}

static struct bobolink_migration *last_migration(struct hand_set *set)
{
	return &set->migrations[set->set.migration_count - 1];
}

uint32_t hand_set_text(struct hand_set *set, const char *text)
{
	return add_text(set, text);
}

struct bobolink_section *hand_set_section(struct hand_set *set)
{
	return &last_migration(set)->up;
}

struct hand_scripts *hand_set_scripts(struct hand_set *set)
{
	if (!set->scripts)
		set->scripts = hand_scripts_new();
	return set->scripts;
}

/* The last migration has another text than before: both of its checksums change. */
static void change_checksum(struct hand_set *set, const char *text)
{
	struct made *made = &set->made[set->set.migration_count - 1];
	char all[8192];
	uint32_t offset;

	snprintf(all, sizeof(all), "%s%s", made->checksum, text);
	hash(all, strlen(all), made->checksum);
	offset = add_text(set, made->checksum);
	last_migration(set)->checksum = offset;
	last_migration(set)->sql_checksum = offset;
}

void hand_set_statement(struct hand_set *set, struct bobolink_section *section, const char *text)
{
	/* The statements of a section stand together. */
	if (section->count == 0)
		section->first = set->statement_counts[set->set.chunk_count - 1];
	add_statement(set, section, text);
	change_checksum(set, text);
}

void hand_set_down(struct hand_set *set, uint32_t section_flags, ...)
{
	struct bobolink_section *down = &last_migration(set)->down;
	char all[4096] = "";
	const char *text;
	va_list statements;

	down->first = set->statement_counts[set->set.chunk_count - 1];
	down->flags = section_flags | BOBOLINK_SECTION_PRESENT;
	down->file = last_migration(set)->up.file;
	va_start(statements, section_flags);
	while ((text = va_arg(statements, const char *)) != NULL) {
		add_statement(set, down, text);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s;\n", text);
	}
	va_end(statements);
	change_checksum(set, all);
}

void hand_set_down_statement(struct hand_set *set, uint32_t number, uint32_t flags,
			     const char *probe)
{
	uint32_t offset = probe ? add_text(set, probe) : 0;
	struct bobolink_statement *statement =
		&set->statements[set->set.chunk_count - 1]
				[last_migration(set)->down.first + number];

	statement->flags = flags;
	statement->probe = offset;
}

void hand_set_down_losses(struct hand_set *set, const char *losses)
{
	uint32_t offset = add_text(set, losses);

	last_migration(set)->down.losses = offset;
}

void hand_set_losses(struct hand_set *set, const char *losses)
{
	uint32_t offset = add_text(set, losses);

	last_migration(set)->up.losses = offset;
}

static void set_needs(struct hand_set *set, struct bobolink_section *section, uint32_t version,
		      const char *feature)
{
	section->minimum_version = version;
	section->feature = add_text(set, feature);
}

void hand_set_needs(struct hand_set *set, uint32_t version, const char *feature)
{
	set_needs(set, &last_migration(set)->up, version, feature);
}

void hand_set_down_needs(struct hand_set *set, uint32_t version, const char *feature)
{
	set_needs(set, &last_migration(set)->down, version, feature);
}

void hand_set_shadow(struct hand_set *set, uint32_t version)
{
	set->set.shadow_version = version;
}

void hand_set_down_timeouts(struct hand_set *set, uint32_t lock_ms, uint32_t statement_ms)
{
	last_migration(set)->down.lock_timeout_ms = lock_ms;
	last_migration(set)->down.statement_timeout_ms = statement_ms;
}

static uint32_t add_call(struct hand_set *set, const char *name,
			 int (*function)(struct bobolink_step *step))
{
	uint32_t number = ++set->set.call_count;

	set->calls = grown(set->calls, number, sizeof(*set->calls));
	set->calls[number - 1] = (struct bobolink_call){ strdup(name), function };
	if (!set->calls[number - 1].name)
		abort();
	change_checksum(set, name);
	return number;
}

void hand_set_call(struct hand_set *set, const char *name,
		   int (*function)(struct bobolink_step *step))
{
	uint32_t number = add_call(set, name, function);

	last_migration(set)->up.call = number;
}

void hand_set_down_call(struct hand_set *set, uint32_t section_flags, const char *name,
			int (*function)(struct bobolink_step *step))
{
	hand_set_down(set, section_flags, NULL);
	last_migration(set)->down.call = add_call(set, name, function);
}

void hand_set_irreversible(struct hand_set *set, const char *why)
{
	uint32_t offset = add_text(set, why);

	last_migration(set)->irreversible = offset;
	change_checksum(set, why);
}

void hand_set_only(struct hand_set *set, const char *environments)
{
	uint32_t offset = add_text(set, environments);

	last_migration(set)->only = offset;
}

void hand_set_except(struct hand_set *set, const char *environments)
{
	uint32_t offset = add_text(set, environments);

	last_migration(set)->except = offset;
}

void hand_set_requires(struct hand_set *set, const char *requirements)
{
	last_migration(set)->requirements = add_text(set, requirements);
	set->set.permit = bobolink_permit;
}

void hand_set_delta(struct hand_set *set, const char *delta)
{
	uint32_t offset = add_text(set, delta);

	last_migration(set)->delta = offset;
}

void hand_set_schema(struct hand_set *set, const char *schema)
{
	set->set.schema = schema;
}

void hand_set_statement_flags(struct hand_set *set, uint32_t number, uint32_t flags)
{
	const struct bobolink_migration *migration = &set->migrations[set->set.migration_count - 1];

	set->statements[set->set.chunk_count - 1][migration->up.first + number].flags = flags;
}

void hand_set_probe(struct hand_set *set, uint32_t number, const char *sql)
{
	const struct bobolink_migration *migration = &set->migrations[set->set.migration_count - 1];
	uint32_t offset = add_text(set, sql);

	set->statements[set->set.chunk_count - 1][migration->up.first + number].probe = offset;
}

void hand_set_timeouts(struct hand_set *set, uint32_t lock_ms, uint32_t statement_ms)
{
	struct bobolink_section *up = &set->migrations[set->set.migration_count - 1].up;

	up->lock_timeout_ms = lock_ms;
	up->statement_timeout_ms = statement_ms;
}

void hand_set_validate(struct hand_set *set,
		       int (*validate)(struct bobolink_session *session, int when,
				       struct bobolink_error *error))
{
	set->set.validate = validate;
}

void hand_set_more(struct hand_set *set, const char *statement)
{
	uint32_t index = set->set.migration_count - 1;
	struct made *made = &set->made[index];
	uint32_t offset;

	add_statement(set, &set->migrations[index].up, statement);
	hash(statement, strlen(statement), made->checksum);
	offset = add_text(set, made->checksum);
	set->migrations[index].checksum = offset;
	set->migrations[index].sql_checksum = offset;
}

void hand_set_superseded(struct hand_set *set, const char *checksum)
{
	uint32_t offset = add_text(set, checksum);

	set->migrations[set->set.migration_count - 1].superseded = offset;
}

void hand_set_cosmetic(struct hand_set *set)
{
	uint32_t index = set->set.migration_count - 1;
	struct made *made = &set->made[index];
	uint32_t offset;

	hash(made->checksum, strlen(made->checksum), made->checksum);
	offset = add_text(set, made->checksum);
	set->migrations[index].checksum = offset;
}

/* Of the engines that the test links; a reference that does not link them itself. */
extern const struct bobolink_archive *bobolink_archive_sqlite3(void) __attribute__((weak));
extern const struct bobolink_archive *bobolink_archive_postgres(void) __attribute__((weak));

const struct bobolink_set *hand_set(struct hand_set *set,
				    const struct bobolink_backend *(*backend)(void))
{
	struct bobolink_set *out = &set->set;

	for (uint32_t i = 0; i < out->chunk_count; i++) {
		set->chunks[i].text = set->texts[i];
		set->chunks[i].statements = set->statements[i];
	}
	hash((const char *)set->made, out->migration_count * sizeof(*set->made), set->digest);
	if (set->scripts) {
		char both[2 * CHECKSUM_SIZE];

		snprintf(both, sizeof(both), "%s%s", set->digest,
			 hand_scripts_digest(set->scripts));
		hash(both, strlen(both), set->digest);
	}
	out->scripts = hand_scripts(set->scripts, backend);
	out->data_version = BOBOLINK_DATA_VERSION;
	out->name = set->name;
	out->digest = set->digest;
	out->backend = backend;
	out->archive = backend && backend()->dialect == BOBOLINK_DIALECT_POSTGRES
			       ? bobolink_archive_postgres
			       : bobolink_archive_sqlite3;
	out->migrations = set->migrations;
	out->chunks = set->chunks;
	out->calls = set->calls;
	return out;
}

const char *hand_set_checksum(const struct hand_set *set, uint32_t index)
{
	return set->made[index].checksum;
}

struct hand_set *hand_set_counting(const char *name, uint32_t count)
{
	struct hand_set *set = hand_set_new(name);
	char create[80];
	char insert[80];

	for (uint32_t i = 1; i <= count; i++) {
		snprintf(create, sizeof(create), "CREATE TABLE t_%u (x INTEGER)", (unsigned)i);
		snprintf(insert, sizeof(insert), "INSERT INTO ran VALUES (%u)", (unsigned)i);
		if (i == 1)
			hand_set_add(set, i, "first", 0, "CREATE TABLE ran (i INTEGER)", create,
				     insert, NULL);
		else
			hand_set_add(set, i, "next", 0, create, insert, NULL);
	}
	return set;
}

struct hand_set *hand_set_reversible(const char *name, uint32_t count)
{
	struct hand_set *set = hand_set_new(name);
	char texts[5][80];

	for (uint32_t i = 1; i <= count; i++) {
		snprintf(texts[0], sizeof(texts[0]), "CREATE TABLE t_%u (x INTEGER)", (unsigned)i);
		snprintf(texts[1], sizeof(texts[1]), "INSERT INTO ran VALUES (%u)", (unsigned)i);
		snprintf(texts[2], sizeof(texts[2]), "DELETE FROM ran WHERE i = %u", (unsigned)i);
		snprintf(texts[3], sizeof(texts[3]), "DROP TABLE t_%u", (unsigned)i);
		snprintf(texts[4], sizeof(texts[4]), "table t_%u\tSELECT count(*) FROM t_%u\n",
			 (unsigned)i, (unsigned)i);
		if (i == 1)
			hand_set_add(set, i, "first", 0, "CREATE TABLE ran (i INTEGER)", texts[0],
				     texts[1], NULL);
		else
			hand_set_add(set, i, "next", 0, texts[0], texts[1], NULL);
		if (i == 1)
			hand_set_down(set, 0, texts[3], "DROP TABLE ran", NULL);
		else
			hand_set_down(set, 0, texts[2], texts[3], NULL);
		hand_set_down_losses(set, texts[4]);
	}
	return set;
}
