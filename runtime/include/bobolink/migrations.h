/*
 * The data contract between generated code and the runtime.
 *
 * `bobolink compile` turns a directory of SQL files into one C source that holds nothing but the
 * constants described here, and one exported object: `const struct bobolink_set NAME_migrations`.
 * The runtime reads these tables where they lie: nothing is parsed, copied or relocated at start.
 *
 * Texts are grouped in chunks of BOBOLINK_CHUNK_SIZE consecutive migrations. A chunk is a struct
 * whose members are char arrays, and every text is named by the offset of its member: an offset
 * needs no relocation when the program is loaded, a pointer does (10,000 migrations would cost
 * more than 100,000 of them at every start). Offset 0 is always the empty string and means "none".
 *
 *     static const struct text_0 {
 *         char none[1];
 *         char v1_name[13];
 *         char v1_up_1[43];
 *     } text_0 = {
 *         "",
 *         "create_users",
 *         "CREATE TABLE users (id INTEGER PRIMARY KEY)",
 *     };
 *     static const struct bobolink_statement statements_0[] = {
 *         { .text = offsetof(struct text_0, v1_up_1), .length = 42, .line = 2, .column = 1 },
 *     };
 *
 * Migration number i (from 0, in order of version) lives in chunk i / BOBOLINK_CHUNK_SIZE; its
 * `text`-valued members and its statements are relative to that chunk.
 *
 * Every text is UTF-8 and NUL-terminated; lengths count bytes without the NUL. Lines and columns
 * count from 1, columns in characters. This header needs <stdint.h> and <stddef.h> alone and
 * compiles as C99, C11 and C++11.
 */
#ifndef BOBOLINK_MIGRATIONS_H
#define BOBOLINK_MIGRATIONS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the structures below. Generated code refuses to compile against another one. */
#define BOBOLINK_DATA_VERSION 4

/* Migrations per chunk of text. */
#define BOBOLINK_CHUNK_SIZE 64

struct bobolink_archive;
struct bobolink_backend;
struct bobolink_error;
struct bobolink_session;
struct bobolink_step;

/* The database refuses this statement inside a transaction (SQLite: VACUUM, PRAGMA journal_mode). */
#define BOBOLINK_STATEMENT_NO_TRANSACTION 0x1u
/* Running it a second time after an interruption does no harm: no probe is needed to resume. */
#define BOBOLINK_STATEMENT_REPEATABLE 0x2u

/* One SQL statement, the exact bytes of the file from its first token to before its semicolon. */
struct bobolink_statement {
	uint32_t text;	 /* offset in the chunk */
	uint32_t length; /* bytes */
	uint32_t line;	 /* where the statement starts in its file */
	uint32_t column;
	uint32_t flags; /* BOBOLINK_STATEMENT_… */
	/*
	 * Offset of a query that says, in one value, whether it was done: "done", "absent", or SQL
	 * that clears away what it left when it was interrupted; 0 for none. It is asked again
	 * after that, until nothing is left.
	 */
	uint32_t probe;
	/*
	 * PostgreSQL: offset of the table locks it is expected to take, a line for each, the strongest
	 * of a table: "ACCESS EXCLUSIVE on public.orders\n"; 0 where none is expected or known.
	 */
	uint32_t locks;
};

/* The section is present (it may be empty: an empty down restores nothing and says so). */
#define BOBOLINK_SECTION_PRESENT 0x1u
/* Run outside a transaction, statement by statement, with recorded progress. */
#define BOBOLINK_SECTION_NO_TRANSACTION 0x2u
/* SQLite: foreign keys are off while this section runs, restored afterwards. */
#define BOBOLINK_SECTION_FOREIGN_KEYS_OFF 0x4u
/* `allow:data-loss`: a person has accepted that this section destroys data. */
#define BOBOLINK_SECTION_DATA_LOSS 0x8u

/*
 * The up or the down half of a migration. One that names a function of the application (`call`) has no statements.
 */
