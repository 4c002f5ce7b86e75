/*
 * Restore: into a new database beside the live one, which then changes places with it.
 *
 * Names are swapped in one transaction, and the former database stays. What a killed run left is a database
 * called NAME_bobolink_restore, which the next run removes first. Owners and grants come back as they were, or not at
 * all: a database that nobody may read is no restored one.
 */
#include <bobolink/postgres.h>

#include "../connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NEW_SUFFIX "_bobolink_restore"
/* PostgreSQL's names have no more bytes than this. */
#define LONGEST_NAME 63
#define TRIES	     15
#define PAUSE_NS     100000000L
#define IN_USE	     "55006"
#define NAME_TAKEN   "42P04"
#define NO_RIGHT     "42501"

struct restore {
	const char *url;
	const char *path;
	const struct bobolink_context *context;
	PGconn *pg;		       /* to a database that is not the live one */
	char live[LONGEST_NAME + 1];   /* all four as they are, not quoted */
	char fresh[LONGEST_NAME + 1];  /* restored into this one */
	char former[LONGEST_NAME + 1]; /* what becomes of the live one */
	bool exists;		       /* the live database does */
	bool made;		       /* the new one does */
	int64_t tables;		       /* in the file */
};

/* $1 is the live database, $2 the new one, $3 the former: all of which a query may use, from the first. */
static int ask(struct restore *restore, const char *sql, int count, PGresult **result,
	       struct bobolink_error *error)
{
	const char *values[] = { restore->live, restore->fresh, restore->former };
	struct bobolink_connection connection = { .pg = restore->pg, .context = restore->context };
	int rc = BOBOLINK_OK;

	snprintf(connection.process, sizeof(connection.process), "%d", PQbackendPID(restore->pg));
	*result = bl_postgres_ask(&connection, sql, values, count, restore->context->timeout_ms,
				  error);
	if (!*result)
		return error->code;
	if (PQresultStatus(*result) != PGRES_TUPLES_OK &&
	    PQresultStatus(*result) != PGRES_COMMAND_OK)
		rc = bl_postgres_result(*result, error);
	if (rc) {
		PQclear(*result);
		*result = NULL;
	}
	return rc;
}

static int tell(struct restore *restore, const char *sql, struct bobolink_error *error)
{
	PGresult *result;
	int rc = ask(restore, sql, 0, &result, error);

	PQclear(result);
	return rc;
}

/* Runs the statements that a query makes, in its order. */
static int tell_all(struct restore *restore, const char *sql, int count,
		    struct bobolink_error *error)
{
	PGresult *made;
	int rc = ask(restore, sql, count, &made, error);

	for (int i = 0; rc == BOBOLINK_OK && i < PQntuples(made); i++)
		rc = tell(restore, PQgetvalue(made, i, 0), error);
	PQclear(made);
	return rc;
}

/*
 * What the server would say to `CREATE DATABASE`, like the live one, or as the server's defaults are. The tablespace that
 * it would take anyway is not named: naming it asks for a right on it that few roles have. Where not everybody may
 * connect to the live one, nobody else may to this one: its grants follow with the swap.
 */
static const char create_sql[] =
	"SELECT format('CREATE DATABASE %I TEMPLATE template0', $2::text) || coalesce(("
	"SELECT format(' OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L', "
	"pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype) "
	"|| CASE WHEN dattablespace <> (SELECT dattablespace FROM pg_database WHERE datname = "
	"'template0') THEN format(' TABLESPACE %I', spcname) ELSE '' END "
	"|| CASE j->>'datlocprovider' WHEN 'c' THEN ' LOCALE_PROVIDER libc' "
	"WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', "
	"coalesce(j->>'datlocale', j->>'daticulocale')) "
	"WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', j->>'datlocale') "
	"ELSE '' END FROM (SELECT *, to_jsonb(d) AS j FROM pg_database d) d "
	"JOIN pg_tablespace t ON t.oid = dattablespace WHERE datname = $1::text), '') UNION ALL "
	"SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2::text) FROM pg_database "
	"WHERE datname = $1::text AND datacl IS NOT NULL";

