/*
 * The schema library: inventories of a database, and the one function that compares them.
 *
 * An inventory is the sorted list of schema objects of a database at one point. An object is
 * (kind, schema, parent, name) -> definition; columns, indexes and constraints are objects of their own, and
 * a table has no text. The position of a column is not part of its definition. Definitions do not
 * depend on the version of the library or server.
 *
 * Programs that want drift detection link this archive; the compiler does. The core does not.
 */
#ifndef BOBOLINK_SCHEMA_H
#define BOBOLINK_SCHEMA_H

#include <bobolink/backend.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds of objects, in the order in which they sort below one parent. Words: bobolink_object_kind_name. */
enum bobolink_object_kind {
	BOBOLINK_OBJECT_TABLE = 1,
	BOBOLINK_OBJECT_VIRTUAL_TABLE = 2,
	BOBOLINK_OBJECT_COLUMN = 3,
	BOBOLINK_OBJECT_PRIMARY_KEY = 4,
	BOBOLINK_OBJECT_UNIQUE = 5,
	BOBOLINK_OBJECT_FOREIGN_KEY = 6,
	BOBOLINK_OBJECT_CHECK = 7,
	BOBOLINK_OBJECT_INDEX = 8,
	BOBOLINK_OBJECT_TRIGGER = 9,
	BOBOLINK_OBJECT_VIEW = 10,
	/* PostgreSQL alone */
	BOBOLINK_OBJECT_SCHEMA = 11,	/* its own schema is "" */
	BOBOLINK_OBJECT_EXTENSION = 12, /* likewise; the version is no part of it */
	BOBOLINK_OBJECT_ENUM = 13,
	BOBOLINK_OBJECT_DOMAIN = 14,
	BOBOLINK_OBJECT_COMPOSITE = 15,
	BOBOLINK_OBJECT_RANGE = 16,
	BOBOLINK_OBJECT_SEQUENCE = 17, /* one that a column owns is part of the column */
	BOBOLINK_OBJECT_EXCLUDE = 18,
	BOBOLINK_OBJECT_MATERIALIZED_VIEW = 19,
	BOBOLINK_OBJECT_RULE = 20,
	BOBOLINK_OBJECT_ROW_SECURITY = 21, /* of a table that has it, under this very name */
	BOBOLINK_OBJECT_POLICY = 22,
	BOBOLINK_OBJECT_FUNCTION = 23, /* named with the types of its arguments, "f(integer)" */
	BOBOLINK_OBJECT_PROCEDURE = 24,
	BOBOLINK_OBJECT_AGGREGATE = 25
};

/* One fact of a schema. Strings are never NULL; they belong to the inventory. */
struct bobolink_object {
	int32_t kind; /* enum bobolink_object_kind */
	uint32_t reserved;
	const char *schema; /* "" for SQLite's main */
	const char *
		parent; /* the table of a column, index, constraint, trigger; "" for tables and views */
	const char *name;	/* of a nameless constraint: made of its kind and columns */
	const char *definition; /* canonical, one line */
	const char *sql;	/* recreates it; "" where the parent's text does */
};

struct bobolink_inventory;

/*
 * On PostgreSQL
 *
 * - a definition is what the server renders with search_path = pg_catalog, with quotes only around names
 *   that always need them, and is the same from servers 12 to 18;
 * - bodies of functions stand in it as a hash, texts of views and rules as the server's major version and
 *   a hash ("(id integer) AS 15:…"): those of two major versions are not compared, what stands before is;
 * - tables, columns and constraints each have SQL: a table's makes it with its columns, not its constraints;
 * - what a partition or a child has from its parent shows in its columns and nowhere else;
 * - extensions are in, without their version, their members are not; nor are schema public, plpgsql,
 *   comments, grants, owners, tablespaces, statistics, storage and replica identity, operators, casts,
 *   collations, text search, base types, foreign servers, event triggers, publications, subscriptions.
 */

/*
 * Reads the inventory of a connection, without bobolink's own tables and the engine's. `previous` (may be NULL) is an
 * earlier inventory of the same database: what did not change since is shared, which makes a sequence of readings cheap.
 * Inside a transaction it leaves no trace; outside one PostgreSQL's search_path is changed and put back.
 * Release each with bobolink_inventory_free(), in any order.
 */
