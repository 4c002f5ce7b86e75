/*
 * Together: the sets of one program, each in a database of its own or several in one.
 *
 * All databases are asked, and everything is planned, before the first write. Then each set is migrated as far as it
 * goes; one that waits for another has its turn again when that one has gone on. A run of a set that is interrupted in this
 * way is still one batch, as every part of it has the same target.
 */
#include <inttypes.h>
#include <string.h>

#include "../error.h"
#include "../explain.h"
#include "foresee.h"
#include "require.h"

/* One set on its way. */
struct part {
	struct bobolink_session *session;
	struct bl_view view; /* what was planned; empty where nothing is to do */
	uint32_t planned;    /* steps of it that come to their turn */
	bool doubtful;	     /* it stopped half-way, or another program is at work on it */
	bool finished;
	uint32_t backup; /* the session's option */
	int64_t waiting; /* version of the migration that waits for another set; -1: none */
	struct bobolink_outcome outcome;
	struct bobolink_error error; /* of its last turn */
};

struct run {
	struct part *parts;
	uint32_t count;
	int32_t mode; /* BL_PLAN_BOOT or BL_PLAN_APPLY */
	struct bobolink_allocator allocator;
};

void bobolink_join(struct bobolink_session *const *sessions, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		sessions[i]->companions = sessions;
		sessions[i]->companion_count = count;
		sessions[i]->permit = bobolink_permit;
	}
}

/* Whoever reads the message wants to know which of the sets it is about. */
static int name_set(const struct bobolink_set *set, int rc, struct bobolink_error *error)
{
	char message[BOBOLINK_MESSAGE_SIZE];

	if (!rc)
		return rc;
	bl_format(message, sizeof(message), "%s: %s", set->name, error->message);
	memcpy(error->message, message, sizeof(message));
	error->code = rc;
	return rc;
}

/* Two sets on one connection share a transaction, and so its tables. */
static int check_pair(const struct bobolink_session *a, const struct bobolink_session *b,
		      struct bobolink_error *error)
{
	const char *schema = a->options.schema ? a->options.schema : "";

	if (strcmp(a->set->name, b->set->name) == 0)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "the set %s is given twice: give each set once, and migrate "
				    "many databases of one set one after the other",
				    a->set->name);
	if (a->handle == b->handle && strcmp(schema, b->options.schema ? b->options.schema : ""))
		return bl_error_set(error, BOBOLINK_USAGE,
				    "%s and %s are on one connection and want bobolink's tables in "
				    "different schemas: give each a connection",
				    a->set->name, b->set->name);
	return BOBOLINK_OK;
}

static int check_sets(const struct run *run, struct bobolink_error *error)
{
	for (uint32_t i = 0; i < run->count; i++) {
		for (uint32_t j = 0; j < i; j++) {
			int rc = check_pair(run->parts[j].session, run->parts[i].session, error);

			if (rc)
				return rc;
		}
	}
	return BOBOLINK_OK;
}

/* With BOBOLINK_ON_FAILURE_CONTINUE a start is not kept from anything by these. */
static bool is_put_up_with(const struct run *run, const struct part *part, int verdict)
{
	const struct bobolink_options *options = &part->session->options;

	if (run->mode != BL_PLAN_BOOT || verdict == BOBOLINK_NEWER ||
	    verdict == BOBOLINK_OTHER_NAME || verdict == BOBOLINK_USAGE)
		return false;
	return options->auto_migrate == BOBOLINK_AUTO_MIGRATE_OFF ||
	       options->on_failure == BOBOLINK_ON_FAILURE_CONTINUE;
}

/* A set that will not run has no steps. What stopped half-way another program may be at: only the lock would tell. */
static int judge(const struct run *run, struct part *part, struct bobolink_error *error)
{
	struct bl_plan *plan = &part->view.plan;
	bool off = run->mode == BL_PLAN_BOOT &&
		   part->session->options.auto_migrate == BOBOLINK_AUTO_MIGRATE_OFF;

	part->doubtful = plan->verdict == BOBOLINK_HALFWAY;
	if (off || is_put_up_with(run, part, plan->verdict))
		plan->step_count = plan->verdict || off ? 0 : plan->step_count;
	else if (plan->verdict && !part->doubtful)
		return bl_explain_verdict(plan, error);
	part->outcome.result = plan->step_count ? BOBOLINK_PENDING : BOBOLINK_OK;
	return BOBOLINK_OK;
}