struct bobolink_section {
	uint32_t first;		       /* index of the first statement in the chunk's statements */
	uint32_t count;		       /* number of statements */
	uint32_t flags;		       /* BOBOLINK_SECTION_… */
	uint32_t file;		       /* offset: "<folder>/<file>" the statements came from */
	uint32_t lock_timeout_ms;      /* 0: the default of the session */
	uint32_t statement_timeout_ms; /* 0: the default of the session */
	/*
	 * Offset of what the section can destroy that was there before it, 0 for nothing. A line for each:
	 * what it is, a tab, and a query of one value, the rows that hold data ("" where none can tell), and on
	 * PostgreSQL, where it is known, a tab and the table that the rows stand in, to be locked before they are
	 * counted; \t, \n and \\ stand for tab, newline and backslash inside a field.
	 *
	 *     table orders	SELECT count(*) FROM "main"."orders"
	 *     column orders.note	SELECT count("note") FROM "main"."orders"
	 *     rows of orders	SELECT count(*) FROM "main"."orders" WHERE paid = 0
	 *     table orders	SELECT count(*) FROM public.orders	public.orders
	 *     tables of sales	(PostgreSQL, where nothing was run: "" for a query)
	 */
	uint32_t losses;
	/*
	 * The oldest SQLite library (sqlite3_libversion_number(): 3035000) or PostgreSQL server
	 * (server_version_num: 150000) that knows all the statements; 0: every one that the runtime supports.
	 */
	uint32_t minimum_version;
	/* Offset of what it is that needs it, "DROP COLUMN (line 12)"; 0 without minimum_version. */
	uint32_t feature;
	uint32_t call; /* number in the set's calls, from 1; 0: the section is SQL */
};

struct bobolink_migration {
	int64_t version; /* 0 … INT64_MAX, unique and ascending in the set */
	/* Offsets in the chunk's text; 0 for none. */
	uint32_t name;	       /* the file's name without prefix and extension */
	uint32_t checksum;     /* SHA-256 of the canonical bytes, 64 hex digits */
	uint32_t sql_checksum; /* SHA-256 over the tokens without comments and white space */
	uint32_t superseded;   /* checksums replaced by `lock --amend`, space-separated */
	uint32_t irreversible; /* why there is no down, when that was declared */
	uint32_t delta;	       /* what the migration changes in the schema, when embedded */
	/* Migrations of other sets that must be applied before it, "primary/5 data/12"; 0 for none. */
	uint32_t requirements;
	/*
	 * A data seed: offset of the environments that it is for, or of those it is not for, "development test"; at most
	 * one of them, 0 for none. Elsewhere it is recorded as skipped.
	 */
	uint32_t only;
	uint32_t except;
	struct bobolink_section up;
	struct bobolink_section down;
};

/* The texts and statements of up to BOBOLINK_CHUNK_SIZE migrations. */
struct bobolink_chunk {
	const char *text;
	const struct bobolink_statement *statements;
};

/* A function of the application that a section names; see bobolink/step.h. */
struct bobolink_call {
	const char *name;
	int (*function)(struct bobolink_step *step);
};

/* `when:after`: a fix that runs after the last migration. */
#define BOBOLINK_SCRIPT_AFTER 0x1u
/* `repeat:always`: a fix that is looked at in every run, whatever became of it. */
#define BOBOLINK_SCRIPT_ALWAYS 0x2u
/* A fix whose execute was not shown to work at build time. */
#define BOBOLINK_SCRIPT_UNPROVEN 0x4u

/* What a script, a fix or a repeatable, has beyond a migration. */
struct bobolink_script {
	uint32_t flags; /* BOBOLINK_SCRIPT_… */
	/* Offsets in the chunk's text; 0 for none. */
	uint32_t title; /* what the file says about itself, in one or more lines */
	uint32_t
		after; /* scripts of the same kind that come before it: their places in `items`, "0 3" */
	/* Of a fix: queries of one truth value; the first that is not true ends the matter. */
	struct bobolink_section guard;
	int64_t required; /* version of the migration that must be applied before it; -1 for none */
	int64_t not_before; /* seconds since 1970-01-01T00:00:00Z; 0: any time */
	int64_t not_after;  /* likewise */
	/* Minutes of the day, UTC, from 0 to 1440; the window may cross midnight; equal: any time. */
	uint32_t window_from;
	uint32_t window_to;
	uint32_t attempts; /* that may fail; 0: any number */
	uint32_t reserved;
};