/*
 * The swap, and what belongs to the database and not to what is in it: all of it in one transaction. FROM CURRENT
 * stores a setting as it was stored, whatever it holds; those come last, for they act on this session, too.
 */
static const char swap_sql[] =
	"WITH d AS (SELECT *, quote_ident(datname) AS q, 'ALTER DATABASE ' || quote_ident(datname) "
	"AS a, shobj_description(oid, 'pg_database') AS said FROM pg_database "
	"WHERE datname = $1::text) "
	"SELECT format('%s RENAME TO %I', a, $3::text) FROM d UNION ALL "
	"SELECT format('ALTER DATABASE %I RENAME TO %I', $2::text, $1::text) UNION ALL "
	"SELECT unnest(ARRAY[format('REVOKE ALL ON DATABASE %s FROM PUBLIC', q), "
	"format('REVOKE ALL ON DATABASE %s FROM %I', q, pg_get_userbyid(datdba))]) "
	"FROM d WHERE datacl IS NOT NULL UNION ALL "
	"SELECT format('GRANT %s ON DATABASE %s TO %s', privilege_type, q, CASE grantee WHEN 0 "
	"THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END || CASE WHEN is_grantable "
	"THEN ' WITH GRANT OPTION' ELSE '' END) FROM d, aclexplode(datacl) UNION ALL "
	"SELECT format('%s CONNECTION LIMIT %s', a, datconnlimit) FROM d WHERE datconnlimit <> -1 "
	"UNION ALL SELECT format('COMMENT ON DATABASE %s IS %L', q, said) FROM d "
	"WHERE said IS NOT NULL UNION ALL "
	"SELECT unnest(ARRAY[format('SELECT pg_catalog.set_config(%L, %L, true)', n, "
	"substr(c, strpos(c, '=') + 1)), CASE setrole WHEN 0 THEN a ELSE "
	"format('ALTER ROLE %I IN DATABASE %s', pg_get_userbyid(setrole), q) END "
	"|| format(' SET %I FROM CURRENT', n)]) FROM d JOIN pg_db_role_setting "
	"ON setdatabase = oid, unnest(setconfig) c, split_part(c, '=', 1) n";

/*
 * Of another role's session everybody sees the user and not of what type it is. The server's own workers have no user:
 * they give way by themselves, and only a superuser may end them.
 */
static const char others_sql[] =
	"SELECT string_agg(format('%s (pid %s)', coalesce(nullif(application_name, ''), "
	"CAST(usename AS text)), pid), ', ') FROM pg_stat_activity "
	"WHERE datname = $1::text AND usesysid IS NOT NULL";

static const char end_sql[] = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
			      "WHERE datname IN ($1::text, $2::text) AND usesysid IS NOT NULL";

static const char drop_sql[] =
	"SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname = "
	"$2::text AND $1::text IS NOT NULL";

#define END_THEM "end these programs, or end their sessions with --migrate-force"

/* Those of users, as pg_restore lists them. */
static const char count_sql[] =
	"SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
	"WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND nspname !~ '^pg_' "
	"AND nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend "
	"WHERE deptype = 'e' AND objid = c.oid AND classid = c.tableoid)";

/* `name` with `suffix`, cut at a character; a cut name gets a number, so that two of them differ. */
static void make_name(char made[LONGEST_NAME + 1], const char *name, const char *suffix)
{
	size_t room = LONGEST_NAME - strlen(suffix);
	size_t length = strlen(name);

	if (length <= room) {
		snprintf(made, LONGEST_NAME + 1, "%s%s", name, suffix);
		return;
	}
	length = room - 9;
	while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
		length--;
	snprintf(made, LONGEST_NAME + 1, "%.*s_%08x%s", (int)length, name,
		 (unsigned)(bl_postgres_key("", name) & 0xFFFFFFFFu), suffix);
}