static int plan_part(const struct run *run, struct part *part, const struct bl_head *head,
		     struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = run->mode, .target = BOBOLINK_HEAD };
	int rc = bl_view_read(part->session, &request, head, &part->view, error);

	return rc ? rc : judge(run, part, error);
}

/* Whether step `number` of a part comes to its turn, as far as everything was planned. */
static int is_due(const struct run *run, struct part *part, uint32_t number, bool *due,
		  struct bl_requirement *requirement, struct bobolink_error *error)
{
	const struct bl_plan *plan = &part->view.plan;
	uint32_t index = plan->items[plan->steps[number]].index;
	const char *text = bl_requirement_text(plan->set, index);

	*due = true;
	while (*due && bl_requirement_next(&text, requirement)) {
		int rc = bl_requirement_look(part->session, requirement, due, error);

		if (rc)
			return rc;
		for (uint32_t i = 0; i < run->count && !*due; i++) {
			const struct part *other = &run->parts[i];
			const struct bl_plan *theirs = &other->view.plan;

			if (!bl_requirement_is_of(requirement, other->session->set))
				continue;
			for (uint32_t n = 0; n < other->planned; n++)
				*due |= theirs->items[theirs->steps[n]].version ==
					requirement->version;
		}
	}
	return BOBOLINK_OK;
}

/* The steps that come to their turn now; in one transaction all of them or none. */
static int advance(const struct run *run, struct part *part, bool *moved,
		   struct bobolink_error *error)
{
	bool all = part->session->options.transaction == BOBOLINK_TRANSACTION_ALL;
	uint32_t number = part->planned;
	struct bl_requirement requirement;
	bool due = true;

	while (due && number < part->view.plan.step_count) {
		int rc = is_due(run, part, number, &due, &requirement, error);

		if (rc)
			return rc;
		number += due;
	}
	if (number == part->planned || (all && number < part->view.plan.step_count))
		return BOBOLINK_OK;
	part->planned = number;
	*moved = true;
	return BOBOLINK_OK;
}

/* Why a part does not come to its end. */
static int explain_wait(const struct run *run, struct part *part, struct bobolink_error *error)
{
	static const char *const whys[] = {
		"which cannot be applied before it, as it waits for this set, or is held back",
		"which this program does not carry: build it with that set as it is now",
		"and this program does not carry that set: migrate it first, with one that does",
	};
	const struct bl_plan *plan = &part->view.plan;
	struct bl_requirement requirement = { .name = "" };
	uint32_t number = part->planned;
	uint32_t why = 2;
	bool due = true;
	int rc = BOBOLINK_OK;

	for (; due && number < plan->step_count && rc == BOBOLINK_OK; number += due)
		rc = is_due(run, part, number, &due, &requirement, error);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < run->count; i++) {
		const struct bobolink_set *set = run->parts[i].session->set;

		if (bl_requirement_is_of(&requirement, set))
			why = bl_set_find(set, requirement.version) == BL_SET_NONE;
	}
	return bl_requirement_fail(part->session, plan->items[plan->steps[number]].index,
				   &requirement, whys[why], error);
}

/* Sees that every step comes to its turn. */
static int check_order(const struct run *run, struct bobolink_error *error)
{
	bool moved = true;
	int rc = BOBOLINK_OK;

	while (moved) {
		moved = false;
		for (uint32_t i = 0; i < run->count && rc == BOBOLINK_OK; i++)
			rc = name_set(run->parts[i].session->set,
				      advance(run, &run->parts[i], &moved, error), error);
		if (rc)
			return rc;
	}
	for (uint32_t i = 0; i < run->count; i++) {
		struct part *part = &run->parts[i];

		if (part->planned < part->view.plan.step_count &&
		    !is_put_up_with(run, part, BOBOLINK_REQUIRED))
			return name_set(part->session->set, explain_wait(run, part, error), error);
	}
	return BOBOLINK_OK;
}

