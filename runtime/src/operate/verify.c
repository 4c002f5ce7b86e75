/*
 * Verify: compares what was recorded with what the program carries. Pending is no finding.
 */
#include <string.h>

#include "../error.h"
#include "../explain.h"
#include "down.h"

struct findings_box {
	struct bobolink_findings findings; /* first: the caller's pointer */
	struct bobolink_allocator allocator;
	struct bl_pool pool;
	struct bobolink_finding *items;
};

static bool is_finding(const struct bl_plan_item *item)
{
	return item->code != BOBOLINK_OK || bl_plan_is_note(item) ||
	       item->state == BOBOLINK_STATE_RUNNING;
}

/* Past white space and comments, as far as both databases agree on what that is. */
static const char *skip_blanks(const char *text)
{
	for (;;) {
		text += strspn(text, " \t\r\n\f\v");
		if (strncmp(text, "--", 2) == 0)
			text += strcspn(text, "\n");
		else if (strncmp(text, "/*", 2) == 0 && strstr(text, "*/"))
			text = strstr(text, "*/") + 2;
		else
			return text;
	}
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_' || c == '$' || ((unsigned char)c & 0x80);
}

static bool is_operator(char c)
{
	return c && strchr("+-*/<>=~!@#%^&|?:", c);
}

/* Two characters on end that belong to one word or one operator. */
static bool join(char before, char next)
{
	return (is_word(before) && is_word(next)) || (is_operator(before) && is_operator(next));
}

/* Whether two statements differ in more than blanks and comments between their words. */
static bool differ(const char *a, const char *b)
{
	char quote = 0;
	char before = 0;

	for (;;) {
		const char *from_a = a;
		const char *from_b = b;

		if (!quote) {
			a = skip_blanks(a);
			b = skip_blanks(b);
		}
		if (*a != *b || !*a)
			return *a != *b;
		if ((a == from_a) != (b == from_b) && join(before, *a))
			return true;
		if (quote ? *a == quote : strchr("'\"`", *a) != NULL)
			quote = quote ? 0 : *a;
		before = *a;
		a++;
		b++;
	}
}

/* The statement that a migration was recorded with, or carries, at `number`; "" past the last one. */
static const char *statement_text(const struct bobolink_set *set, uint32_t index,
				  const struct bobolink_section *section, uint32_t number)
{
	if (number >= section->count)
		return "";
	return bl_set_text(set, index, bl_set_statement(set, index, section, number)->text);
}

/* Fills in the first statement that differs; `recorded` is what was applied. */
static void fill_difference(const struct bobolink_set *set, uint32_t index,
			    const struct bobolink_set *recorded, struct bl_pool *pool,
			    struct bobolink_finding *finding)
{
	const struct bobolink_section *ours = &set->migrations[index].up;
	const struct bobolink_section *theirs = &recorded->migrations[0].down;

	for (uint32_t i = 0; i < ours->count || i < theirs->count; i++) {
		const char *carried = statement_text(set, index, ours, i);
		const char *before = statement_text(recorded, 0, theirs, i);

		if (!differ(carried, before))
			continue;
		finding->statement = i + 1;
		if (i < ours->count)
			finding->line = bl_set_statement(set, index, ours, i)->line;
		finding->carried = carried;
		finding->recorded = bl_pool_format(pool, "%s", before);
		return;
	}
}

/* What the database has of a changed migration; that it cannot be read is no reason to say nothing. */
static int compare_changed(struct bobolink_session *session, const struct bl_plan *plan,
			   struct findings_box *box, struct bobolink_error *error)
{
	for (uint32_t i = 0; i < box->findings.count; i++) {
		struct bobolink_finding *finding = &box->items[i];
		uint32_t index = bl_set_find(plan->set, finding->version);
		struct bl_stored stored = { .text = NULL };
		int rc = BOBOLINK_OK;

		finding->recorded = finding->carried = "";
		if (finding->code != BOBOLINK_CHANGED || index == BL_SET_NONE)
			continue;
		rc = bl_down_section(session, finding->version, true, &stored, error);
		if (rc == BOBOLINK_OK)
			fill_difference(plan->set, index, &stored.set, &box->pool, finding);
		bl_stored_release(&stored, &session->allocator);
		if (rc && rc != BOBOLINK_CORRUPT && rc != BOBOLINK_PLAN_CHANGED)
			return rc;
		bl_error_clear(error);
	}
	return BOBOLINK_OK;
}

static void add_finding(const struct bl_plan *plan, const struct bl_plan_item *item,
			struct findings_box *box)
{
	struct bobolink_finding *finding = &box->items[box->findings.count++];
	char text[BOBOLINK_MESSAGE_SIZE];

	bl_explain_item(plan, item, text, sizeof(text));
	finding->version = item->version;
	finding->code = item->code;
	/* A migration that stopped half-way can be gone on with, but it is not as it should be. */
	if (item->state == BOBOLINK_STATE_RUNNING && item->code == BOBOLINK_OK)
		finding->code = BOBOLINK_HALFWAY;
	finding->name = bl_pool_format(&box->pool, "%s", bl_plan_item_name(plan, item));
	finding->message = bl_pool_format(&box->pool, "%s", text);
	box->findings.verdict = bl_plan_worse(box->findings.verdict, finding->code);
}

static int fill_findings(const struct bl_plan *plan, struct findings_box *box)
{
	box->items = bl_memory_alloc(&box->allocator, plan->count, sizeof(*box->items));
	if (!box->items)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < plan->count; i++) {
		if (is_finding(&plan->items[i]))
			add_finding(plan, &plan->items[i], box);
	}
	box->findings.items = box->items;
	return box->pool.failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

int bobolink_verify(struct bobolink_session *session, struct bobolink_findings **findings,
		    struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct findings_box *box;
	struct bobolink_error local;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*findings = NULL;
	box = bl_memory_alloc(&session->allocator, 1, sizeof(*box));
	if (!box)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->allocator = session->allocator;
	bl_pool_init(&box->pool, &box->allocator);
	rc = bl_view_read(session, &request, NULL, &view, error);
	/* A verdict about the whole is no finding about one migration. */
	if (rc == BOBOLINK_OK && view.plan.verdict == BOBOLINK_OTHER_NAME)
		rc = bl_explain_verdict(&view.plan, error);
	if (rc == BOBOLINK_OK && fill_findings(&view.plan, box))
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	if (rc == BOBOLINK_OK)
		rc = compare_changed(session, &view.plan, box, error);
	bl_view_release(&view);
	*findings = &box->findings;
	if (rc) {
		bobolink_findings_free(*findings);
		*findings = NULL;
	}
	return rc;
}

void bobolink_findings_free(struct bobolink_findings *findings)
{
	struct findings_box *box = (struct findings_box *)findings;
	struct bobolink_allocator allocator;

	if (!findings)
		return;
	allocator = box->allocator;
	bl_pool_release(&box->pool);
	bl_memory_release(&allocator, box->items);
	bl_memory_release(&allocator, box);
}
