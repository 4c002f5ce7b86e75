/*
 * The session from inside: one connection, one set, the options, and the runtime's own statements.
 */
#ifndef BL_SESSION_H
#define BL_SESSION_H

#include "history.h"
#include "plan.h"

struct bl_log_entry;
struct bl_scripts;

/* Events of a run that no committed transaction has written yet (log.c). */
struct bl_log_queue {
	struct bl_pool pool;
	struct bl_log_entry *entries;
	uint32_t count;
	uint32_t capacity;
	uint32_t written; /* of them, in the transaction at hand */
	uint32_t mark;	  /* how many there were when it began */
	bool open;
};

struct bobolink_session {
	const struct bobolink_set *set;
	const struct bobolink_backend *backend;
	const struct bobolink_archive *archive; /* NULL: it cannot be saved */
	struct bobolink_connection *connection;
	struct bobolink_allocator allocator;
	struct bobolink_options options; /* complete: members the caller did not know are zero */
	char *sql[BL_SQL_COUNT];	 /* filled in for this backend when first used */
	uint64_t jitter;
	struct bobolink_context context; /* the backend's view of all this */
	volatile sig_atomic_t interrupted;
	struct bl_log_queue log;
	void *handle; /* the application's connection */
	/* Whether a step may run; NULL: always. */
	int (*permit)(struct bobolink_session *session, int64_t version, int down,
		      struct bobolink_error *error);
	/* The sessions of the other sets of the program, and this one; none where they are not known. */
	struct bobolink_session *const *companions;
	uint32_t companion_count;
	/* Of a run of a set with scripts; the scripts library keeps them. */
	struct bl_scripts *scripts; /* NULL between runs */
	bool scripts_wait; /* for migrations of this run, or for its end: it does not end with a migration */
	bool scripts_wrote;	    /* the history is another one: it is read, and planned, again */
	bool scripts_mended;	    /* in this run a fix has acted */
	char next_due[32];	    /* when a script wants to be looked at again; "" for never */
	const struct bl_view *view; /* while scripts are at work: what the run has read */
	bool backed_up;		    /* in this run, as far as the options ask for it */
};

/* A next_due that has always come. */
#define BL_DUE_NOW "1970-01-01T00:00:00.000Z"

/* Parameters of a statement: texts are borrowed, numbers kept here. */
struct bl_values {
	struct bobolink_value items[16];
	char numbers[16][24];
	uint32_t count;
};

void bl_values_text(struct bl_values *values, const char *text);
void bl_values_bytes(struct bl_values *values, const char *text, size_t length);
void bl_values_integer(struct bl_values *values, int64_t number);
/* SQL's NULL for a negative number. */
void bl_values_optional(struct bl_values *values, int64_t number);
void bl_values_null(struct bl_values *values);

/* How long locks are waited for by default. */
#define BL_LOCK_TIMEOUT_MS 60000u

/* Milliseconds of a clock that only moves forward. */
uint64_t bl_clock_ms(void);

/* Who is at work: options.program, or the set's name. */
const char *bl_session_program(const struct bobolink_session *session);

/* A session without a connection, for what needs none; bobolink_close frees it, too. */
int bl_session_new(const struct bobolink_set *set, const struct bobolink_options *options,
		   struct bobolink_session **session, struct bobolink_error *error);

/* Runs one of the runtime's statements once. `changed` may be NULL. */
int bl_session_query(struct bobolink_session *session, int sql, const struct bl_values *values,
		     bobolink_row_fn *row, void *context, int64_t *changed,
		     struct bobolink_error *error);

/* Runs one that must change one row; BOBOLINK_STALE when the history is not as it was read. */
int bl_session_write(struct bobolink_session *session, int sql, const struct bl_values *values,
		     struct bobolink_error *error);

/* The same with statements that are not in the table of history.c; NULL is BOBOLINK_NO_MEMORY. */
int bl_session_ask(struct bobolink_session *session, const char *text,
		   const struct bl_values *values, bobolink_row_fn *row, void *context,
		   int64_t *changed, struct bobolink_error *error);
int bl_session_put(struct bobolink_session *session, const char *text,
		   const struct bl_values *values, struct bobolink_error *error);

/* bl_session_query outside a transaction: waits while another connection is in the way. */
int bl_session_read(struct bobolink_session *session, int sql, const struct bl_values *values,
		    bobolink_row_fn *row, void *context, struct bobolink_error *error);

/* Reads the head row. Without bobolink's tables it is BOBOLINK_OK and an absent head. */
int bl_session_head(struct bobolink_session *session, struct bl_head *head,
		    struct bobolink_error *error);

/* BOBOLINK_PLAN_CHANGED when `head` is not the one that a plan was made from; NULL expects nothing. */
int bl_head_expect(const struct bl_head *expected, const struct bl_head *head,
		   struct bobolink_error *error);

/* Set `number` (from 0) of the program, as far as it said which it has; its own may be among them, twice too. NULL: no more. */
const struct bobolink_set *bl_session_set(const struct bobolink_session *session, uint32_t number);

/* Reads the history, and other sets' where this one has none. */
int bl_session_history(struct bobolink_session *session, struct bl_history *history,
		       struct bobolink_error *error);

/*
 * Compares the schema with the history, as far as the options ask for it. `head`: as it was just read. `when` is an enum
 * bobolink_validation.
 */
int bl_session_validate(struct bobolink_session *session, const struct bl_head *head, int when,
			struct bobolink_error *error);

/* Tells the log callback and, during a run, the table; `version` -1 and `name` "" for none. */
void bl_session_event(struct bobolink_session *session, int kind, int level, int64_t version,
		      const char *name, int64_t duration_ms, const char *format, ...)
	__attribute__((format(printf, 7, 8)));
/* Makes a backup before the first step of a run. */
int bl_session_back_up(struct bobolink_session *session, struct bobolink_error *error);

/* Tells the progress callback; false when the run shall stop. */
bool bl_session_goes_on(const struct bobolink_session *session,
			const struct bobolink_progress *progress);
/* Tells the callback alone. */
void bl_session_tell(const struct bobolink_session *session, int kind, int level, int64_t version,
		     const char *name, int64_t duration_ms, const char *detail);

/* Head, history and plan read together; what every public function begins with. */
struct bl_view {
	struct bl_head head;
	struct bl_history history;
	struct bl_plan plan;
};

/* `head`, where it was just read, is not asked for again; else NULL. */
int bl_view_read(struct bobolink_session *session, const struct bl_plan_request *request,
		 const struct bl_head *head, struct bl_view *view, struct bobolink_error *error);
/* The view of a head that matches: what it says of the chain is known without reading the history. */
void bl_view_of_head(struct bobolink_session *session, const struct bl_head *head,
		     struct bl_view *view);
void bl_view_release(struct bl_view *view);

/*
 * Lets the scripts of the set run, or end, at an enum bobolink_scripts_point. `view`: as the run has it; NULL at the end.
 * BOBOLINK_STALE: they wrote, or somebody else has, and the history is another one.
 */
int bl_session_scripts(struct bobolink_session *session, const struct bl_view *view, int point,
		       struct bobolink_error *error);

#endif