/*
 * What a set would be refused for at its own turn is told before the first turn of any; what is done in part, or may be, has its
 * turn first.
 */
static int foresee(const struct run *run, const struct bl_head *heads, struct bobolink_error *error)
{
	bool work = false;
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < run->count; i++)
		work |= run->parts[i].view.plan.step_count != 0;
	for (uint32_t i = 0; i < run->count && work && rc == BOBOLINK_OK; i++) {
		const struct part *part = &run->parts[i];
		const struct bobolink_options *options = &part->session->options;
		bool boot = run->mode == BL_PLAN_BOOT;

		if (part->doubtful || (boot && options->on_failure == BOBOLINK_ON_FAILURE_CONTINUE))
			continue;
		rc = name_set(part->session->set,
			      bl_foresee(part->session, &part->view, &heads[i], boot, error),
			      error);
	}
	return rc;
}

/* Every database answers before any is planned for, let alone written. */
static int look_at_all(struct run *run, struct bl_head *heads, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < run->count && rc == BOBOLINK_OK; i++)
		rc = name_set(run->parts[i].session->set,
			      bl_session_head(run->parts[i].session, &heads[i], error), error);
	for (uint32_t i = 0; i < run->count && rc == BOBOLINK_OK; i++) {
		if (run->mode != BL_PLAN_BOOT || !bl_head_matches(&heads[i]))
			rc = name_set(run->parts[i].session->set,
				      plan_part(run, &run->parts[i], &heads[i], error), error);
	}
	if (rc == BOBOLINK_OK)
		rc = check_order(run, error);
	return rc ? rc : foresee(run, heads, error);
}

/* Runs a part as far as it goes. Returns what it ended with; that it waits for another set is BOBOLINK_REQUIRED. */
static int run_part(const struct run *run, struct part *part, bool *moved)
{
	uint32_t applied = 0;
	int64_t before = part->waiting;
	int rc;

	if (run->mode == BL_PLAN_BOOT)
		rc = bobolink_boot(part->session, &part->error);
	else
		rc = bobolink_apply(part->session, BOBOLINK_HEAD, &applied, &part->error);
	part->outcome.applied += applied;
	part->outcome.result = rc;
	part->finished = rc == BOBOLINK_OK;
	part->waiting = rc == BOBOLINK_REQUIRED ? part->error.version : -1;
	/* One backup for all parts; this one has made it, where it is wanted. */
	if (rc == BOBOLINK_REQUIRED)
		part->session->options.backup = BOBOLINK_BACKUP_NEVER;
	*moved |= part->finished || part->waiting != before;
	return name_set(part->session->set, rc, &part->error);
}

/* One turn for every set that has something left. */
static int take_turns(struct run *run, bool doubtful, bool *moved, bool *left,
		      struct bobolink_error *error)
{
	for (uint32_t i = 0; i < run->count; i++) {
		struct part *part = &run->parts[i];
		int rc;

		if (part->finished || (doubtful && !part->doubtful))
			continue;
		rc = run_part(run, part, moved);
		*left |= !part->finished;
		if (rc == BOBOLINK_OK || rc == BOBOLINK_REQUIRED)
			continue;
		*error = part->error;
		return rc;
	}
	return BOBOLINK_OK;
}

/* Nothing moves any more. A start that is told to goes on with what there is. */
static int give_up(const struct run *run, struct bobolink_error *error)
{
	for (uint32_t i = 0; i < run->count; i++) {
		struct part *part = &run->parts[i];

		if (part->finished)
			continue;
		if (!is_put_up_with(run, part, BOBOLINK_REQUIRED)) {
			*error = part->error;
			return BOBOLINK_REQUIRED;
		}
		bl_session_event(part->session, BOBOLINK_EVENT_BOOT, BOBOLINK_ERROR, part->waiting,
				 "", -1,
				 "the program goes on with the schema as it is, because it is told "
				 "to: %s",
				 part->error.message);
	}
	return BOBOLINK_OK;
}

