/*
 * Order, its scripts: what each of them waits for.
 *
 * Receives fixes ascending by number and repeatables by name. Fixes stay so, for at run time each starts when it is
 * ready; repeatables run one after the other, and are sorted here: those that wait for nothing by name, each other as soon as
 * what it names is done.
 */
#include "order_scripts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "naming.h"
#include "support/text.h"

struct scripts {
	struct script *items;
	uint32_t count;
	uint32_t first; /* of the kind at hand, and how many there are */
	uint32_t kind_count;
	const struct set *set;
	struct arena *arena;
	struct diagnostics *diag;
	int rc;
};

static bool is_fix(const struct script *script)
{
	return script->base.up.source->role == SOURCE_FIX;
}

/* F0007, or R__orders_view. */
static const char *label_of(const struct script *script, struct arena *arena)
{
	const char *entry = script->base.entry;

	if (is_fix(script))
		return arena_format(arena, "F%.*s", (int)naming_prefix(entry), entry);
	return arena_format(arena, "R__%s", script->base.name);
}

static void report_after(struct scripts *scripts, const struct script *script,
			 enum severity severity, const char *rule, const char *message)
{
	diagnostic_at(scripts->diag, severity, rule, script->base.up.source,
		      script->settings.after_offset, script->settings.after_length, "%s", message);
	if (severity == SEVERITY_ERROR)
		scripts->rc = -1;
}

/* --- Each number and each name once --- */

static bool is_same(const struct source *a, const struct source *b)
{
	if (a->role != b->role)
		return false;
	return a->role == SOURCE_FIX ? a->version == b->version
				     : text_is(a->name, strlen(a->name), b->name);
}

/* A number behind the last fix, in its style. */
static const char *free_number(const struct parts *parts, struct arena *arena)
{
	const char *last = "0000";
	const char *next;

	for (uint32_t i = 0; i < parts->script_count; i++) {
		const struct source *source = parts->scripts[i].source;

		if (source->role == SOURCE_FIX)
			last = arena_copy(arena, source->entry, naming_prefix(source->entry));
	}
	next = naming_next(last, 1, arena);
	return next ? next : last;
}

static void report_same(struct scripts *scripts, const struct source *first,
			const struct source *second, const char *next)
{
	bool fix = first->role == SOURCE_FIX;
	const char *rule = fix ? "duplicate-version" : "case-clash";

	if (fix) {
		diagnostic_at(scripts->diag, SEVERITY_ERROR, rule, second, 0, 0,
			      "the number %" PRId64 " is used already, by %s", second->version,
			      first->path);
		diagnostic_help(scripts->diag, "rename this one to %s%s", next,
				second->entry + naming_prefix(second->entry));
		diagnostic_at(scripts->diag, SEVERITY_NOTE, rule, first, 0, 0,
			      "the number %" PRId64 " is used here first", first->version);
	} else {
		diagnostic_at(scripts->diag, SEVERITY_ERROR, rule, second, 0, 0,
			      "the name is that of %s, which differs in case only", first->path);
		diagnostic_help(scripts->diag, "give one of the two another name");
		diagnostic_at(scripts->diag, SEVERITY_NOTE, rule, first, 0, 0,
			      "the name is used here first");
	}
	scripts->rc = -1;
}

static bool is_taken(struct scripts *scripts, const struct source *source, const char *next)
{
	for (uint32_t i = 0; i < scripts->count; i++) {
		if (is_same(scripts->items[i].base.up.source, source)) {
			report_same(scripts, scripts->items[i].base.up.source, source, next);
			return true;
		}
	}
	return false;
}

static void add(struct scripts *scripts, const struct part *part)
{
	struct script *script = &scripts->items[scripts->count++];

	*script = (struct script){
		.base = {
			.version = part->source->version,
			.name = part->source->name,
			.entry = part->source->entry,
			.up = part->up,
			.down = part->down,
		},
		.guard = part->guard,
		.given = part->given,
		.title = part->title,
		.settings = part->settings,
	};
	checksum_bytes(part->source, NULL, script->base.checksum);
	checksum_sql(part, NULL, &script->base);
}

