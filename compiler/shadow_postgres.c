/*
 * PostgreSQL's shadow: a database of its own on a private server, or on the server that BOBOLINK_SHADOW_URL names.
 *
 * On a private server, where the database postgres is taken, the migrations run as a role that is no superuser, so that
 * none writes files of the build machine.
 * On another server the database has a random name, and is dropped whatever happens: at the end of the run, after a signal, or,
 * when the run was killed, by one that starts at least an hour later.
 */
#include "shadow_postgres.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/postgres.h>

#include "server.h"
#include "shadow_place.h"
#include "statement.h"

#define SCRATCH_NAME "bobolink_shadow"
#define PRIVATE_NAME "postgres" /* is there, and as empty as one that were made */
#define PRIVATE_ROLE "bobolink"

extern char **environ; /* POSIX leaves the declaration to programs */

/* --- connections ----------------------------------------------------------------------------- */

static void drop_notice(void *context, const PGresult *notice)
{
	(void)context;
	(void)notice;
}

/* Words of the server or libpq as one line. */
static const char *words(struct shadow_run *run, const char *text)
{
	size_t length = strlen(text);
	char *copy;

	while (length && text[length - 1] == '\n')
		length--;
	copy = arena_copy(run->arena, text, length);
	for (char *at = copy; *at; at++)
		*at = *at == '\n' || *at == '\t' ? ' ' : *at;
	return copy;
}

PGconn *shadow_postgres_connect(struct shadow_run *run, const char *database, const char *role,
				const char **reason)
{
	const struct shadow_postgres *own = run->own;
	/* What the server shows must not depend on where it stands. */
	const char *keywords[] = {
		"dbname", "dbname", "client_encoding", "connect_timeout", "options", "user", NULL
	};
	const char *values[] = {
		own->url,
		database,
		"UTF8",
		"30",
		"-c TimeZone=UTC -c DateStyle=ISO,MDY -c IntervalStyle=postgres -c jit=off "
		"-c bytea_output=hex -c extra_float_digits=1 -c quote_all_identifiers=off "
		"-c standard_conforming_strings=on -c check_function_bodies=on",
		role,
		NULL
	};
	PGconn *db = PQconnectdbParams(keywords, values, 1);

	if (!db)
		arena_exhausted();
	PQsetNoticeReceiver(db, drop_notice, NULL);
	if (PQstatus(db) == CONNECTION_OK)
		return db;
	*reason = words(run, PQerrorMessage(db));
	PQfinish(db);
	return NULL;
}

int shadow_postgres_run(struct shadow_run *run, PGconn *db, const char *sql, const char **reason)
{
	PGresult *result = PQexec(db, sql);
	ExecStatusType status = PQresultStatus(result);
	int rc = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : -1;

	if (rc) {
		const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

		*reason = words(run, primary ? primary : PQerrorMessage(db));
	}
	PQclear(result);
	return rc;
}

const char *shadow_postgres_quote(struct shadow_run *run, const char *name)
{
	char *quoted = arena_alloc(run->arena, 2 * strlen(name) + 3, 1);
	size_t length = 0;

	quoted[length++] = '"';
	for (; *name; name++) {
		if (*name == '"')
			quoted[length++] = '"';
		quoted[length++] = *name;
	}
	quoted[length] = '"';
	return quoted;
}

/* --- the server ------------------------------------------------------------------------------ */

static enum shadow_opened fail(struct shadow_run *run, const char *message, const char *help)
{
	diagnostic_path(run->diag, SEVERITY_ERROR, "shadow-server", NULL, "%s", message);
	if (help)
		diagnostic_help(run->diag, "%s", help);
	return SHADOW_REFUSED;
}

/* Through the backend, which knows how not to repeat a password. */
static enum shadow_opened open_url(struct shadow_run *run)
{
	struct shadow_postgres *own = run->own;
	struct bobolink_error error;
	void *handle = NULL;

	if (run->backend->connect(own->url, false, &handle, &error))
		return fail(run,
			    arena_format(run->arena, "BOBOLINK_SHADOW_URL: %s",
					 words(run, error.message)),
			    "set it to a server on which databases can be made, or unset it");
	own->admin = handle;
	PQsetNoticeReceiver(own->admin, drop_notice, NULL);
	return SHADOW_OPENED;
}