/* The database that the URL means, by libpq's rules: it knows before it is connected. */
static void read_live(struct restore *restore)
{
	PGconn *unused = PQconnectStart(restore->url);
	const char *name = PQdb(unused);

	snprintf(restore->live, sizeof(restore->live), "%s", name ? name : "");
	PQfinish(unused);
}

static void make_names(struct restore *restore)
{
	time_t now = time(NULL);
	char suffix[40] = "";
	struct tm parts;

	if (gmtime_r(&now, &parts))
		(void)strftime(suffix, sizeof(suffix), "_before_restore_%Y%m%dT%H%M%SZ", &parts);
	make_name(restore->fresh, restore->live, NEW_SUFFIX);
	make_name(restore->former, restore->live, suffix);
}

/* To a database of which every server has one, and which nobody restores. */
static int connect(struct restore *restore, struct bobolink_error *error)
{
	static const char *const names[] = { "postgres", "template1" };
	void *handle = NULL;
	int rc = BOBOLINK_UNREACHABLE;

	for (size_t i = 0; rc == BOBOLINK_UNREACHABLE && i < sizeof(names) / sizeof(names[0]);
	     i++) {
		rc = bl_postgres_connect_to(restore->url, names[i], &handle, error);
		if (rc)
			continue;
		restore->pg = handle;
		read_live(restore);
		if (strcmp(restore->live, names[i]) != 0)
			break;
		PQfinish(restore->pg);
		restore->pg = NULL;
		rc = BOBOLINK_UNREACHABLE;
	}
	make_names(restore);
	return rc;
}

/* The first value of the first row; `none` when there is none. */
static const char *first(const PGresult *result, const char *none)
{
	return PQntuples(result) && !PQgetisnull(result, 0, 0) ? PQgetvalue(result, 0, 0) : none;
}

/* What databases and roles may have said about sessions does not hold for this one. */
static const char settings_sql[] =
	"SELECT pg_catalog.set_config('search_path', '', false), "
	"pg_catalog.set_config('statement_timeout', '0', false), "
	"pg_catalog.set_config('default_transaction_read_only', 'off', false)";

static void pause_a_little(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	nanosleep(&pause, NULL);
}

static int try_lock(struct restore *restore, const char *sql, struct bobolink_error *error)
{
	PGresult *result;
	int rc = ask(restore, sql, 1, &result, error);

	if (rc)
		return rc;
	restore->exists = *PQgetvalue(result, 0, 2) == 't';
	if (*PQgetvalue(result, 0, 0) == 't')
		rc = bl_postgres_fail(error, BOBOLINK_USAGE,
				      "a pooler stands before the server: restore through a "
				      "connection to the server itself");
	else if (*PQgetvalue(result, 0, 1) != 't')
		rc = bl_postgres_fail(error, BOBOLINK_LOCKED,
				      "another program restores %s now: wait for it",
				      restore->live);
	PQclear(result);
	return rc;
}

/* One restore at a time, on a connection that is ours alone. That of a program just killed may linger. */
static int take_lock(struct restore *restore, struct bobolink_error *error)
{
	uint64_t begun = bl_postgres_clock_ms();
	char sql[200];
	int rc = tell(restore, settings_sql, error);

	snprintf(sql, sizeof(sql),
		 "SELECT pg_backend_pid() <> %d, pg_try_advisory_lock(%lld), EXISTS (SELECT FROM "
		 "pg_database WHERE datname = $1::text)",
		 PQbackendPID(restore->pg),
		 (long long)bl_postgres_key("bobolink restore:", restore->live));
	while (rc == BOBOLINK_OK) {
		rc = try_lock(restore, sql, error);
		if (rc != BOBOLINK_LOCKED)
			break;
		if (bl_postgres_clock_ms() - begun < restore->context->timeout_ms)
			rc = BOBOLINK_OK;
		pause_a_little();
	}
	return rc;
}

