/*
 * What tests of the flags need to look at how scripts are shown: an output that ends in memory, and items of which only that is
 * said which matters.
 */
#ifndef SHOWN_H
#define SHOWN_H

#include "cli/scripts.h"

/* An output that ends in memory. */
struct written {
	struct bl_cli_output output;
	struct bl_json json;
	char *text;
	size_t length;
};

static inline void written_init(struct written *written, unsigned width)
{
	memset(written, 0, sizeof(*written));
	written->output.width = width;
	written->output.stream = open_memstream(&written->text, &written->length);
	assert_non_null(written->output.stream);
	bl_json_init(&written->json, bl_cli_output_put, &written->output);
}

static inline void assert_written(struct written *written, const char *expected)
{
	assert_int_equal(bl_cli_output_flush(&written->output), 0);
	fclose(written->output.stream);
	assert_string_equal(written->text, expected);
	free(written->text);
}

#define ITEM(number_, label_, name_, state_) \
	.number = number_, .label = label_, .name = name_, .state = BOBOLINK_STATE_##state_

/* What a case leaves at zero is absent. */
static inline struct bobolink_script_item complete(struct bobolink_script_item item)
{
	const char **texts[] = {
		&item.file,	   &item.title,	  &item.message, &item.error,
		&item.executed_at, &item.next_at, &item.waits,	 &item.applied_by
	};
	int64_t *numbers[] = { &item.required, &item.rows_changed, &item.duration_ms };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = *texts[i] ? *texts[i] : "";
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i] = *numbers[i] ? *numbers[i] : -1;
	return item;
}

#endif