int bobolink_inventory_read(const struct bobolink_backend *backend,
			    struct bobolink_connection *connection,
			    const struct bobolink_allocator *allocator,
			    const struct bobolink_inventory *previous,
			    struct bobolink_inventory **inventory, struct bobolink_error *error);
void bobolink_inventory_free(struct bobolink_inventory *inventory);

/*
 * The same for a caller who knows that since `previous` was read from this very database only CREATE and DROP changed its
 * schema: just the new entries are read, however large the schema is. `dropped` names what was dropped, whether
 * or not it was made again: kind (table, index, trigger or view), parent and name in their own spelling. What goes
 * with a table or view need not be named. PostgreSQL reads everything and needs no names.
 */
int bobolink_inventory_follow(const struct bobolink_backend *backend,
			      struct bobolink_connection *connection,
			      const struct bobolink_allocator *allocator,
			      const struct bobolink_inventory *previous,
			      const struct bobolink_object *dropped, uint32_t dropped_count,
			      struct bobolink_inventory **inventory, struct bobolink_error *error);

/* Objects in order: schema, parent or own name for tables and views, kind, name. NULL past the end. */
uint32_t bobolink_inventory_count(const struct bobolink_inventory *inventory);
const struct bobolink_object *bobolink_inventory_object(const struct bobolink_inventory *inventory,
							uint32_t index);
/* The object with this kind, parent and name, or NULL. */
const struct bobolink_object *bobolink_inventory_find(const struct bobolink_inventory *inventory,
						      int32_t kind, const char *schema,
						      const char *parent, const char *name);

/*
 * The comparison. Calls `difference` for each object that is in one inventory only (the other is NULL) or has another
 * definition, in order. `before` or `after` may be NULL: the empty inventory. A value other than 0 stops it and is returned.
 */
typedef int bobolink_difference_fn(void *context, const struct bobolink_object *before,
				   const struct bobolink_object *after);
int bobolink_inventory_compare(const struct bobolink_inventory *before,
			       const struct bobolink_inventory *after,
			       bobolink_difference_fn *difference, void *context);

/*
 * Inventories as text, the form that is embedded and stored in snapshots. A line for each change,
 *
 *     + kind <TAB> schema <TAB> parent <TAB> name <TAB> definition [<TAB> sql]
 *     ~ the same: the definition after the change
 *     - kind <TAB> schema <TAB> parent <TAB> name
 *
 * with \t, \n and \\ for tab, newline and backslash inside a field. Applying the deltas of migrations 1 … n to the
 * empty inventory gives the inventory after n.
 *
 * The expected schema of a set has the same form. With EMBED HEAD it is a `+` line for each object. With EMBED DELTAS it
 * has only the objects that carry SQL, and where that SQL is letter for letter an up statement of the set, the field is
 * =VERSION:NUMBER, the migration's version and the statement's number from 1.
 */
int bobolink_delta_apply(const struct bobolink_inventory *before, const char *text,
			 const struct bobolink_allocator *allocator,
			 struct bobolink_inventory **after, struct bobolink_error *error);

/* Appends one line to a caller's string; used by writers of deltas. `write` returns 0 or a result to stop with. */
typedef int bobolink_write_fn(void *context, const char *text, size_t length);
int bobolink_delta_line(char mark, const struct bobolink_object *object, int with_sql,
			bobolink_write_fn *write, void *context);

/*
 * The inventory that a set's migrations up to `version` make, from the deltas embedded in it; without what repeatables make
 * (EMBED HEAD: and without what they change). BOBOLINK_USAGE where they
 * are not (EMBED NONE; EMBED HEAD for any but the last version) or the set was never run on a shadow database.
 */
int bobolink_schema_expected(const struct bobolink_set *set, int64_t version,
			     const struct bobolink_allocator *allocator,
			     struct bobolink_inventory **expected, struct bobolink_error *error);

/*
 * Compares the database with what the set's migrations up to `version` make: `difference` (may be NULL) is called for
 * each difference, the expected object before the actual one. What repeatables make or change is not asked for, and in nobody's
 * way. Writes nothing.
 * count  out: differences.
 */
