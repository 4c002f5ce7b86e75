/*
 * History: what bobolink's own tables say, and how a row may change.
 *
 * The SQL of every engine is the text in history.c with the backend's fragments filled in. Which
 * change of state is allowed, and which statement makes it, stands in one table.
 */
#ifndef BL_HISTORY_H
#define BL_HISTORY_H

#include <bobolink/backend.h>

#include "memory.h"

/* What a row says about an item; BL_STATUS_NONE is the absence of a row. */
enum bl_status {
	BL_STATUS_NONE,
	BL_STATUS_APPLIED,
	BL_STATUS_FAILED,
	BL_STATUS_RUNNING,
	BL_STATUS_SKIPPED,
	BL_STATUS_BASELINE,
	BL_STATUS_ROLLED_BACK,
	BL_STATUS_UNDONE, /* taken back by its own run, or by a decision: as if it had never been applied */
	BL_STATUS_ROLLING_BACK, /* its rollback stopped half-way outside a transaction */
	BL_STATUS_PENDING,	/* a fix that waits for its time */
	BL_STATUS_COUNT
};

/* What may happen to an item. */
enum bl_history_event {
	BL_HISTORY_APPLY,	  /* all of it ran in one transaction */
	BL_HISTORY_START,	  /* it begins outside a transaction */
	BL_HISTORY_PROGRESS,	  /* one more statement of it, or batch, is done */
	BL_HISTORY_FINISH,	  /* its last statement is done */
	BL_HISTORY_FAIL,	  /* it was refused and left nothing behind */
	BL_HISTORY_STOP,	  /* it was refused with some of its statements done */
	BL_HISTORY_UNDO,	  /* all of its down ran */
	BL_HISTORY_TAKE_BACK,	  /* the same, because a later migration of the run was refused */
	BL_HISTORY_UNDO_START,	  /* its down begins outside a transaction */
	BL_HISTORY_UNDO_PROGRESS, /* one more statement of it, or batch, is done */
	BL_HISTORY_UNDO_STOP,	  /* it was refused with some of its statements done */
	BL_HISTORY_MARK_APPLIED,  /* a person says so */
	BL_HISTORY_MARK_PENDING,  /* likewise */
	BL_HISTORY_FORGET,	  /* likewise: no program has it any more */
	BL_HISTORY_RESTAMP,	  /* a cosmetic change was accepted */
	BL_HISTORY_BASELINE,	  /* taken as applied */
	BL_HISTORY_SKIP,	  /* a seed for other environments: nothing was run */
	BL_HISTORY_EVENT_COUNT
};

/* Rows of scripts that are not done: the words of an index, which a query has to repeat. */
#define BL_WAITING "(status {=} 'pending' OR status {=} 'failed')"

/* The runtime's own statements. */
enum bl_sql {
	BL_SQL_NONE,
	BL_SQL_CREATE_HISTORY,
	BL_SQL_CREATE_LIVE,
	BL_SQL_CREATE_WAITING,
	BL_SQL_CREATE_LOG,
	BL_SQL_CREATE_HEAD,
	BL_SQL_HEAD_READ,
	BL_SQL_HEAD_INSERT,
	BL_SQL_HEAD_UPDATE,
	BL_SQL_HEAD_COMPLETE,
	BL_SQL_HEAD_STAMP,
	BL_SQL_HISTORY_READ,
	BL_SQL_HISTORY_OTHERS,
	BL_SQL_HISTORY_LIVE,
	BL_SQL_HISTORY_HOLDER,
	BL_SQL_HISTORY_INSERT,
	BL_SQL_HISTORY_UPDATE,
	BL_SQL_HISTORY_PROGRESS,
	BL_SQL_HISTORY_TURN,
	BL_SQL_HISTORY_END,
	BL_SQL_HISTORY_RESTAMP,
	BL_SQL_HISTORY_STORED,
	BL_SQL_REPEATABLES_END,
	BL_SQL_FIX_END,
	BL_SQL_LOG_INSERT,
	BL_SQL_LOG_READ,
	BL_SQL_COUNT
};

struct bl_transition {
	int32_t status; /* enum bl_status after it */
	int32_t sql;	/* enum bl_sql that makes it; BL_SQL_NONE: not allowed */
};

/* What `event` does to an item in `status`. */
struct bl_transition bl_history_transition(int status, int event);

/* "applied" …, and back; BL_STATUS_NONE for a word that is none. */
const char *bl_status_name(int status);
int bl_status_from_name(const char *name);
/* Neither absent nor of an earlier life. */
bool bl_status_live(int status);

/* SQL with the placeholders of history.c, made a statement for this backend and connection, appended to `text`. */
void bl_history_expand(const struct bobolink_backend *backend,
		       const struct bobolink_connection *connection, const char *sql,
		       struct bl_text *text);
/* The same with one of the runtime's own statements. */
void bl_history_sql(const struct bobolink_backend *backend,
		    const struct bobolink_connection *connection, int sql, struct bl_text *text);

/* The latest row of one migration: the live one if there is one. */
struct bl_history_row {
	int64_t id; /* ascending in the order in which migrations became what they are */
	int64_t version;
	int64_t batch;
	int64_t duration_ms; /* -1 when not known */
	int64_t attempts;
	int64_t statements_done; /* of a function: the position behind its last batch */
	int32_t status;		 /* enum bl_status */
	bool has_down;		 /* its SQL is stored */
	const char *name;
	const char *checksum;
	const char *sql_checksum;
	const char *executed_at;
	const char *rolled_back_at;
	const char *error_message;
	const char *applied_by;
};

/* A migration that another set has applied. */
struct bl_history_other {
	const char *set_name;
	int64_t version;
	const char *checksum;
};

struct bl_history {
	struct bl_pool pool;
	struct bl_history_row *rows; /* ascending by version, one for each */
	uint32_t count;
	uint32_t capacity;
	struct bl_history_other *others; /* by set name; read only when `rows` is empty */
	uint32_t other_count;
	uint32_t other_capacity;
};

void bl_history_init(struct bl_history *history, const struct bobolink_allocator *allocator);
void bl_history_release(struct bl_history *history);

/* Row functions of BL_SQL_HISTORY_READ and BL_SQL_HISTORY_OTHERS; the context is the history. */
int bl_history_add_row(void *context, const struct bobolink_value *values, uint32_t count);
int bl_history_add_other(void *context, const struct bobolink_value *values, uint32_t count);

/* The head row, as far as a session needs it. Absent numbers are -1. */
struct bl_head {
	bool tables; /* bobolink's tables exist */
	bool exists; /* this set has a row */
	bool digest_matches;
	bool environment_matches;
	bool due; /* a script wants to be looked at, by the database's clock */
	int64_t version;
	int64_t batch; /* 0 before the first */
	int64_t batch_until;
	int64_t revision; /* 0 before the first */
	bool fingerprint_matches;
	char fingerprint[128]; /* of the database as it is now; "" where it is not known */
};

/* Nothing is left to do, now, and everything is as this program expects it. */
bool bl_head_current(const struct bl_head *head);
/* The same, but for scripts whose time has come. */
bool bl_head_matches(const struct bl_head *head);
/* Nobody has changed the history between the two readings. */
bool bl_head_same(const struct bl_head *a, const struct bl_head *b);

/* A number that the database sent as text; false when it is none. */
bool bl_history_integer(const struct bobolink_value *value, int64_t *number);

#endif