/* BOBOLINK_LOCKED with the names of those that are connected, and `advice`; a connection that was just closed lingers. */
static int find_others(struct restore *restore, const char *advice, struct bobolink_error *error)
{
	PGresult *result = NULL;
	int rc = BOBOLINK_OK;

	for (int i = 0; rc == BOBOLINK_OK && i < TRIES; i++) {
		if (i)
			pause_a_little();
		PQclear(result);
		rc = ask(restore, others_sql, 1, &result, error);
		if (rc == BOBOLINK_OK && !*first(result, ""))
			break;
	}
	if (rc == BOBOLINK_OK && *first(result, ""))
		rc = bl_postgres_fail(error, BOBOLINK_LOCKED, "%s is in use by %.300s: %s",
				      restore->live, first(result, ""), advice);
	PQclear(result);
	return rc;
}

static int end_sessions(struct restore *restore, struct bobolink_error *error)
{
	struct bobolink_error told;
	PGresult *result;
	int rc = ask(restore, end_sql, 2, &result, error);

	PQclear(result);
	if (rc && strcmp(error->sqlstate, NO_RIGHT) == 0 &&
	    find_others(restore,
			"this role may not end all of these sessions, so end these programs",
			&told)) {
		*error = told;
		rc = told.code;
	}
	return rc;
}

/* What a killed run left: its pg_restore may not have ended yet. */
static int drop_fresh(struct restore *restore, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (int i = 0; i < TRIES; i++) {
		rc = tell_all(restore, drop_sql, 2, error);
		if (rc == BOBOLINK_OK || strcmp(error->sqlstate, IN_USE) != 0)
			break;
		pause_a_little();
	}
	restore->made = rc != BOBOLINK_OK && restore->made;
	return rc;
}

static int fill(struct restore *restore, struct bobolink_error *error)
{
	/* A conninfo text: the name alone could be taken for one. */
	char name[sizeof("--dbname=dbname=''") + 2 * LONGEST_NAME] = "--dbname=dbname='";
	const char *const arguments[] = {
		"pg_restore", "--exit-on-error", "--no-password", name, "--", restore->path, NULL
	};
	size_t length = strlen(name);

	for (const char *c = restore->fresh; *c; c++) {
		if (*c == '\'' || *c == '\\')
			name[length++] = '\\';
		name[length++] = *c;
	}
	name[length] = '\'';
	return bl_postgres_program(arguments, restore->pg, restore->context, NULL, NULL, error);
}

/* As many tables as the file has. */
static int check(struct restore *restore, struct bobolink_error *error)
{
	struct restore there = *restore;
	PGresult *result = NULL;
	void *handle = NULL;
	int rc = bl_postgres_connect_to(restore->url, restore->fresh, &handle, error);

	if (rc)
		return rc;
	there.pg = handle;
	rc = tell(&there, settings_sql, error);
	if (rc == BOBOLINK_OK)
		rc = ask(&there, count_sql, 0, &result, error);
	if (rc == BOBOLINK_OK && strtoll(first(result, "-1"), NULL, 10) != restore->tables)
		rc = bl_postgres_fail(error, BOBOLINK_BACKUP_FAILED,
				      "%s has %lld tables, the database restored from it %s: look "
				      "at the server's log",
				      restore->path, (long long)restore->tables,
				      first(result, "?"));
	PQclear(result);
	PQfinish(there.pg);
	return rc;
}

static int swap_once(struct restore *restore, struct bobolink_error *error)
{
	struct bobolink_error ignored;
	int rc = tell(restore, "BEGIN", error);

	if (rc == BOBOLINK_OK)
		rc = tell_all(restore, swap_sql, 3, error);
	if (rc) {
		(void)tell(restore, "ROLLBACK", &ignored);
		return rc;
	}
	rc = tell(restore, "COMMIT", error);
	if (rc == BOBOLINK_UNREACHABLE)
		rc = bl_postgres_fail(error, BOBOLINK_UNKNOWN,
				      "the connection was lost while the names were swapped: if "
				      "there is a database %s, it was done",
				      restore->former);
	return rc;
}