int bobolink_schema_compare(struct bobolink_session *session, int64_t version,
			    bobolink_difference_fn *difference, void *context, uint32_t *count,
			    struct bobolink_error *error);

/*
 * Marks everything up to `version` as applied on a database that was made by other means, and runs nothing. First its
 * schema is compared with the expected one, as by bobolink_schema_compare, and any difference refuses it with
 * BOBOLINK_DRIFT. With BOBOLINK_FORCE in `flags` they are
 * accepted, as is that the expected schema is not known.
 * marked  out: how many migrations were recorded; may be NULL.
 */
int bobolink_baseline(struct bobolink_session *session, int64_t version, uint32_t flags,
		      bobolink_difference_fn *difference, void *context, uint32_t *marked,
		      struct bobolink_error *error);

/*
 * Drift: the difference between what the applied migrations make and what the database has.
 *
 * Expected are the deltas of the migrations that the history has as applied (baselines included), in order of version, at
 * whatever version the database is; behind them those of the repeatables that ran last with the text that this program has.
 * Objects that a migration touches which stopped half-way are left out: it is not known which of the two they are. So are
 * those that a repeatable touches which has not run, or with another text. Where what one stands on was changed after it ran,
 * by a migration or another repeatable, PostgreSQL may tell it in other words: then it is only missed.
 *
 * Extra is, too, what others keep in the same database: sets of other programs, tools, extensions' own tables; and what a
 * section with `shadow:off` makes, which nobody ran at build time. options.ignore leaves such objects out.
 *
 * options.ignore: patterns separated by commas or blanks, with * and ?, case-sensitive. An object is left out when one matches
 * the name of its table or view (or its own, where it has no parent), that name behind its schema and a dot, or
 * "table.name" of a column, constraint, index or trigger: "audit_*" has the tables audit_… and all that is theirs,
 * "orders.tmp_*" has columns and indexes of orders, "reports.*" has all of the schema reports.
 */
enum bobolink_drift_kind {
	BOBOLINK_DRIFT_MISSING = 1, /* expected, and not there */
	BOBOLINK_DRIFT_CHANGED = 2, /* there with another definition */
	BOBOLINK_DRIFT_EXTRA = 3    /* there, and no migration makes it */
};

struct bobolink_drift_item {
	int32_t kind; /* enum bobolink_drift_kind */
	uint32_t reserved;
	int64_t version; /* of the last migration that made or changed it; -1 for extra ones, and for repeatables */
	const char *migration; /* its name, or that of the repeatable, "R__orders"; else "" */
	const struct bobolink_object *expected; /* NULL for extra ones */
	const struct bobolink_object *actual;	/* NULL for missing ones */
	const char *
		sql; /* what makes it as expected without touching data; "" where that cannot be said safely */
	const char *reason; /* why there is none; else "" */
};

struct bobolink_drift {
	const struct bobolink_drift_item *items; /* in the order of an inventory */
	uint32_t count;
	uint32_t missing;
	uint32_t changed;
	uint32_t extra;
	uint32_t ignored; /* differences that options.ignore leaves out */
	uint32_t reserved;
	int64_t version; /* the newest applied migration; -1 for none */
};

/*
 * Compares; writes nothing. BOBOLINK_USAGE where the expected schema is not known (bobolink_schema_expected),
 * BOBOLINK_NEWER when the database is newer than this program. Finding drift is BOBOLINK_OK: look at the
 * counts. Release with bobolink_drift_free().
 */
int bobolink_drift(struct bobolink_session *session, struct bobolink_drift **drift,
		   struct bobolink_error *error);
void bobolink_drift_free(struct bobolink_drift *drift);

/*
 * The SQL of a drift as a script for psql or the sqlite3 shell: one transaction, what others need first. What has no SQL is a
 * comment that says why. Works after the session was closed, too. `write` returns 0 or a result to stop with.
 */
int bobolink_drift_script(const struct bobolink_drift *drift, bobolink_write_fn *write,
			  void *context);

/*
 * Repair: makes what is missing. It never drops and never changes what is there.
 */