/* When the runtime calls the scripts of a set. */
enum bobolink_scripts_point {
	BOBOLINK_SCRIPTS_BEFORE = 1, /* a run begins */
	BOBOLINK_SCRIPTS_STEP = 2,   /* a migration was committed */
	BOBOLINK_SCRIPTS_LAST = 3,   /* nothing of the chain is left to do */
	BOBOLINK_SCRIPTS_END = 4,    /* the run is over, whatever became of it */
	BOBOLINK_SCRIPTS_LOOK = 5 /* nothing is run: BOBOLINK_PENDING when a repeatable would be */
};

/*
 * The scripts of a set: fixes in order of their numbers, then repeatables in the order in which they run.
 * They are stored as migrations are: item i lives in chunk i / BOBOLINK_CHUNK_SIZE of these chunks; `up` is what it
 * executes, `down` undoes a fix; the version of a repeatable is 0.
 */
struct bobolink_scripts {
	const struct bobolink_migration *items;
	const struct bobolink_script *settings; /* one for each item */
	const struct bobolink_chunk *chunks;
	uint32_t fix_count;
	uint32_t repeatable_count;
	/* bobolink_scripts_run of the scripts library. `point` is an enum bobolink_scripts_point. */
	int (*run)(struct bobolink_session *session, int point, struct bobolink_error *error);
};

/* Pending migrations below the highest applied one are applied instead of refused. */
#define BOBOLINK_SET_OUT_OF_ORDER 0x1u
/* The set was never run on a shadow database (SHADOW OFF, or a section with shadow:off). */
#define BOBOLINK_SET_UNPROVEN 0x2u

/* When the runtime asks whether the schema is what the history says. */
enum bobolink_validation {
	BOBOLINK_VALIDATION_BOOT = 1,	/* nothing is to be applied */
	BOBOLINK_VALIDATION_LOOK = 2,	/* the same, and nothing may be written */
	BOBOLINK_VALIDATION_BEFORE = 3, /* before the first step of a run */
	BOBOLINK_VALIDATION_AFTER = 4	/* after its last one */
};

/* The ordered migrations of one directory. */
struct bobolink_set {
	uint32_t data_version; /* BOBOLINK_DATA_VERSION of the generator */
	uint32_t flags;	       /* BOBOLINK_SET_… */
	const char *name;      /* identity of the set in the database */
	/* SHA-256 over the chain of (version, name, checksum), then over those of the scripts, in hex */
	const char *digest;
	/* The backend that runs it. A function, so that linking the wrong library is a link error. */
	const struct bobolink_backend *(*backend)(void);
	/* How its databases are saved and restored, likewise; NULL: they cannot be. */
	const struct bobolink_archive *(*archive)(void);
	const struct bobolink_migration *migrations;
	const struct bobolink_chunk *chunks;
	/*
	 * The schema expected after the last migration, as text; NULL when EMBED is NONE. One `+`
	 * line for each object (with EMBED DELTAS only of objects that carry recreating SQL); see
	 * bobolink/schema.h.
	 */
	const char *schema;
	/*
	 * Compares the database with what the deltas say: bobolink_schema_validate of the schema library, which is
	 * linked for it; NULL where no deltas are embedded. `when` is an enum bobolink_validation.
	 */
	int (*validate)(struct bobolink_session *session, int when, struct bobolink_error *error);
	/*
	 * Whether a step may run, asked under the lock: bobolink_permit of the runtime, which looks whether what the migration
	 * requires of other sets is applied; NULL where no migration requires anything.
	 */
	int (*permit)(struct bobolink_session *session, int64_t version, int down,
		      struct bobolink_error *error);
	const struct bobolink_call *calls;	/* NULL for none */
	const struct bobolink_scripts *scripts; /* NULL for none */
	uint32_t migration_count;
	uint32_t chunk_count;
	/* The library or server that the set was run on at build time, as minimum_version; 0: none. */
	uint32_t shadow_version;
	uint32_t call_count;
};

#ifdef __cplusplus
}
#endif

#endif
