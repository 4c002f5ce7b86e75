/*
 * Rules: the table as data, and the three ways in which it is printed: a list, one rule, a page.
 */
#include "lint_rules.h"

#include <string.h>

#include "lint.h"
#include "support/text.h"

#define RULE_ROW(id, name, severity, stage, summary, why, bad, good) \
	{ name, SEVERITY_##severity, STAGE_##stage, summary, why, bad, good },
static const struct lint_rule rules[RULE_COUNT] = { LINT_TABLE(RULE_ROW) };
#undef RULE_ROW

static const char *const severity_names[] = {
	[SEVERITY_NOTE] = "note",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

const struct lint_rule *lint_rule(enum lint_rule_id id)
{
	return &rules[id];
}

const struct lint_rule *lint_rule_find(const char *name)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	}
	return NULL;
}

enum lint_rule_id lint_rule_id(const char *name)
{
	return (enum lint_rule_id)(lint_rule_find(name) - rules);
}

const char *lint_rule_nearest(const char *name)
{
	const char *names[RULE_COUNT];

	for (size_t i = 0; i < RULE_COUNT; i++)
		names[i] = rules[i].name;
	return text_nearest(name, names, RULE_COUNT);
}

bool lint_rule_can_be_allowed(const struct lint_rule *rule)
{
	return rule->stage == STAGE_TEXT || rule->stage == STAGE_LINT;
}

/* Prints text with `indent` before each line that is not empty. */
static void print_indented(const char *text, const char *indent, FILE *stream)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		fprintf(stream, "%s%.*s\n", length ? indent : "", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

/* Prints a paragraph in lines of at most 80 columns. */
static void print_wrapped(const char *text, FILE *stream)
{
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (column && column + 1 + length > 80) {
			fputc('\n', stream);
			column = 0;
		}
		column += (size_t)fprintf(stream, "%s%.*s", column ? " " : "", (int)length, text);
		text += length + (text[length] == ' ');
	}
	fputc('\n', stream);
}

int lint_explain(const char *name, FILE *stream)
{
	const struct lint_rule *rule = lint_rule_find(name);

	if (!rule)
		return -1;
	fprintf(stream, "%s (%s): %s\n\n", rule->name, severity_names[rule->severity],
		rule->summary);
	print_wrapped(rule->why, stream);
	if (rule->bad[0]) {
		fprintf(stream, "\nReported:\n\n");
		print_indented(rule->bad, "    ", stream);
	}
	fprintf(stream, "\nInstead:\n\n");
	print_indented(rule->good, "    ", stream);
	if (lint_rule_can_be_allowed(rule))
		fprintf(stream,
			"\nTo accept it at one statement, write on the line above:\n\n"
			"    -- bobolink:allow %s REASON\n",
			rule->name);
	return 0;
}

void lint_list(FILE *stream)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		fprintf(stream, "%-26s %-8s %s\n", rules[i].name, severity_names[rules[i].severity],
			rules[i].summary);
}

static void print_markdown_rule(const struct lint_rule *rule, FILE *stream)
{
	fprintf(stream, "\n### %s\n\n*%s*: %s.\n\n", rule->name, severity_names[rule->severity],
		rule->summary);
	print_wrapped(rule->why, stream);
	if (rule->bad[0]) {
		fprintf(stream, "\n");
		print_indented(rule->bad, "    ", stream);
	}
	fprintf(stream, "\nInstead:\n\n");
	print_indented(rule->good, "    ", stream);
}

void lint_markdown(FILE *stream)
{
	fputs("# Rules\n\n"
	      "The name in brackets after each diagnostic. Made by `bobolink explain "
	      "--markdown`.\n\n"
	      "## Findings of lint\n\n"
	      "`-- bobolink:allow RULE REASON` on the line above a statement silences one of these "
	      "there. In a locked\nmigration, which may not be edited any more, they are notes.\n",
	      stream);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (lint_rule_can_be_allowed(&rules[i]))
			print_markdown_rule(&rules[i], stream);
	}
	fputs("\n## Errors and warnings of the other stages\n\nNo allowance silences them.\n",
	      stream);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!lint_rule_can_be_allowed(&rules[i]))
			print_markdown_rule(&rules[i], stream);
	}
}