enum bobolink_repair_action {
	BOBOLINK_REPAIR_CREATE = 1, /* runs `sql` */
	/*
	 * The migration is recorded as applied and the database is as it was before it: its row becomes rolled back,
	 * and it is applied again by the ordinary way.
	 */
	BOBOLINK_REPAIR_REAPPLY = 2,
	BOBOLINK_REPAIR_LEAVE = 3 /* nothing is done, for `reason` */
};

struct bobolink_repair_item {
	int32_t action; /* enum bobolink_repair_action */
	uint32_t reserved;
	int64_t version;       /* of the migration; -1 for none */
	const char *migration; /* its name, or that of the repeatable, "R__orders"; else "" */
	const struct bobolink_object *object; /* NULL with REAPPLY */
	const char *sql;		      /* "" without CREATE */
	const char *reason;
};

struct bobolink_repair {
	const struct bobolink_repair_item
		*items; /* in the order in which they are done; what is left comes last */
	uint32_t count;
	uint32_t creates;
	uint32_t reapplied;
	uint32_t left;
};

/* What bobolink_repair would do. Writes nothing. Release with bobolink_repair_free(). */
int bobolink_plan_repair(struct bobolink_session *session, struct bobolink_repair **repair,
			 struct bobolink_error *error);
/*
 * Does it, or nothing: all objects are made, and all rows changed, in one transaction that holds the migration lock.
 * BOBOLINK_PLAN_CHANGED when the history or the schema is not the one that the plan was made from. Then migrations to be
 * applied again are applied, and the schema is compared again: BOBOLINK_DRIFT when something is still missing or changed.
 * done  out: objects made and migrations applied; may be NULL.
 */
int bobolink_repair(struct bobolink_session *session, const struct bobolink_repair *plan,
		    uint32_t *done, struct bobolink_error *error);
void bobolink_repair_free(struct bobolink_repair *repair);

/*
 * Health: what whoever operates a database wants to see at a glance.
 */

/* Leave the schema out: no comparison, so that the cost does not depend on its size. */
#define BOBOLINK_HEALTH_QUICK 0x1u

/* One thing worth knowing. Strings belong to the health. */
struct bobolink_health_finding {
	int32_t code; /* enum bobolink_result; BOBOLINK_OK: nothing is wrong with it */
	uint32_t reserved;
	int64_t version;     /* of the migration, -1 for none */
	const char *message; /* what it is and, where something is wrong, what to do */
	const char *next;    /* the flag that comes next, "--migrate-repair"; "" for none */
};

/* An index that the server keeps and does not use (PostgreSQL), as CREATE INDEX CONCURRENTLY leaves it when it fails. */
struct bobolink_health_index {
	const char *name;  /* with its schema: "public.orders_by_date" */
	const char *table; /* likewise */
	uint32_t building; /* 1: somebody is making it at this moment */
	uint32_t reserved;
};

/* Strings are never NULL; "" where there is none. */
struct bobolink_health {
	const char *set_name;
	const char *database;	   /* "sqlite", "postgres" */
	uint32_t database_version; /* of the library or server: 3040001, 150018; 0: not known */
	int32_t verdict;	   /* enum bobolink_result; see bobolink_health() */
	int32_t reachable;	   /* 1: the database answers */
	int32_t read_only;   /* 1: it cannot be written, a standby for example; -1: not known */
	int32_t locked;	     /* 1: another connection holds the lock now; -1: not known (SQLite) */
	int32_t drift;	     /* 1: the schema was compared, and the counts below say what differs */
	int64_t version;     /* of the head; -1 for none */
	uint32_t migrations; /* that this program or the database knows */
	uint32_t applied;    /* baselines included */
	uint32_t pending;
	uint32_t failed;
	uint32_t rolled_back;	/* wait for a decision */
	uint32_t changed;	/* applied with other SQL */
	uint32_t missing;	/* applied, and not in this program */
	uint32_t out_of_order;	/* pending, and older than an applied one */
	uint32_t halfway;	/* stopped, or at work, outside a transaction */
	uint32_t drift_missing; /* schema objects */
	uint32_t drift_changed;
	uint32_t drift_extra;
	uint32_t invalid_indexes;  /* that nobody is making */
	uint32_t building_indexes; /* somebody is making them */
	uint32_t index_count;
	uint32_t finding_count;
	const struct bobolink_health_index *indexes;	/* both kinds */
	const struct bobolink_health_finding *findings; /* the worst first */
	const char *drift_reason;			/* why the schema was not compared */
	const char *holder;				/* of the lock, where it is known */
	const char *last_run_at; /* UTC, of the newest change to the history */
	const char *last_run_by;
	const char *
		last_run; /* "applied", "failed", "rolled_back", …: how the migration below ended */
	const char *last_run_name;
	int64_t last_run_version;     /* -1 for none */
	const char *backup;	      /* name of the newest one in options.backup_directory */
	const char *backup_at;	      /* UTC */
	int64_t backup_age_s;	      /* -1 for none */
	uint32_t fixes_failed;	      /* each is a finding, and a note */
	uint32_t fixes_pending;	      /* that a later run looks at, but for failed ones */
	uint32_t repeatables_pending; /* that the next run runs */
	uint32_t reserved;
};

