/*
 * Every struct that travels between the stages, in pipeline order.
 *
 *     scan      directory            -> struct sources
 *     lock      sources, lock file   -> sources with locked marks
 *     lexer     source               -> struct tokens
 *     split     source, tokens       -> struct statements
 *     directive source, statements   -> struct parts (the up and down sections of a file)
 *     order     sources, parts       -> struct set
 *     lock      set, lock file       -> set with locked marks
 *     syntax    set                  -> the parser's verdict (PostgreSQL)
 *     snapshot  file                 -> struct snapshot: what an earlier shadow run found (PostgreSQL)
 *     shadow    set                  -> proof, deltas and the final inventory
 *     require   set, other sets      -> whether what migrations require is there, and can be met
 *     replay    set, deltas          -> what its sections do to tables with rows
 *     lint      set, deltas, replay  -> findings; losses of sections, locks of statements
 *     emit      set, deltas          -> C source and header
 *
 * Everything lives in one arena for the length of a compilation; nothing is freed before. A stage
 * treats its input as const and fills a fresh output. Positions are (source, byte offset); line and
 * column are computed from the source's line table when someone asks. Texts are UTF-8.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bobolink/migrations.h>
#include <bobolink/schema.h>

enum database {
	DATABASE_SQLITE,
	DATABASE_POSTGRES,
};

/* What a file is, from its name alone. */
enum source_role {
	SOURCE_BOTH,	   /* 0001_name.sql: up and down sections, or all up */
	SOURCE_UP,	   /* 0001_name.up.sql, 0001_name/up.sql */
	SOURCE_DOWN,	   /* 0001_name.down.sql, 0001_name/down.sql */
	SOURCE_FIX,	   /* fixes/0001_name.sql */
	SOURCE_REPEATABLE, /* R__name.sql: version 0 */
};

/* scan: one file, read whole. */
struct source {
	const char *path; /* as given on the command line plus the file: for diagnostics */
	const char *
		file; /* "migrations/0007_orders.sql": last folder of the directory plus the file: stored in generated code */
	const char *
		entry; /* "0007_orders.sql", "0007_orders" (a directory or a pair): the name in the lock file */
	const char *name; /* "orders" */
	int64_t version;  /* the digits of the prefix as a number */
	enum source_role role;
	const char *
		text; /* canonical bytes: no BOM, LF line ends; NUL-terminated; NUL appears nowhere else */
	size_t length;	       /* bytes, without the NUL */
	const uint32_t *lines; /* offset of the first byte of each line */
	uint32_t line_count;
	bool locked; /* lock: belongs to a migration that is sealed and unchanged */
};

struct sources {
	struct source *items; /* ascending by version, then role */
	uint32_t count;
	struct source *scripts; /* fixes ascending by version, then repeatables by name */
	uint32_t script_count;
};

/* lexer: what a token is. TOKEN_END stands once, last, with length 0 at the end of the text. */
enum token_kind {
	TOKEN_END,
	TOKEN_WORD, /* unquoted identifier or keyword */
	/* "x", `x`, [x], U&"x": a quoted identifier (SQLite may take "x" for a string) */
	TOKEN_QUOTED,
	/* 'x', and PostgreSQL's E'', U&'', B'', N'', X'', $tag$…$tag$; one that goes on is several */
	TOKEN_STRING,
	TOKEN_BLOB, /* SQLite's x'00' */
	TOKEN_NUMBER,
	TOKEN_PARAMETER, /* ? ?1 :a @a $a; PostgreSQL's $1 */
	TOKEN_SEMICOLON,
	TOKEN_LEFT,  /* ( */
	TOKEN_RIGHT, /* ) */
	TOKEN_COMMA,
	TOKEN_DOT,
	TOKEN_OPERATOR,	    /* any other operator or punctuation, longest match */
	TOKEN_LINE_COMMENT, /* -- to before the line's end */
	TOKEN_BLOCK_COMMENT,
};

struct token {
	uint32_t kind;	 /* enum token_kind */
	uint32_t offset; /* first byte in the source's text */
	uint32_t length; /* bytes */
};

/* lexer: the tokens of one source, comments included, white space left out. */
struct tokens {
	struct token *items;
	uint32_t count; /* TOKEN_END included */
};

