/*
 * Mismatch: the differences of two inventories as one finding that names them.
 *
 * What belongs to a table that is there or missing as a whole is not named.
 */
#include "shadow_mismatch.h"

#include <string.h>

#include "support/buffer.h"

#define NAMED_MAX 8

struct mismatch {
	struct shadow_run *run;
	struct buffer text;
	uint32_t count;
	const struct bobolink_object
		*whole; /* table or view that is there, or missing, as a whole */
	const struct bobolink_object *wanted; /* the first difference */
	const struct bobolink_object *found;
};

/* The kind with blanks: "foreign key". */
static const char *kind_words(const struct bobolink_object *object, struct arena *arena)
{
	const char *kind = bobolink_object_kind_name(object->kind);
	char *words = arena_copy(arena, kind, strlen(kind));

	for (char *at = words; *at; at++)
		*at = *at == '-' ? ' ' : *at;
	return words;
}

const char *shadow_full_name(const char *schema, const char *name, struct arena *arena)
{
	if (!*schema || strcmp(schema, "public") == 0)
		return name;
	return arena_format(arena, "%s.%s", schema, name);
}

const char *shadow_object_text(const struct bobolink_object *object, struct arena *arena)
{
	const char *kind = bobolink_object_kind_name(object->kind);
	const char *words = kind_words(object, arena);
	size_t length = strlen(kind);
	const char *own;

	/* A nameless constraint is named after its kind: "foreign-key(user_id)". */
	if (strncmp(object->name, kind, length) == 0 && object->name[length] == '(')
		own = arena_format(arena, "%s %s", words, object->name + length);
	else if (strcmp(object->name, kind) == 0)
		own = words;
	else
		own = arena_format(arena, "%s \"%s\"", words,
				   object->parent[0]
					   ? object->name
					   : shadow_full_name(object->schema, object->name, arena));
	if (!object->parent[0])
		return own;
	return arena_format(arena, "%s of table \"%s\"", own,
			    shadow_full_name(object->schema, object->parent, arena));
}

static bool is_whole(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TABLE || object->kind == BOBOLINK_OBJECT_VIEW ||
	       object->kind == BOBOLINK_OBJECT_MATERIALIZED_VIEW ||
	       object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE;
}

static bool is_part_of(const struct bobolink_object *object, const struct bobolink_object *whole)
{
	return strcmp(whole->name, object->parent) == 0 &&
	       strcmp(whole->schema, object->schema) == 0;
}

static int add_difference(void *context, const struct bobolink_object *wanted,
			  const struct bobolink_object *found)
{
	struct mismatch *mismatch = context;
	const struct bobolink_object *object = wanted ? wanted : found;
	const char *verb = !wanted ? "is left behind" : found ? "is different" : "is lost";

	if (mismatch->whole && is_part_of(object, mismatch->whole))
		return 0;
	if (is_whole(object) && !(wanted && found))
		mismatch->whole = object;
	if (mismatch->count++ == 0) {
		mismatch->wanted = wanted;
		mismatch->found = found;
	}
	if (mismatch->count <= NAMED_MAX)
		buffer_format(&mismatch->text, "%s%s %s", mismatch->count > 1 ? ", " : "",
			      shadow_object_text(object, mismatch->run->arena), verb);
	return 0;
}

static struct mismatch compare(struct shadow_run *run, const struct bobolink_inventory *wanted,
			       const struct bobolink_inventory *found)
{
	struct mismatch mismatch = { .run = run, .text = BUFFER_INIT };

	bobolink_inventory_compare(wanted, found, add_difference, &mismatch);
	if (mismatch.count > NAMED_MAX)
		buffer_format(&mismatch.text, " and %u more",
			      (unsigned)(mismatch.count - NAMED_MAX));
	return mismatch;
}

static void help_left(const struct mismatch *mismatch)
{
	const struct bobolink_object *object = mismatch->found;
	struct shadow_run *run = mismatch->run;
	const char *undo = run->engine->undo(run, object);

	if (undo)
		diagnostic_help(run->diag, "add to the down: %s;", undo);
	else
		diagnostic_help(run->diag, "make the table \"%s\" again without it in the down",
				object->parent);
}

static void help_lost(const struct mismatch *mismatch)
{
	const struct bobolink_object *object = mismatch->wanted;
	struct diagnostics *diag = mismatch->run->diag;
	size_t length = strlen(object->sql);

	if (length && length <= 120 && !strchr(object->sql, '\n'))
		diagnostic_help(diag, "add to the down: %s;", object->sql);
	else if (object->kind == BOBOLINK_OBJECT_COLUMN)
		diagnostic_help(diag, "add to the down: ALTER TABLE \"%s\" ADD COLUMN \"%s\"%s%s;",
				object->parent, object->name, *object->definition ? " " : "",
				object->definition);
	else
		diagnostic_help(diag, "make it again in the down");
}

static void help(const struct mismatch *mismatch, const struct section *down)
{
	struct diagnostics *diag = mismatch->run->diag;

	if (down->settings.call)
		diagnostic_help(diag, "let %s() undo what the up does", down->settings.call);
	else if (down->count == 0)
		diagnostic_help(diag, "write the down, or take it out and declare "
				      "irreversible:\"why\" on the up");
	else if (!mismatch->wanted)
		help_left(mismatch);
	else if (!mismatch->found)
		help_lost(mismatch);
	else
		diagnostic_help(diag, "before the up: %s; after the down: %s",
				*mismatch->wanted->definition ? mismatch->wanted->definition
							      : "(nothing)",
				*mismatch->found->definition ? mismatch->found->definition
							     : "(nothing)");
}

int shadow_mismatch_down(struct shadow_run *run, const struct migration *migration,
			 const struct bobolink_inventory *before,
			 const struct bobolink_inventory *found)
{
	struct mismatch mismatch = compare(run, before, found);
	const struct section *down = &migration->down;

	if (mismatch.count) {
		diagnostic_at(run->diag, shadow_severity(migration), "down-mismatch", down->source,
			      down->offset, 0, "the down does not restore the schema: %s",
			      mismatch.text.text);
		help(&mismatch, down);
	}
	buffer_release(&mismatch.text);
	return mismatch.count ? -1 : 0;
}

int shadow_mismatch_up(struct shadow_run *run, const struct migration *migration,
		       const struct bobolink_inventory *after,
		       const struct bobolink_inventory *found)
{
	struct mismatch mismatch = compare(run, after, found);
	const struct section *up = &migration->up;

	if (mismatch.count) {
		diagnostic_at(run->diag, shadow_severity(migration), "up-again", up->source,
			      up->offset, 0,
			      "the up makes another schema after its down than at first: %s",
			      mismatch.text.text);
		diagnostic_help(run->diag,
				"IF NOT EXISTS in the up, or IF EXISTS in the down, may hide "
				"what was there");
	}
	buffer_release(&mismatch.text);
	return mismatch.count ? -1 : 0;
}

const char *shadow_difference(struct shadow_run *run, const struct bobolink_inventory *wanted,
			      const struct bobolink_inventory *found)
{
	struct mismatch mismatch = compare(run, wanted, found);
	const char *text = NULL;

	if (mismatch.count)
		text = arena_copy(run->arena, mismatch.text.text, mismatch.text.length);
	buffer_release(&mismatch.text);
	return text;
}