/*
 * Looks at everything at once. It writes nothing and waits for nobody: of a SQLite database that is locked against readers it
 * says so at once, unless the application's own busy timeout waits. On PostgreSQL the schema is not compared while somebody
 * migrates, or when another transaction keeps a lock on a table for longer than a fifth of a second.
 *
 * Cost: the queries of bobolink_status() and, for a set with scripts, of bobolink_script_list(), three small ones more on
 * PostgreSQL, a look into the directory of the backups; and the comparison of bobolink_drift(), which grows with the schema
 * (docs/schema.md has figures). With BOBOLINK_HEALTH_QUICK in `flags` that is left out, which suits an endpoint asked every
 * few seconds.
 *
 * verdict: the worst of what was found, in this order: what kept the database from being read, BOBOLINK_NEWER, HALFWAY,
 * OTHER_NAME, MISSING, CHANGED, OUT_OF_ORDER, HELD with a failed migration, DRIFT (missing or changed objects, invalid indexes; extra
 * objects are no fault), HELD with a rolled-back one, PENDING (repeatables too), OK. A failed fix, which stops nothing, is a
 * note.
 *
 * Returns BOBOLINK_OK whatever it found, also that the connection is lost; BOBOLINK_NO_MEMORY or BOBOLINK_INTERRUPTED
 * otherwise. Release with bobolink_health_free().
 */
int bobolink_health(struct bobolink_session *session, uint32_t flags,
		    struct bobolink_health **health, struct bobolink_error *error);
/*
 * The same for a database that could not be opened, so that an endpoint has an answer then, too: reachable is 0, and what is
 * known without the database is its newest backup. `why` is what the connection or bobolink_open() failed with, which becomes the
 * verdict; its message is no finding. Returns BOBOLINK_OK, BOBOLINK_NO_MEMORY or, when the set or the options are not
 * usable, BOBOLINK_USAGE.
 */
int bobolink_health_without(const struct bobolink_set *set, const struct bobolink_options *options,
			    const struct bobolink_error *why, struct bobolink_health **health,
			    struct bobolink_error *error);
void bobolink_health_free(struct bobolink_health *health);
/* The exit code for a health: that of its verdict, but 5 for a failed migration. */
int bobolink_health_exit_code(const struct bobolink_health *health);

/*
 * What the `validate` member of a set points to; the runtime calls it as options.validate says. With options.auto_repair
 * missing tables, columns and indexes are made again first, except with BOBOLINK_VALIDATION_LOOK.
 * BOBOLINK_DRIFT: something is missing or has changed; every difference is an event.
 */
int bobolink_schema_validate(struct bobolink_session *session, int when,
			     struct bobolink_error *error);

/*
 * An object in words: "column orders.note", "foreign-key orders(product_id)", "table reports.daily". Names from a database may
 * hold anything, control characters included. What does not fit is cut at a character.
 */
void bobolink_object_text(const struct bobolink_object *object, char *text, size_t size);

/* "table", "column", "foreign-key", …; never NULL. */
const char *bobolink_object_kind_name(int kind);
/* The kind of a word, or 0. */
int bobolink_object_kind_from_name(const char *name, size_t length);

#ifdef __cplusplus
}
#endif

#endif