static bool section_makes_database(const struct section *section)
{
	for (uint32_t i = 0; i < section->count; i++)
		if (statement_starts(section->source, section->tokens, &section->statements[i],
				     "CREATE DATABASE"))
			return true;
	return false;
}

/* From a template, which a lean server has not. */
static bool makes_database(const struct shadow_run *run)
{
	for (uint32_t i = 0; i < shadow_item_count(run->set); i++) {
		const struct migration *migration = shadow_item(run->set, i);

		if (section_makes_database(&migration->up) ||
		    section_makes_database(&migration->down))
			return true;
	}
	return false;
}

/* A private server is reached by its URL alone: what PGOPTIONS or PGHOSTADDR say is meant for another. */
static void forget_environment(void)
{
	char **entry = environ;

	while (*entry) {
		char name[64];
		size_t length = strcspn(*entry, "=");

		if (strncmp(*entry, "PG", 2) != 0 || length >= sizeof(name)) {
			entry++;
			continue;
		}
		memcpy(name, *entry, length);
		name[length] = '\0';
		/* What follows it moves here. */
		if (unsetenv(name))
			return;
	}
}

static enum shadow_opened open_server(struct shadow_run *run, struct shadow_reason *reason)
{
	struct shadow_postgres *own = run->own;
	struct server_error error;

	own->url = getenv("BOBOLINK_SHADOW_URL");
	if (own->url && *own->url)
		return open_url(run);
	if (server_start(NULL, makes_database(run) ? SERVER_ALL : SERVER_LEAN, run->arena,
			 &own->server, &error) != SERVER_STARTED) {
		*reason = (struct shadow_reason){ error.message, error.help };
		return SHADOW_NOWHERE;
	}
	forget_environment();
	own->url = server_url(own->server);
	own->role = PRIVATE_ROLE;
	return open_url(run);
}

/* --- scratch databases ----------------------------------------------------------------------- */

/* A number that no other run draws at the same time. */
static uint32_t draw(void)
{
	FILE *file = fopen("/dev/urandom", "rb");
	uint32_t number = 0;

	if (!file || fread(&number, sizeof(number), 1, file) != 1)
		number = (uint32_t)getpid() * 2654435761u;
	if (file)
		fclose(file);
	return number;
}

/* The server's clock, so that all who use it agree. */
static const char *make_name(struct shadow_run *run)
{
	struct shadow_postgres *own = run->own;
	PGresult *result;
	const char *name;

	if (own->server)
		return PRIVATE_NAME;
	result = PQexec(own->admin, "SELECT pg_catalog.to_hex(CAST(EXTRACT(epoch FROM "
				    "pg_catalog.now()) AS pg_catalog.int8))");
	name = arena_format(run->arena, SCRATCH_NAME "_%ld_%s_%08" PRIx32, (long)getpid(),
			    PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : "0", draw());
	PQclear(result);
	return name;
}

static void drop_database(struct shadow_run *run, const char *name)
{
	struct shadow_postgres *own = run->own;
	const char *ignored;

	shadow_postgres_run(run, own->admin,
			    arena_format(run->arena, "DROP DATABASE IF EXISTS %s",
					 shadow_postgres_quote(run, name)),
			    &ignored);
}

/*
 * Databases of runs that were killed: an hour old, and nobody is connected. What cannot be dropped, because it belongs
 * to another role, is left to that role's next run.
 */
static void drop_leftovers(struct shadow_run *run)
{
	struct shadow_postgres *own = run->own;
	PGresult *result = PQexec(
		own->admin,
		"SELECT d.datname FROM pg_catalog.pg_database AS d WHERE d.datname ~ "
		"'^bobolink_shadow_[0-9]+_[0-9a-f]{8}_[0-9a-f]{8}(_copy)?$' AND "
		"pg_catalog.split_part(d.datname, '_', 4) < pg_catalog.to_hex(CAST(EXTRACT(epoch "
		"FROM pg_catalog.now()) AS pg_catalog.int8) - 3600) AND NOT EXISTS (SELECT FROM "
		"pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid)");

	for (int i = 0; i < PQntuples(result); i++)
		drop_database(run, PQgetvalue(result, i, 0));
	PQclear(result);
}

