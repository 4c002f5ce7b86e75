/*
 * Scripts for people: a line for each, those that need somebody first; columns that nothing fills are left out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../log/text.h"
#include "scripts.h"

#define GAP	    2u
#define DETAIL_SIZE (2 * BOBOLINK_MESSAGE_SIZE)
#define NARROW_NAME 20u

enum column {
	COLUMN_LABEL,
	COLUMN_NAME,
	COLUMN_STATE,
	COLUMN_ATTEMPTS,
	COLUMN_AT,
	COLUMN_NEXT,
	COLUMN_COUNT
};

static const char *const headings[COLUMN_COUNT] = {
	"fix", "name", "state", "attempts", "when (UTC)", "next (UTC)",
};

/* What is looked at first stands first. */
static const int order[] = {
	BOBOLINK_STATE_FAILED,	BOBOLINK_STATE_CHANGED, BOBOLINK_STATE_PENDING,
	BOBOLINK_STATE_APPLIED, BOBOLINK_STATE_SKIPPED, BOBOLINK_STATE_UNDONE,
	BOBOLINK_STATE_MISSING,
};

#define ORDERED (sizeof(order) / sizeof(order[0]))

bool bl_cli_is_fix(const struct bobolink_script_item *item)
{
	return item->number >= 0;
}

bool bl_cli_script_rests(const struct bobolink_script_item *item)
{
	return item->state == BOBOLINK_STATE_APPLIED || item->state == BOBOLINK_STATE_SKIPPED ||
	       item->state == BOBOLINK_STATE_MISSING;
}

bool bl_cli_script_waits(const struct bobolink_script_item *item)
{
	if (item->state == BOBOLINK_STATE_MISSING)
		return false;
	if (!bl_cli_is_fix(item))
		return item->state != BOBOLINK_STATE_APPLIED;
	if (item->state == BOBOLINK_STATE_UNDONE)
		return false;
	if (bl_cli_script_rests(item))
		return item->flags & BOBOLINK_SCRIPT_ALWAYS;
	return !item->attempts_allowed || item->attempts < item->attempts_allowed ||
	       item->state != BOBOLINK_STATE_FAILED;
}

static bool is_meant(const struct bobolink_script_item *item, enum bl_cli_scripts which)
{
	if (which == BL_CLI_UNDONE_SCRIPTS)
		return !bl_cli_script_rests(item);
	return bl_cli_is_fix(item) == (which == BL_CLI_ALL_FIXES);
}

/* "2026-01-02 03:04:05" of a time in the form of ISO 8601. */
static const char *time_text(const char *time, char *buffer, size_t size)
{
	snprintf(buffer, size, "%.19s", time);
	if (strlen(buffer) == 19 && buffer[10] == 'T')
		buffer[10] = ' ';
	return buffer;
}

/* The text of a cell; `buffer` holds it where it is not a text already. */
static const char *cell(const struct bobolink_script_item *item, enum column column, char *buffer,
			size_t size)
{
	buffer[0] = '\0';
	switch (column) {
	case COLUMN_LABEL:
		return bl_cli_is_fix(item) ? item->label : "";
	case COLUMN_NAME:
		return item->name;
	case COLUMN_STATE:
		return bobolink_state_name(item->state);
	case COLUMN_ATTEMPTS:
		if (item->attempts_allowed)
			snprintf(buffer, size, "%" PRIu32 " of %" PRIu32, item->attempts,
				 item->attempts_allowed);
		else if (item->state == BOBOLINK_STATE_FAILED)
			snprintf(buffer, size, "%" PRIu32, item->attempts);
		return buffer;
	case COLUMN_AT:
		/* A row that only waits was not executed. */
		return time_text(item->state == BOBOLINK_STATE_PENDING ? "" : item->executed_at,
				 buffer, size);
	default:
		return time_text(item->next_at, buffer, size);
	}
}

/* What was written there, or why nothing was. */
static void outcome(const struct bobolink_script_item *item, char *text, size_t size)
{
	text[0] = '\0';
	if (item->state == BOBOLINK_STATE_FAILED)
		snprintf(text, size, "%s", item->error);
	else if (item->state == BOBOLINK_STATE_APPLIED && item->rows_changed > 0)
		snprintf(text, size, "%" PRId64 " row%s%s%s", item->rows_changed,
			 item->rows_changed == 1 ? "" : "s", *item->message ? ": " : "",
			 item->message);
	else
		snprintf(text, size, "%s", item->message);
}

void bl_cli_script_detail(const struct bobolink_script_item *item, char *text, size_t size)
{
	size_t length;

	outcome(item, text, size);
	length = strlen(text);
	/* A time alone stands in its column. */
	if (*item->waits && strcmp(item->waits, item->next_at) != 0)
		snprintf(text + length, size - length, "%swaits for %s", length ? "; " : "",
			 item->waits);
}

struct widths {
	unsigned of[COLUMN_COUNT]; /* 0 leaves a column out */
	unsigned line;
};

/* A heading counts only where something stands below it. */
static void measure(const struct bobolink_script_list *list, enum bl_cli_scripts which,
		    struct widths *widths)
{
	memset(widths, 0, sizeof(*widths));
	for (uint32_t i = 0; i < list->count; i++) {
		for (int c = 0; c < COLUMN_COUNT && is_meant(&list->items[i], which); c++) {
			char buffer[64];
			unsigned columns = bl_text_columns(
				cell(&list->items[i], (enum column)c, buffer, sizeof(buffer)));

			if (columns > widths->of[c])
				widths->of[c] = columns;
		}
	}
	for (int c = 0; c < COLUMN_COUNT; c++) {
		unsigned columns = bl_text_columns(headings[c]);

		if (widths->of[c] && widths->of[c] < columns)
			widths->of[c] = columns;
		widths->line += widths->of[c] ? widths->of[c] + GAP : 0;
	}
}