static int swap(struct restore *restore, uint32_t flags, struct bobolink_error *error)
{
	struct bobolink_error told;
	int rc = BOBOLINK_OK;

	for (int i = 0; i < TRIES; i++) {
		rc = flags & BOBOLINK_FORCE ? end_sessions(restore, error) : BOBOLINK_OK;
		if (rc == BOBOLINK_OK)
			rc = swap_once(restore, error);
		if (rc == BOBOLINK_OK || (strcmp(error->sqlstate, IN_USE) != 0 &&
					  strcmp(error->sqlstate, NAME_TAKEN) != 0))
			break;
		if (!(flags & BOBOLINK_FORCE) && find_others(restore, END_THEM, &told)) {
			*error = told;
			return told.code;
		}
		/* The next second has another name. */
		pause_a_little();
		make_names(restore);
	}
	return rc;
}

/* The role may not: whoever may gets what to do, literally. */
static int by_hand(struct restore *restore, struct bobolink_error *error)
{
	struct bobolink_error ignored;
	PGresult *create = NULL;
	PGresult *swap = NULL;

	if (ask(restore, create_sql, 2, &create, &ignored) ||
	    ask(restore, swap_sql, 3, &swap, &ignored)) {
		PQclear(create);
		return error->code;
	}
	ignored = *error;
	bl_postgres_fail(error, BOBOLINK_BACKUP_FAILED,
			 "this role may not (%.120s). Who may runs: %.330s; pg_restore "
			 "--exit-on-error --dbname='%s' '%.200s'; %.160s; %.160s",
			 ignored.message, first(create, ""), restore->fresh, restore->path,
			 first(swap, ""), restore->exists ? PQgetvalue(swap, 1, 0) : "");
	PQclear(create);
	PQclear(swap);
	return error->code;
}

static int make_and_swap(struct restore *restore, uint32_t flags, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	if (!(flags & BOBOLINK_FORCE))
		rc = find_others(restore, END_THEM, error);
	if (rc == BOBOLINK_OK)
		rc = drop_fresh(restore, error);
	if (rc == BOBOLINK_OK) {
		rc = tell_all(restore, create_sql, 2, error);
		restore->made = rc == BOBOLINK_OK;
	}
	if (rc == BOBOLINK_OK)
		rc = fill(restore, error);
	if (rc == BOBOLINK_OK)
		rc = check(restore, error);
	if (rc == BOBOLINK_OK)
		rc = swap(restore, flags, error);
	return rc;
}

static int restore_url(const char *url, const char *path, const struct bobolink_former *former,
		       uint32_t flags, const struct bobolink_context *context,
		       struct bobolink_error *error)
{
	struct restore restore = { .url = url, .path = path, .context = context };
	struct bobolink_error ignored;
	int rc = connect(&restore, error);

	(void)former; /* it stays on the server */
	if (rc == BOBOLINK_OK)
		rc = take_lock(&restore, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_look_into(path, restore.pg, context, &restore.tables, error);
	if (rc == BOBOLINK_OK)
		rc = make_and_swap(&restore, flags, error);
	if (rc && strcmp(error->sqlstate, NO_RIGHT) == 0)
		rc = by_hand(&restore, error);
	if (rc && rc != BOBOLINK_UNKNOWN && restore.made)
		(void)drop_fresh(&restore, &ignored);
	if (rc == BOBOLINK_OK)
		bl_postgres_fail(error, BOBOLINK_OK,
				 restore.exists ? "what was there is database %s"
						: "there was no database %s",
				 restore.exists ? restore.former : restore.live);
	PQfinish(restore.pg);
	return rc;
}

const struct bobolink_archive *bobolink_archive_postgres(void)
{
	static const struct bobolink_archive archive = {
		.extension = "dump",
		.before_run = bobolink_backup_before_run,
		.backup = bl_postgres_backup,
		.restore = restore_url,
		.origin = bl_postgres_origin,
	};

	return &archive;
}