static void collect(struct scripts *scripts, const struct parts *parts)
{
	const char *next = free_number(parts, scripts->arena);

	for (uint32_t i = 0; i < parts->script_count; i++) {
		if (!is_taken(scripts, parts->scripts[i].source, next))
			add(scripts, &parts->scripts[i]);
	}
}

/* --- What each waits for --- */

static uint64_t distance(int64_t a, int64_t b)
{
	return a < b ? (uint64_t)(b - a) : (uint64_t)(a - b);
}

/* The place of the script that a word of `after` names, or scripts->count. */
static uint32_t find(const struct scripts *scripts, const char *word)
{
	bool fix = scripts->first < scripts->count && is_fix(&scripts->items[scripts->first]);
	int64_t number = fix ? strtoimax(word, NULL, 10) : 0;

	for (uint32_t i = scripts->first; i < scripts->first + scripts->kind_count; i++) {
		const struct script *script = &scripts->items[i];

		if (fix ? script->base.version == number : strcmp(script->base.name, word) == 0)
			return i;
	}
	return scripts->count;
}

static const struct migration *find_migration(const struct set *set, int64_t version)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->migrations[i].version == version)
			return &set->migrations[i];
	}
	return NULL;
}

static void help_unknown_fix(struct scripts *scripts, const struct script *script, int64_t number)
{
	const struct migration *migration = find_migration(scripts->set, number);
	const struct script *nearest = NULL;

	for (uint32_t i = 0; i < scripts->kind_count; i++) {
		const struct script *other = &scripts->items[scripts->first + i];

		if (other != script &&
		    (!nearest || distance(other->base.version, number) <
					 distance(nearest->base.version, number)))
			nearest = other;
	}
	if (migration)
		diagnostic_help(scripts->diag, "the migration %s is waited for with requires:%.*s",
				migration->entry, (int)naming_prefix(migration->entry),
				migration->entry);
	else if (nearest)
		diagnostic_help(scripts->diag, "did you mean %s, which is %s?",
				label_of(nearest, scripts->arena), nearest->base.entry);
	else
		diagnostic_help(scripts->diag, "delete after: there is no other fix");
}

static void help_unknown_name(struct scripts *scripts, const char *word)
{
	const char **names = arena_alloc(scripts->arena, scripts->kind_count, sizeof(*names));
	const char *nearest;

	for (uint32_t i = 0; i < scripts->kind_count; i++)
		names[i] = scripts->items[scripts->first + i].base.name;
	nearest = text_nearest(word, names, scripts->kind_count);
	if (nearest)
		diagnostic_help(scripts->diag, "did you mean %s?", nearest);
	else
		diagnostic_help(scripts->diag,
				"name what stands between R__ and .sql; migrations run before all "
				"repeatables");
}

static void report_unknown(struct scripts *scripts, const struct script *script, const char *word)
{
	if (!is_fix(script)) {
		report_after(scripts, script, SEVERITY_ERROR, "unknown-script",
			     arena_format(scripts->arena, "there is no repeatable \"%s\"", word));
		help_unknown_name(scripts, word);
		return;
	}
	report_after(scripts, script, SEVERITY_ERROR, "unknown-script",
		     arena_format(scripts->arena, "there is no fix %s", word));
	help_unknown_fix(scripts, script, strtoimax(word, NULL, 10));
}

static void add_place(struct script *script, uint32_t place)
{
	for (uint32_t i = 0; i < script->after_count; i++) {
		if (script->after[i] == place)
			return;
	}
	script->after[script->after_count++] = place;
}

