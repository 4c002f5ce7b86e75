/*
 * Values that conditions look at: the candidates of the columns that share conditions are crossed, and the database says which
 * combinations it would take.
 */
#include <stdlib.h>

#include "shadow_seed_rows.h"
#include "support/buffer.h"

#define CHECKED_MAX  8 /* columns that are tried in all combinations */
#define COMBINATIONS 4000
#define ANSWERS_MAX  40
#define NULL_NUMBER  ((unsigned)SEED_VALUES_MAX) /* no candidate has it */

/* Combinations of candidates that all conditions let pass; a column of numbers for each checked column. */
struct answers {
	uint8_t items[ANSWERS_MAX][CHECKED_MAX];
	size_t count;
};

static int take_answer(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct answers *answers = context;

	if (answers->count == ANSWERS_MAX)
		return BOBOLINK_OK;
	for (uint32_t i = 0; i < count && i < CHECKED_MAX; i++)
		answers->items[answers->count][i] =
			values[i].text ? (uint8_t)strtoul(values[i].text, NULL, 10) : 0;
	answers->count++;
	return BOBOLINK_OK;
}

static size_t candidates_of(const struct seed_column *column, size_t limit)
{
	return column->values.count < limit ? column->values.count : limit;
}

/* (SELECT 0 AS k, 'a' AS "kind" UNION ALL SELECT 1, 'b') AS c0, and NULL where that may be. */
static void add_candidates(struct buffer *sql, const struct seed_column *column, size_t number,
			   size_t limit)
{
	size_t count = candidates_of(column, limit);

	buffer_add_text(sql, number ? ", (" : "(");
	for (size_t i = 0; i < count; i++)
		buffer_format(sql, "%sSELECT %u%s, %s%s%s", i ? " UNION ALL " : "", (unsigned)i,
			      i ? "" : " AS k", column->values.items[i], i ? "" : " AS ",
			      i ? "" : column->sql_name);
	if (!column->text.not_null)
		buffer_format(sql, " UNION ALL SELECT %u, NULL", NULL_NUMBER);
	buffer_format(sql, ") AS c%u", (unsigned)number);
}

static void ask_checks(struct seed_rows *rows, struct seed_column **checked, size_t count,
		       const struct buffer *conditions, struct answers *answers)
{
	struct buffer sql = BUFFER_INIT;
	struct shadow_run *run = rows->seeds->run;
	struct bobolink_error error;
	size_t limit = SEED_VALUES_MAX;
	size_t product = COMBINATIONS + 1;

	for (; product > COMBINATIONS && limit > 1; limit--) {
		product = 1;
		for (size_t i = 0; i < count; i++)
			product *= candidates_of(checked[i], limit) + 1;
	}
	buffer_add_text(&sql, "SELECT ");
	for (size_t i = 0; i < count; i++)
		buffer_format(&sql, "%sc%u.k", i ? ", " : "", (unsigned)i);
	buffer_add_text(&sql, " FROM ");
	for (size_t i = 0; i < count; i++)
		add_candidates(&sql, checked[i], i, limit);
	buffer_format(&sql, " WHERE %s ORDER BY ", conditions->text);
	for (size_t i = 0; i < count; i++)
		buffer_format(&sql, "%sc%u.k", i ? " + " : "", (unsigned)i);
	for (size_t i = 0; i < count; i++)
		buffer_format(&sql, ", %u", (unsigned)i + 1);
	buffer_format(&sql, " LIMIT %u", ANSWERS_MAX);
	/* A query that the database refuses gives no answer. */
	if (run->backend->query(run->connection, sql.text, NULL, 0, take_answer, answers, NULL,
				&error))
		answers->count = 0;
	buffer_release(&sql);
}

/* Do the two answers differ in all columns that need it? */
static bool differ(struct seed_column **checked, size_t count, const uint8_t *one,
		   const uint8_t *other)
{
	for (size_t i = 0; i < count; i++)
		if (checked[i]->distinct && one[i] == other[i])
			return false;
	return true;
}

static void apply(struct seed_column **checked, size_t count, uint32_t row, const uint8_t *answer)
{
	for (size_t i = 0; i < count; i++) {
		const struct seed_values *values = &checked[i]->values;

		checked[i]->chosen[row] =
			answer[i] < values->count ? values->items[answer[i]] : "NULL";
	}
}

/* Takes the columns that the condition mentions into the group; says whether there are any. */
static bool join(struct seed_rows *rows, const struct seed_condition *condition,
		 struct seed_column **group, size_t *count, bool only_known)
{
	bool any = false;

	for (size_t i = 0; i < rows->count; i++) {
		struct seed_column *column = &rows->columns[i];
		size_t k = 0;

		if (!column->checked || column->foreign_key || !column->values.count ||
		    !seed_mentions(condition->text, column->object->name))
			continue;
		while (k < *count && group[k] != column)
			k++;
		any |= k < *count || !only_known;
		if (k == *count && !only_known && *count < CHECKED_MAX)
			group[(*count)++] = column;
	}
	return any;
}

/* The conditions that share columns with those of the group, until there are no more. */
static void gather(struct seed_rows *rows, struct seed_column **group, size_t *count,
		   struct buffer *conditions)
{
	bool grown = true;

	while (grown) {
		grown = false;
		for (size_t i = 0; i < rows->condition_count; i++) {
			struct seed_condition *condition = &rows->conditions[i];

			if (condition->asked || !join(rows, condition, group, count, *count > 0))
				continue;
			join(rows, condition, group, count, false);
			condition->asked = true;
			grown = true;
			buffer_format(conditions, "%s(%s) IS NOT FALSE",
				      conditions->length ? " AND " : "", condition->text);
		}
	}
}

static void choose_group(struct seed_rows *rows, struct seed_column **group, size_t count,
			 const struct buffer *conditions)
{
	struct answers answers = { .count = 0 };
	size_t second = 0;

	ask_checks(rows, group, count, conditions, &answers);
	if (!answers.count)
		return;
	while (second < answers.count &&
	       !differ(group, count, answers.items[0], answers.items[second]))
		second++;
	apply(group, count, 0, answers.items[0]);
	apply(group, count, 1, answers.items[second < answers.count ? second : 0]);
}

void seed_checks_choose(struct seed_rows *rows)
{
	size_t count;

	for (size_t i = 0; i < rows->condition_count; i++)
		rows->conditions[i].asked = false;
	do {
		struct seed_column *group[CHECKED_MAX];
		struct buffer conditions = BUFFER_INIT;

		count = 0;
		gather(rows, group, &count, &conditions);
		if (count)
			choose_group(rows, group, count, &conditions);
		buffer_release(&conditions);
	} while (count);
}