/* split: one statement, from its first token to before its semicolon. */
struct statement {
	uint32_t offset; /* first byte in the source's text */
	uint32_t
		length; /* bytes up to the end of the last token before the semicolon, comments after it left out */
	uint32_t
		first_token; /* index into the source's tokens; comments may stand between first and last */
	uint32_t token_count;
	bool no_transaction; /* the database refuses it inside a transaction */
	bool repeatable;     /* running it twice does no harm */
	const char *probe;   /* query that says whether it was done (PostgreSQL), or NULL */
	const char *locks;   /* lint: what it is expected to lock (PostgreSQL), or NULL */
};

struct statements {
	struct statement *items;
	uint32_t count;
};

enum transaction_setting {
	TRANSACTION_AUTO,
	TRANSACTION_ON,
	TRANSACTION_OFF,
};

/* directive: what the `-- migrate:` line of a section says. Absent texts are NULL. */
struct settings {
	enum transaction_setting transaction;
	uint32_t lock_timeout_ms;      /* 0: not set */
	uint32_t statement_timeout_ms; /* 0: not set */
	bool allow_data_loss;
	const char *irreversible;     /* reason */
	const char *shadow_off;	      /* reason */
	const char *requirements;     /* "primary/5 data/12": migrations of other sets */
	uint32_t requirements_offset; /* of the setting in the source's text */
	uint32_t requirements_length;
	const char *call;      /* the function of the application that stands for the section */
	const char *only;      /* "development test": environments of a data seed */
	const char *except;    /* likewise */
	const char *after;     /* scripts: "3 4" or "orders_view": what comes before it */
	uint32_t after_offset; /* of the setting in the source's text */
	uint32_t after_length;
	int64_t required; /* fixes: version of a migration; -1: none */
	bool when_after;
	bool repeat_always;
	bool has_not_before; /* fixes: seconds since 1970 */
	bool has_not_after;
	int64_t not_before;
	int64_t not_after;
	uint32_t window_from; /* minutes of the day; equal to window_to: none */
	uint32_t window_to;
	uint32_t attempts; /* 0: any number */
};

/* `-- bobolink:allow RULE reason`: silences RULE on the statement that follows, or the same line. */
struct allowance {
	const char *rule;
	const char *reason;
	uint32_t offset; /* of the comment */
	uint32_t
		line; /* the line whose statement it covers: the first statement that ends after the comment */
};

/* replay: something that a section does to tables with rows, for lint to report. */
struct row_finding {
	const char *rule;
	bool sure; /* false: rows of the application may be of another kind: a note */
	const struct statement *statement; /* NULL: the section as a whole */
	uint32_t offset;
	uint32_t length;
	const char *message;
	const char *help; /* NULL for none */
};

/* directive: one half of a migration, or the rows that its author gives for the replay. */
struct section {
	bool present;
	const struct source *source;
	const struct tokens *tokens;
	struct statement
		*statements; /* without the enclosing BEGIN, COMMIT and foreign-key pragmas */
	uint32_t count;
	uint32_t offset; /* of the directive line, or of the file's start */
	struct settings settings;
	bool wrapped;	       /* BEGIN … COMMIT enclosed it */
	bool foreign_keys_off; /* SQLite: PRAGMA foreign_keys=OFF enclosed it, or a rebuild needs it */
	bool no_transaction; /* decided: runs outside a transaction */
	const struct allowance *allowances;
	uint32_t allowance_count;
	struct row_finding *row_findings; /* replay */
	size_t row_finding_count;
	size_t row_finding_capacity;
	const char *losses; /* lint: what it can destroy (bobolink/migrations.h); NULL: nothing */
	uint32_t
		minimum_version; /* lint: of the library or server that knows its statements; 0: any */
	const char *feature;	 /* lint: what needs it; NULL without minimum_version */
	/* shadow: what settings.call names, where a module has it */
	int (*function)(struct bobolink_step *step);
};

/* directive: what one file contributes. */
struct part {
	const struct source *source;
	struct tokens tokens;
	struct section up;   /* of a fix: execute */
	struct section down; /* of a fix: undo */
	struct section sample;
	struct section guard;	  /* of a fix: should-run */
	struct section given;	  /* of a fix: makes the problem; never embedded */
	const char *title;	  /* of a fix: what the file says about itself; NULL for none */
	struct settings settings; /* of a script as a whole */
};

struct parts {
	struct part *items; /* one for each source, in the same order */
	uint32_t count;
	struct part *scripts; /* one for each script, in the same order */
	uint32_t script_count;
};

/* shadow: one object that a migration added (before NULL), removed (after NULL) or changed. */
struct change {
	const struct bobolink_object *before;
	const struct bobolink_object *after;
};

