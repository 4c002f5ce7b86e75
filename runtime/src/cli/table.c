/*
 * Table: measured once, fitted to the width, then printed line by line.
 */
#include "table.h"

#include <inttypes.h>
#include <string.h>

#include "../log/text.h"

#define GAP 2u

enum column {
	COLUMN_VERSION,
	COLUMN_NAME,
	COLUMN_STATE,
	COLUMN_AT,
	COLUMN_TOOK,
	COLUMN_BATCH,
	COLUMN_BY,
	COLUMN_COUNT
};

static const char *const headings[COLUMN_COUNT] = {
	"version", "name", "state", "when (UTC)", "took", "batch", "by",
};

/* Columns that each column fills; 0 leaves it out. */
struct widths {
	unsigned of[COLUMN_COUNT];
};

/* What is given up for a narrow terminal, in this order. */
static const struct {
	enum column column;
	unsigned width;
} cuts[] = {
	{ COLUMN_NAME, 20 }, { COLUMN_BY, 8 },	  { COLUMN_AT, 16 },
	{ COLUMN_BY, 0 },    { COLUMN_BATCH, 0 }, { COLUMN_TOOK, 0 },
	{ COLUMN_NAME, 12 }, { COLUMN_AT, 0 },	  { COLUMN_NAME, 8 },
};

/* When it came into its state. */
static const char *when(const struct bobolink_status_item *item)
{
	return item->state == BOBOLINK_STATE_ROLLED_BACK ? item->rolled_back_at : item->executed_at;
}

/* The text of a cell; `buffer` holds it where it is not a text already. */
static const char *cell(const struct bobolink_status_item *item, enum column column, char *buffer,
			size_t size)
{
	buffer[0] = '\0';
	switch (column) {
	case COLUMN_VERSION:
		snprintf(buffer, size, "%" PRId64, item->version);
		return buffer;
	case COLUMN_NAME:
		return item->name;
	case COLUMN_STATE:
		return bobolink_state_name(item->state);
	case COLUMN_AT:
		snprintf(buffer, size, "%.19s", when(item));
		if (strlen(buffer) == 19 && buffer[10] == 'T')
			buffer[10] = ' ';
		return buffer;
	case COLUMN_TOOK:
		return item->duration_ms < 0 ? ""
					     : bl_cli_duration(item->duration_ms, buffer, size);
	case COLUMN_BATCH:
		if (item->batch > 0)
			snprintf(buffer, size, "%" PRId64, item->batch);
		return buffer;
	default:
		return item->applied_by;
	}
}

static void measure(const struct bobolink_status *status, struct widths *widths)
{
	for (int c = 0; c < COLUMN_COUNT; c++)
		widths->of[c] = bl_text_columns(headings[c]);
	for (uint32_t i = 0; i < status->count; i++) {
		for (int c = 0; c < COLUMN_COUNT; c++) {
			char buffer[64];
			unsigned columns = bl_text_columns(
				cell(&status->items[i], (enum column)c, buffer, sizeof(buffer)));

			if (columns > widths->of[c])
				widths->of[c] = columns;
		}
	}
}

static unsigned total(const struct widths *widths)
{
	unsigned sum = 0;

	for (int c = 0; c < COLUMN_COUNT; c++)
		sum += widths->of[c] ? widths->of[c] + (c ? GAP : 0) : 0;
	return sum;
}

/* Gives up what does not fit, and gives the name what is then left. */
static void fit(struct widths *widths, unsigned width)
{
	unsigned name = widths->of[COLUMN_NAME];

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]) && total(widths) > width; i++) {
		if (widths->of[cuts[i].column] > cuts[i].width)
			widths->of[cuts[i].column] = cuts[i].width;
	}
	while (widths->of[COLUMN_NAME] < name && total(widths) < width)
		widths->of[COLUMN_NAME]++;
}

static enum bl_cli_color color_of(int state)
{
	switch (state) {
	case BOBOLINK_STATE_PENDING:
	case BOBOLINK_STATE_RUNNING:
	case BOBOLINK_STATE_ROLLED_BACK:
	case BOBOLINK_STATE_ROLLING_BACK:
		return BL_CLI_YELLOW;
	case BOBOLINK_STATE_FAILED:
	case BOBOLINK_STATE_CHANGED:
	case BOBOLINK_STATE_MISSING:
	case BOBOLINK_STATE_OUT_OF_ORDER:
		return BL_CLI_RED;
	default:
		return BL_CLI_GREEN;
	}
}