static void resolve(struct scripts *scripts, struct script *script)
{
	const char *cursor = script->settings.after;

	if (!cursor)
		return;
	script->after = arena_alloc(scripts->arena, strlen(cursor), sizeof(*script->after));
	while (*cursor) {
		size_t length = strcspn(cursor, " ");
		const char *word = arena_copy(scripts->arena, cursor, length);
		uint32_t place = find(scripts, word);

		if (place < scripts->count)
			add_place(script, place);
		else
			report_unknown(scripts, script, word);
		cursor += length + (cursor[length] == ' ');
	}
}

/* --- Circles, and the order without them --- */

/* The first that is not done, or that is behind nothing undone; scripts->count when there is none. */
static uint32_t first_left(const struct scripts *scripts, const bool *done, bool ready)
{
	for (uint32_t i = scripts->first; i < scripts->first + scripts->kind_count; i++) {
		const struct script *script = &scripts->items[i];
		bool waits = false;

		for (uint32_t k = 0; k < script->after_count; k++)
			waits |= !done[script->after[k]];
		if (!done[i] && !(ready && waits))
			return i;
	}
	return scripts->count;
}

/* What a script that waits waits for first. */
static uint32_t awaited(const struct script *script, const bool *done)
{
	uint32_t k = 0;

	while (done[script->after[k]])
		k++;
	return script->after[k];
}

/* "F0003 waits for F0005, that for F0004, and that for F0003" */
static const char *circle_text(const struct scripts *scripts, uint32_t start, const bool *done,
			       const char **others)
{
	struct arena *arena = scripts->arena;
	const struct script *items = scripts->items;
	const char *text = arena_format(arena, "%s waits for ", label_of(&items[start], arena));
	uint32_t place = awaited(&items[start], done);

	if (place == start)
		return arena_format(arena, "%sitself: it could never run", text);
	text = arena_format(arena, "%s%s", text, label_of(&items[place], arena));
	*others = items[place].base.up.source->path;
	while ((place = awaited(&items[place], done)) != start) {
		text = arena_format(arena, "%s, that for %s", text, label_of(&items[place], arena));
		*others = arena_format(arena, "%s, %s", *others, items[place].base.up.source->path);
	}
	return arena_format(arena, "%s, and that for %s: none of them could ever run", text,
			    label_of(&items[start], arena));
}

/* Everything left waits: whoever follows that comes to a circle. Returns the smallest of it. */
static uint32_t report_circle(struct scripts *scripts, const bool *done)
{
	uint32_t place = first_left(scripts, done, false);
	uint32_t smallest;
	const char *others = NULL;
	const char *text;

	for (uint32_t i = 0; i < scripts->kind_count; i++)
		place = awaited(&scripts->items[place], done);
	smallest = place;
	for (uint32_t next = awaited(&scripts->items[place], done); next != place;
	     next = awaited(&scripts->items[next], done))
		smallest = next < smallest ? next : smallest;
	text = circle_text(scripts, smallest, done, &others);
	report_after(scripts, &scripts->items[smallest], SEVERITY_ERROR, "after-cycle", text);
	if (others)
		diagnostic_help(scripts->diag, "delete after in one of them; the others: %s",
				others);
	else
		diagnostic_help(scripts->diag, "delete after");
	return smallest;
}

/* Fills `sorted` with the places of the kind at hand, each behind what it waits for. */
static void sort(struct scripts *scripts, uint32_t *sorted)
{
	bool *done = arena_alloc(scripts->arena, scripts->count, sizeof(*done));

	for (uint32_t i = 0; i < scripts->kind_count; i++) {
		uint32_t place = first_left(scripts, done, true);

		if (place == scripts->count)
			place = report_circle(scripts, done);
		done[place] = true;
		sorted[i] = place;
	}
}