/* order: one versioned change. */
struct migration {
	int64_t version;
	const char *name;
	const char *entry; /* as in the lock file */
	struct section up;
	struct section down;
	struct section sample; /* SQL that makes rows for the replay; never embedded */
	char checksum[65];     /* SHA-256 of the canonical bytes, hex */
	char sql_checksum[65]; /* SHA-256 over the tokens without comments and white space */
	const char *
		superseded; /* lock: checksums replaced by --amend, space-separated; NULL for none */
	bool locked;	    /* lock: sealed and unchanged: findings are notes */
	const struct change *changes; /* shadow: its delta, in the inventory's order */
	uint32_t change_count;
	const char *delta; /* shadow: the delta as text (bobolink/schema.h); NULL when not known */
	const char *block; /* shadow: the delta with SQL, where options->snapshot asks for it */
};

/* order: a fix or a repeatable. */
struct script {
	struct migration
		base; /* up is what it executes, down its undo; version 0 for a repeatable */
	struct section guard;
	struct section given;
	const char *title;
	struct settings settings;
	uint32_t *after; /* places in the set's scripts, ascending */
	uint32_t after_count;
	bool refused;  /* shadow: its guards were in error before the first migration */
	bool unproven; /* shadow: its execute was not shown to work */
};

/* snapshot: what an earlier shadow run found out about one migration. */
struct snapshot_block {
	int64_t version;
	const char *name;
	char digest[65];   /* of the chain up to this migration */
	const char *lines; /* a delta with SQL (bobolink/schema.h) */
	uint32_t offset;   /* of its header in the file */
};

/* snapshot: migrations.snapshot. */
struct snapshot {
	const struct source *source;
	int server;	   /* major version of the PostgreSQL server that ran the set */
	const char *start; /* what stood in the shadow database before the first migration */
	struct snapshot_block *blocks; /* ascending by version */
	uint32_t count;
	const char *
		stale; /* how the set differs from it, at the first difference; NULL: it does not */
	const struct source *stale_source; /* where that shows */
	uint32_t stale_offset;
};

struct set {
	const char *name;
	enum database database;
	struct migration *migrations; /* ascending by version, unique */
	uint32_t count;
	struct script
		*scripts; /* fixes by number, then repeatables in the order in which they run */
	uint32_t fix_count;
	uint32_t repeatable_count;
	char chain[65];	 /* digest of the chain of migrations alone */
	char digest[65]; /* of the whole set */
	int grammar;   /* syntax: the major version whose parser refused a statement; 0: none did */
	bool unproven; /* shadow: at least one section never ran */
	uint32_t shadow_version; /* shadow: of the library or server, 3040001 or 150018; 0: none */
	const char *schema;	 /* shadow: the expected schema as text; NULL when not known */
	const struct snapshot *snapshot; /* NULL where there is none, or none is wanted */
	const char
		*start; /* shadow: what stood there before, where options->snapshot asks for it */
	int server;	/* snapshot, shadow: as there */
};

/* SHADOW AUTO|ON|OFF */
enum shadow_mode {
	SHADOW_AUTO,
	SHADOW_ON,
	SHADOW_OFF,
};

enum embed_mode {
	EMBED_DELTAS,
	EMBED_HEAD,
	EMBED_NONE,
};

/* Another set of the same program. */
struct other_set {
	const char *name;
	const char *directory;
	bool foreign; /* its SQL is of `database`, else of the same as the set at hand */
	enum database database;
};

/* What the command line asks of a compilation. Strings are borrowed from argv. */
struct compile_options {
	const char *directory;
	const char *name;   /* of the set */
	const char *output; /* directory for <name>_migrations.c and .h; NULL: check only */
	enum database database;
	enum shadow_mode shadow;
	enum embed_mode embed;
	bool locked;   /* LOCKED: everything must be in the lock file */
	bool seal;     /* bobolink lock: what is read is about to be locked */
	bool snapshot; /* a snapshot is to be written: the shadow run keeps what goes into it */
	bool out_of_order;
	bool seed_off; /* no replay on tables with rows */
	bool warnings_as_errors;
	const char **shadow_functions; /* "normalize/1" */
	uint32_t shadow_function_count;
	const char **shadow_extensions; /* paths of loadable modules for the host */
	uint32_t shadow_extension_count;
	const struct other_set *others; /* that migrations of this one may require */
	uint32_t other_count;
};

#endif
