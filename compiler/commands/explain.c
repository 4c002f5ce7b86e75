/* bobolink explain RULE: what a name in brackets means, and what to do. */
#include <stdio.h>

#include "command.h"
#include "lint.h"
#include "lint_rules.h"

enum status command_explain(const struct arguments *arguments, struct arena *arena)
{
	const char *rule = arguments->operand_count ? arguments->operands[0] : NULL;
	const char *nearest;

	if (arguments->markdown) {
		lint_markdown(stdout);
		return STATUS_DONE;
	}
	if (!rule) {
		lint_list(stdout);
		return STATUS_DONE;
	}
	if (lint_explain(rule, stdout) == 0)
		return STATUS_DONE;
	nearest = lint_rule_nearest(rule);
	command_error(nearest ? arena_format(arena, "did you mean bobolink explain %s", nearest)
			      : "bobolink explain lists the rules",
		      "there is no rule \"%s\"", rule);
	return STATUS_USAGE;
}