/* Nobody else may be connected to the database when it is copied. */
static int take_database(struct shadow_run *run, const char **reason)
{
	struct shadow_postgres *own = run->own;

	if (shadow_postgres_run(run, own->admin,
				"CREATE ROLE " PRIVATE_ROLE " LOGIN CREATEDB CREATEROLE", reason) ||
	    shadow_postgres_run(run, own->admin,
				"ALTER DATABASE " PRIVATE_NAME " OWNER TO " PRIVATE_ROLE, reason))
		return -1;
	PQfinish(own->admin);
	own->admin = NULL;
	return 0;
}

static int make_database(struct shadow_run *run, const char **reason)
{
	struct shadow_postgres *own = run->own;

	if (own->server)
		return take_database(run, reason);
	return shadow_postgres_run(run, own->admin,
				   arena_format(run->arena,
						"CREATE DATABASE %s TEMPLATE template0 "
						"ENCODING 'UTF8'",
						shadow_postgres_quote(run, own->name)),
				   reason);
}

/* --- the engine ------------------------------------------------------------------------------ */

static void close_database(struct shadow_run *run)
{
	struct shadow_postgres *own = run->own;

	shadow_postgres_unwatch();
	PQfinish(run->handle);
	/* A private server goes with all that is on it. */
	if (own->admin && own->name && !own->server)
		drop_database(run, own->name);
	PQfinish(own->admin);
	server_stop(own->server);
	shadow_postgres_release();
}

static enum shadow_opened make_scratch(struct shadow_run *run)
{
	struct shadow_postgres *own = run->own;
	const char *message = NULL;

	if (make_database(run, &message) == 0) {
		if (shadow_postgres_furnish(run))
			return SHADOW_REFUSED;
		run->handle = shadow_postgres_connect(run, own->name, own->role, &message);
	}
	if (run->handle) {
		run->set->server = PQserverVersion(run->handle) / 10000;
		shadow_postgres_watch(run->handle);
		return SHADOW_OPENED;
	}
	return fail(run,
		    arena_format(run->arena, "no database can be made for the shadow run: %s",
				 message),
		    own->server ? NULL : "BOBOLINK_SHADOW_URL needs a role with CREATEDB");
}

static enum shadow_opened open_database(struct shadow_run *run, struct shadow_reason *reason)
{
	struct shadow_postgres *own = arena_alloc(run->arena, 1, sizeof(*own));
	enum shadow_opened opened;

	run->own = own;
	shadow_postgres_catch(run);
	opened = open_server(run, reason);
	if (opened == SHADOW_OPENED) {
		if (!own->server)
			drop_leftovers(run);
		own->name = make_name(run);
		own->copy_name = arena_format(run->arena, "%s_copy", own->name);
		opened = make_scratch(run);
	}
	if (opened != SHADOW_OPENED)
		close_database(run);
	return opened;
}

static int begin(struct shadow_run *run, struct bobolink_error *error)
{
	return run->backend->begin(run->connection, NULL, error);
}

static void rollback(struct shadow_run *run)
{
	run->backend->rollback(run->connection);
}

static const char *prepare(struct shadow_run *run, const char *sql)
{
	PGresult *result = PQprepare(run->handle, "", sql, 0, NULL);
	const char *message = NULL;

	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

		message = words(run, primary ? primary : PQerrorMessage(run->handle));
	}
	PQclear(result);
	return message;
}

const struct shadow_engine shadow_postgres = {
	.backend = bobolink_backend_postgres,
	.open = open_database,
	.close = close_database,
	.read = shadow_postgres_read,
	.begin = begin,
	.rollback = rollback,
	.prepare = prepare,
	.copy = shadow_postgres_copy,
	.prove = shadow_postgres_prove,
	.message_name = shadow_postgres_message_name,
	.help = shadow_postgres_help,
	.reaches_out = shadow_postgres_reaches_out,
	.undo = shadow_postgres_undo,
	.syntax_end = "syntax error at end of input",
};