/* Names are cut for a narrow terminal. */
static void fit(struct widths *widths, unsigned width)
{
	unsigned *name = &widths->of[COLUMN_NAME];
	unsigned least = *name < NARROW_NAME ? *name : NARROW_NAME;

	while (width && widths->line > width && *name > least) {
		--*name;
		widths->line--;
	}
}

static enum bl_cli_color color_of(int state)
{
	switch (state) {
	case BOBOLINK_STATE_FAILED:
		return BL_CLI_RED;
	case BOBOLINK_STATE_PENDING:
	case BOBOLINK_STATE_CHANGED:
	case BOBOLINK_STATE_UNDONE:
		return BL_CLI_YELLOW;
	case BOBOLINK_STATE_MISSING:
		return BL_CLI_PLAIN;
	default:
		return BL_CLI_GREEN;
	}
}

/* Prints the cells up to the last one that holds something; returns the columns that are filled. */
static unsigned print_cells(struct bl_cli_output *out, const char *const *texts,
			    const struct widths *widths, enum bl_cli_color color)
{
	unsigned columns = 0;
	unsigned owed = 0;

	for (int c = 0; c < COLUMN_COUNT; c++) {
		unsigned own = bl_text_columns(texts[c]);
		unsigned shown = own < widths->of[c] ? own : widths->of[c];

		if (shown) {
			bl_cli_print(out, "%*s", (int)owed, "");
			if (c == COLUMN_STATE && color != BL_CLI_PLAIN)
				bl_cli_print_color(out, color);
			bl_cli_print_fitted(out, texts[c], shown);
			if (c == COLUMN_STATE && color != BL_CLI_PLAIN)
				bl_cli_print_color(out, BL_CLI_PLAIN);
			columns += owed + shown;
			owed = 0;
		}
		owed += widths->of[c] ? widths->of[c] - shown + GAP : 0;
	}
	return columns;
}

/* A line below begins under the name. */
static void indent(struct bl_cli_output *out, const struct widths *widths)
{
	bl_cli_print(out, "%*s", (int)(widths->of[COLUMN_LABEL] + GAP), "");
}

static void print_title(struct bl_cli_output *out, const char *title, const struct widths *widths)
{
	while (*title) {
		size_t length = strcspn(title, "\n");

		if (length) {
			indent(out, widths);
			bl_cli_print_lines(out, title, length);
		}
		bl_cli_print(out, "\n");
		title += length + (title[length] == '\n');
	}
}

/* What became of it stands on the line itself where there is room, its title below. */
static void print_item(struct bl_cli_output *out, const struct bobolink_script_item *item,
		       const struct widths *widths)
{
	char buffers[COLUMN_COUNT][64];
	const char *texts[COLUMN_COUNT];
	char detail[DETAIL_SIZE];
	unsigned columns;
	bool fits;

	for (int c = 0; c < COLUMN_COUNT; c++)
		texts[c] = cell(item, (enum column)c, buffers[c], sizeof(buffers[c]));
	columns = print_cells(out, texts, widths, color_of(item->state));
	bl_cli_script_detail(item, detail, sizeof(detail));
	fits = !out->width || !*detail || widths->line + bl_text_columns(detail) <= out->width;
	if (fits && *detail) {
		bl_cli_print(out, "%*s", (int)(widths->line - columns), "");
		bl_cli_print_text(out, detail);
	}
	bl_cli_print(out, "\n");
	print_title(out, item->title, widths);
	if (fits)
		return;
	indent(out, widths);
	bl_cli_print_text(out, detail);
	bl_cli_print(out, "\n");
}

void bl_cli_script_table(struct bl_cli_output *output, const struct bobolink_script_list *list,
			 enum bl_cli_scripts which)
{
	struct widths widths;

	measure(list, which, &widths);
	if (!widths.line)
		return;
	fit(&widths, output->width);
	print_cells(output, headings, &widths, BL_CLI_PLAIN);
	bl_cli_print(output, "\n");
	for (size_t at = 0; at < ORDERED; at++) {
		for (uint32_t i = 0; i < list->count; i++) {
			if (list->items[i].state == order[at] && is_meant(&list->items[i], which))
				print_item(output, &list->items[i], &widths);
		}
	}
	bl_cli_print(output, "\n");
}

void bl_cli_script_counts(struct bl_cli_output *output, const struct bobolink_script_list *list,
			  enum bl_cli_scripts which)
{
	const char *one = which == BL_CLI_ALL_FIXES ? "fix" : "repeatable";
	const char *many = which == BL_CLI_ALL_FIXES ? "fixes" : "repeatables";
	uint32_t counts[BOBOLINK_STATE_UNDONE + 1] = { 0 };
	uint32_t total = 0;
	const char *before = ": ";

	for (uint32_t i = 0; i < list->count; i++) {
		if (!is_meant(&list->items[i], which))
			continue;
		counts[list->items[i].state]++;
		total++;
	}
	if (!total)
		return;
	bl_cli_print(output, "%" PRIu32 " %s", total, total == 1 ? one : many);
	for (size_t at = 0; at < ORDERED; at++) {
		if (!counts[order[at]])
			continue;
		bl_cli_print(output, "%s%" PRIu32 " %s", before, counts[order[at]],
			     bobolink_state_name(order[at]));
		before = ", ";
	}
	bl_cli_print(output, "\n");
}