static int compare_places(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

/* Puts the kind at hand into the sorted order; what they wait for has new places. */
static void arrange(struct scripts *scripts, const uint32_t *sorted)
{
	struct script *old = arena_alloc(scripts->arena, scripts->count, sizeof(*old));
	uint32_t *moved = arena_alloc(scripts->arena, scripts->count, sizeof(*moved));

	memcpy(old, scripts->items, scripts->count * sizeof(*old));
	for (uint32_t i = 0; i < scripts->kind_count; i++) {
		scripts->items[scripts->first + i] = old[sorted[i]];
		moved[sorted[i]] = scripts->first + i;
	}
	for (uint32_t i = 0; i < scripts->kind_count; i++) {
		struct script *script = &scripts->items[scripts->first + i];

		for (uint32_t k = 0; k < script->after_count; k++)
			script->after[k] = moved[script->after[k]];
		if (script->after_count)
			qsort(script->after, script->after_count, sizeof(*script->after),
			      compare_places);
	}
}

static void keep_order(struct scripts *scripts, uint32_t *sorted)
{
	for (uint32_t i = 0; i < scripts->kind_count; i++)
		sorted[i] = scripts->first + i;
}

static void order_kind(struct scripts *scripts, uint32_t first, uint32_t count)
{
	uint32_t *sorted = arena_alloc(scripts->arena, count, sizeof(*sorted));

	scripts->first = first;
	scripts->kind_count = count;
	if (!count)
		return;
	for (uint32_t i = first; i < first + count; i++)
		resolve(scripts, &scripts->items[i]);
	sort(scripts, sorted);
	if (is_fix(&scripts->items[first]))
		keep_order(scripts, sorted);
	arrange(scripts, sorted);
}

/* --- What fixes require --- */

static void check_required(struct scripts *scripts, const struct script *script)
{
	const struct set *set = scripts->set;
	const struct settings *settings = &script->settings;
	const struct migration *nearest = set->count ? &set->migrations[0] : NULL;

	if (settings->required < 0 || find_migration(set, settings->required))
		return;
	for (uint32_t i = 1; i < set->count; i++) {
		if (distance(set->migrations[i].version, settings->required) <
		    distance(nearest->version, settings->required))
			nearest = &set->migrations[i];
	}
	diagnostic_at(scripts->diag, SEVERITY_ERROR, "unknown-version", script->base.up.source,
		      settings->requirements_offset, settings->requirements_length,
		      "no migration has the version %" PRId64, settings->required);
	if (nearest)
		diagnostic_help(scripts->diag, "did you mean %.*s, which is %s?",
				(int)naming_prefix(nearest->entry), nearest->entry, nearest->entry);
	else
		diagnostic_help(scripts->diag, "write the migration, or delete requires");
	scripts->rc = -1;
}

/* Before the migrations there is nothing of those that run after them. */
static void note_late(struct scripts *scripts, const struct script *script)
{
	for (uint32_t i = 0; i < script->after_count && !script->settings.when_after; i++) {
		const struct script *other = &scripts->items[script->after[i]];

		if (!other->settings.when_after)
			continue;
		report_after(scripts, script, SEVERITY_NOTE, "late-fix",
			     arena_format(scripts->arena,
					  "this fix waits for %s, which runs after the migrations",
					  label_of(other, scripts->arena)));
		diagnostic_help(scripts->diag,
				"write when:after, so that the file says when it runs");
		return;
	}
}

int order_scripts(const struct parts *parts, struct arena *arena, struct set *set,
		  struct diagnostics *diag)
{
	struct scripts scripts = {
		.items = arena_alloc(arena, parts->script_count, sizeof(*scripts.items)),
		.set = set,
		.arena = arena,
		.diag = diag,
	};
	uint32_t fixes = 0;

	collect(&scripts, parts);
	while (fixes < scripts.count && is_fix(&scripts.items[fixes]))
		fixes++;
	order_kind(&scripts, 0, fixes);
	order_kind(&scripts, fixes, scripts.count - fixes);
	for (uint32_t i = 0; i < fixes; i++) {
		check_required(&scripts, &scripts.items[i]);
		note_late(&scripts, &scripts.items[i]);
	}
	set->scripts = scripts.items;
	set->fix_count = fixes;
	set->repeatable_count = scripts.count - fixes;
	return scripts.rc;
}