static int run_all(struct run *run, struct bobolink_error *error)
{
	bool moved = true;
	bool left = true;
	int rc;

	/* Whether these can go on is only known when they try; the others are not begun before. */
	rc = take_turns(run, true, &moved, &left, error);
	while (rc == BOBOLINK_OK && left && moved) {
		left = moved = false;
		rc = take_turns(run, false, &moved, &left, error);
	}
	return rc || !left ? rc : give_up(run, error);
}

static int begin(struct run *run, struct bobolink_session *const *sessions, uint32_t count,
		 struct bobolink_error *error)
{
	run->allocator = sessions[0]->allocator;
	run->count = count;
	run->parts = bl_memory_alloc(&run->allocator, count, sizeof(*run->parts));
	if (!run->parts)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	for (uint32_t i = 0; i < count; i++) {
		run->parts[i].session = sessions[i];
		run->parts[i].waiting = -1;
		run->parts[i].backup = sessions[i]->options.backup;
		bl_history_init(&run->parts[i].view.history, &sessions[i]->allocator);
	}
	bobolink_join(sessions, count);
	return check_sets(run, error);
}

static void end(struct run *run, struct bobolink_outcome *outcomes)
{
	for (uint32_t i = 0; run->parts && i < run->count; i++) {
		if (outcomes)
			outcomes[i] = run->parts[i].outcome;
		run->parts[i].session->options.backup = run->parts[i].backup;
		bl_session_scripts(run->parts[i].session, NULL, BOBOLINK_SCRIPTS_END, NULL);
		bl_view_release(&run->parts[i].view);
	}
	bl_memory_release(&run->allocator, run->parts);
}

static int migrate(struct bobolink_session *const *sessions, uint32_t count, int32_t mode,
		   struct bobolink_outcome *outcomes, struct bobolink_error *error)
{
	struct run run = { .mode = mode };
	struct bobolink_error local;
	struct bl_head *heads = NULL;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (!count)
		return BOBOLINK_OK;
	rc = begin(&run, sessions, count, error);
	if (rc == BOBOLINK_OK) {
		heads = bl_memory_alloc(&run.allocator, count, sizeof(*heads));
		if (!heads)
			rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	}
	if (rc == BOBOLINK_OK)
		rc = look_at_all(&run, heads, error);
	bl_memory_release(&run.allocator, heads);
	if (rc == BOBOLINK_OK)
		rc = run_all(&run, error);
	end(&run, outcomes);
	return rc;
}

int bobolink_boot_all(struct bobolink_session *const *sessions, uint32_t count,
		      struct bobolink_error *error)
{
	return migrate(sessions, count, BL_PLAN_BOOT, NULL, error);
}

int bobolink_apply_all(struct bobolink_session *const *sessions, uint32_t count,
		       struct bobolink_outcome *outcomes, struct bobolink_error *error)
{
	return migrate(sessions, count, BL_PLAN_APPLY, outcomes, error);
}

static int open_all(const struct bobolink_database *databases, uint32_t count,
		    struct bobolink_session **sessions, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < count && rc == BOBOLINK_OK; i++) {
		const struct bobolink_set *set = databases[i].set;

		rc = bobolink_open(set, databases[i].connection, databases[i].options, &sessions[i],
				   error);
		if (set && set->name)
			rc = name_set(set, rc, error);
	}
	return rc;
}

int bobolink_migrate_all(const struct bobolink_database *databases, uint32_t count,
			 struct bobolink_error *error)
{
	const struct bobolink_allocator allocator = bl_memory_default();
	struct bobolink_session **sessions = bl_memory_alloc(&allocator, count, sizeof(*sessions));
	struct bobolink_error local;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (!sessions)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	rc = open_all(databases, count, sessions, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_boot_all(sessions, count, error);
	for (uint32_t i = 0; i < count; i++)
		bobolink_close(sessions[i]);
	bl_memory_release(&allocator, sessions);
	return rc;
}
