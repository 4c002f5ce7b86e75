/* The values of settings: one reader for each setting. */
#ifndef DIRECTIVE_VALUES_H
#define DIRECTIVE_VALUES_H

#include "model.h"
#include "support/arena.h"

/* Where a reader puts what it read. */
struct outcome {
	struct settings *settings;
	const char *reason;
	bool shadow_off;
	struct arena *arena;
	uint32_t offset; /* of the pair at hand, in the source's text */
	uint32_t length;
	const char *
		fault; /* what is wrong with the value, where there is more to say than that it is */
};

/* Each returns false for a value that means nothing to the setting; `value` is not empty. */
bool value_transaction(const char *value, struct outcome *out);
bool value_lock_timeout(const char *value, struct outcome *out);
bool value_statement_timeout(const char *value, struct outcome *out);
bool value_allow(const char *value, struct outcome *out);
bool value_irreversible(const char *value, struct outcome *out);
bool value_shadow(const char *value, struct outcome *out);
bool value_reason(const char *value, struct outcome *out);
bool value_requirements(const char *value, struct outcome *out);
bool value_call(const char *value, struct outcome *out);
bool value_only(const char *value, struct outcome *out);
bool value_except(const char *value, struct outcome *out);
/* directive_values_script.c: of fixes and repeatables. */
bool value_after_fixes(const char *value, struct outcome *out);
bool value_after_names(const char *value, struct outcome *out);
bool value_required(const char *value, struct outcome *out);
bool value_when(const char *value, struct outcome *out);
bool value_not_before(const char *value, struct outcome *out);
bool value_not_after(const char *value, struct outcome *out);
bool value_window(const char *value, struct outcome *out);
bool value_attempts(const char *value, struct outcome *out);
bool value_repeat(const char *value, struct outcome *out);

#endif
