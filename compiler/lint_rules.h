/*
 * Rules: every name that can stand in brackets after a diagnostic, with its level and
 * explanation.
 */
#ifndef LINT_RULES_H
#define LINT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "lint_table.h"
#include "support/diagnostic.h"

#define RULE_ID(id, name, severity, stage, summary, why, bad, good) RULE_##id,
enum lint_rule_id {
	LINT_TABLE(RULE_ID) RULE_COUNT
};
#undef RULE_ID

/* The stage that reports a rule. An allowance can silence those of lint only. */
enum lint_stage {
	STAGE_SCAN,
	STAGE_LEXER,
	STAGE_SPLIT,
	STAGE_DIRECTIVE,
	STAGE_ORDER,
	STAGE_LOCK,
	STAGE_SYNTAX,
	STAGE_SHADOW,
	STAGE_REQUIRE,
	STAGE_EMIT,
	STAGE_TEXT, /* lint, before the shadow run: reads the text alone */
	STAGE_LINT, /* lint, after it */
};

struct lint_rule {
	const char *name;
	enum severity severity;
	enum lint_stage stage;
	const char *summary; /* what is reported, in a line */
	const char *why;
	const char *bad;  /* SQL that is reported; "" for none */
	const char *good; /* what to do: SQL, commands or a sentence */
};

const struct lint_rule *lint_rule(enum lint_rule_id id);
/* The rule with this name, or NULL. */
const struct lint_rule *lint_rule_find(const char *name);
/* The number of a rule that exists. */
enum lint_rule_id lint_rule_id(const char *name);
/* The name nearest to a misspelt one, or NULL. */
const char *lint_rule_nearest(const char *name);
/* True when `-- bobolink:allow` can silence it. */
bool lint_rule_can_be_allowed(const struct lint_rule *rule);

#endif