/* Numbers stand to the right of their column, and nothing is filled up behind the last one. */
static void print_cell(struct bl_cli_output *out, enum column column, const char *text,
		       unsigned width, bool last)
{
	unsigned columns = bl_text_columns(text);
	bool right = column == COLUMN_VERSION || column == COLUMN_TOOK || column == COLUMN_BATCH;

	if (right && columns < width)
		bl_cli_print(out, "%*s", (int)(width - columns), "");
	if (columns < width && (right || last))
		width = columns;
	/* A time is cut to minutes at its end: its middle says something. */
	if (column == COLUMN_AT && columns > width)
		bl_cli_print_start(out, text, width);
	else
		bl_cli_print_fitted(out, text, width);
}

/* The column after which a line holds nothing. */
static int last_of(const char *const *texts, const struct widths *widths)
{
	int last = COLUMN_COUNT - 1;

	while (last > 0 && (!widths->of[last] || !*texts[last]))
		last--;
	return last;
}

static void print_line(struct bl_cli_output *out, const char *const *texts,
		       const struct widths *widths, enum bl_cli_color color)
{
	int last = last_of(texts, widths);

	for (int c = 0; c <= last; c++) {
		if (!widths->of[c])
			continue;
		bl_cli_print(out, "%s", c ? "  " : "");
		if (c == COLUMN_STATE && color != BL_CLI_PLAIN)
			bl_cli_print_color(out, color);
		print_cell(out, (enum column)c, texts[c], widths->of[c], c == last);
		if (c == COLUMN_STATE && color != BL_CLI_PLAIN)
			bl_cli_print_color(out, BL_CLI_PLAIN);
	}
	bl_cli_print(out, "\n");
}

/* Which environments a seed is for that was skipped in this one. */
static void print_environments(struct bl_cli_output *out, const struct bobolink_set *set,
			       const struct bobolink_status_item *item, int indent)
{
	uint32_t index = bl_cli_index(set, item->version);
	const struct bobolink_migration *migration;

	if (item->state != BOBOLINK_STATE_SKIPPED || index == UINT32_MAX)
		return;
	migration = &set->migrations[index];
	if (!migration->only && !migration->except)
		return;
	bl_cli_print(out, "%*s%s ", indent, "", migration->only ? "only for" : "not for");
	bl_cli_print_text(out, bl_cli_migration_text(set, index,
						     migration->only ? migration->only
								     : migration->except));
	bl_cli_print(out, "\n");
}

/* What the table has no column for, or may have cut: a line below the migration. */
static void print_below(struct bl_cli_output *out, const struct bobolink_set *set,
			const struct bobolink_status_item *item, const struct widths *widths)
{
	int indent = (int)(widths->of[COLUMN_VERSION] + GAP);
	bool works = item->state == BOBOLINK_STATE_RUNNING;
	bool refused = works || item->state == BOBOLINK_STATE_ROLLING_BACK ||
		       item->state == BOBOLINK_STATE_FAILED;

	if (works) {
		bl_cli_print(out, "%*ssince ", indent, "");
		bl_cli_print_text(out, item->executed_at);
		bl_cli_print(out, " by ");
		bl_cli_print_text(out, item->applied_by);
		bl_cli_print(out, "\n");
	}
	print_environments(out, set, item, indent);
	if (refused && *item->error) {
		bl_cli_print(out, "%*s", indent, "");
		bl_cli_print_text(out, item->error);
		bl_cli_print(out, "\n");
	}
}

static void print_item(struct bl_cli_output *out, const struct bobolink_set *set,
		       const struct bobolink_status_item *item, const struct widths *widths)
{
	char buffers[COLUMN_COUNT][64];
	const char *texts[COLUMN_COUNT];

	for (int c = 0; c < COLUMN_COUNT; c++)
		texts[c] = cell(item, (enum column)c, buffers[c], sizeof(buffers[c]));
	print_line(out, texts, widths, color_of(item->state));
	print_below(out, set, item, widths);
}

void bl_cli_table(struct bl_cli_output *output, const struct bobolink_set *set,
		  const struct bobolink_status *status)
{
	struct widths widths;

	measure(status, &widths);
	if (output->width)
		fit(&widths, output->width);
	print_line(output, headings, &widths, BL_CLI_PLAIN);
	for (uint32_t i = 0; i < status->count; i++)
		print_item(output, set, &status->items[i], &widths);
	bl_cli_print(output, "\n");
}
