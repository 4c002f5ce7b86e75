/*
 * What is told about a fleet: a line for each database that was migrated or failed, or on a terminal one line that moves; at the
 * end how many of what, and why those that failed did. Nothing here holds a password: databases are called by their labels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "ticker.h"

#define ERROR_SIZE (BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE)

static const char *const end_names[] = {
	[BL_FLEET_NOT_BEGUN] = "not begun", [BL_FLEET_MIGRATED] = "migrated",
	[BL_FLEET_CURRENT] = "up to date",  [BL_FLEET_FOUND] = "found",
	[BL_FLEET_STOPPED] = "stopped",	    [BL_FLEET_FAILED] = "failed",
};

static bool is_look(const struct bl_fleet *fleet)
{
	return fleet->cli->flags.action != BL_CLI_MIGRATE;
}

/* What a look answers, in contrast to a database that it could not look at. */
static bool is_finding(int finding)
{
	int code = bobolink_exit_code(finding);

	return code == 4 || code == 5 || code == 7 || code == 9;
}

static enum bl_fleet_end judge(const struct bl_fleet *fleet, const struct bl_fleet_outcome *outcome)
{
	if (outcome->result == BOBOLINK_INTERRUPTED && fleet->signal &&
	    outcome->exit_code == 128 + fleet->signal)
		return BL_FLEET_STOPPED;
	if (!is_look(fleet) && outcome->result == BOBOLINK_OK)
		return outcome->applied || outcome->scripts ? BL_FLEET_MIGRATED : BL_FLEET_CURRENT;
	if (!is_look(fleet))
		return BL_FLEET_FAILED;
	if (is_finding(outcome->finding))
		return BL_FLEET_FOUND;
	return outcome->result ? BL_FLEET_FAILED : BL_FLEET_CURRENT;
}

/* Both streams on a terminal: there the line that moves says enough. */
static bool wants_line(const struct bl_fleet *fleet, enum bl_fleet_end end)
{
	const struct bl_cli *cli = fleet->cli;

	if (cli->flags.action == BL_CLI_STATUS)
		return true;
	if (cli->flags.action == BL_CLI_CHECK || end == BL_FLEET_CURRENT)
		return false;
	return end == BL_FLEET_FOUND || !cli->out.terminal || !cli->note.terminal;
}

/* "2 migrations and 1 script" */
static const char *applied_text(const struct bl_fleet_outcome *outcome, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	if (outcome->applied)
		length =
			(size_t)snprintf(text, size, "%u migration%s%s", (unsigned)outcome->applied,
					 outcome->applied == 1 ? "" : "s",
					 outcome->scripts ? " and " : "");
	if (outcome->scripts)
		snprintf(text + length, size - length, "%u script%s", (unsigned)outcome->scripts,
			 outcome->scripts == 1 ? "" : "s");
	return text;
}

static void print_line(struct bl_fleet *fleet, const struct bl_fleet_database *database,
		       const struct bl_fleet_outcome *outcome, uint64_t ms)
{
	static const enum bl_cli_color colors[] = {
		[BL_FLEET_NOT_BEGUN] = BL_CLI_YELLOW, [BL_FLEET_MIGRATED] = BL_CLI_GREEN,
		[BL_FLEET_CURRENT] = BL_CLI_GREEN,    [BL_FLEET_FOUND] = BL_CLI_YELLOW,
		[BL_FLEET_STOPPED] = BL_CLI_YELLOW,   [BL_FLEET_FAILED] = BL_CLI_RED,
	};
	struct bl_cli_output *out = &fleet->cli->out;
	char applied[80];
	char took[40];

	bl_cli_print_color(out, colors[database->end]);
	bl_cli_print(out, "%s ",
		     database->end == BL_FLEET_FOUND ? bobolink_result_name(outcome->finding)
						     : end_names[database->end]);
	bl_cli_print_color(out, BL_CLI_PLAIN);
	bl_cli_print_text(out, database->label);
	if (fleet->cli->flags.action == BL_CLI_STATUS && !database->result)
		bl_cli_print(out, ": %u applied, %u pending", (unsigned)outcome->applied,
			     (unsigned)outcome->pending);
	else if (outcome->applied || outcome->scripts)
		bl_cli_print(out, "%s %s (%s)", database->end == BL_FLEET_MIGRATED ? ":" : " after",
			     applied_text(outcome, applied, sizeof(applied)),
			     bl_cli_duration((int64_t)ms, took, sizeof(took)));
	bl_cli_print(out, "\n");
}

/* The next line of what a process printed, or NULL; `*length` becomes its length. */
static const char *next_line(const char **messages, size_t *left, size_t *length)
{
	const char *line = *messages;
	const char *end = *left ? memchr(line, '\n', *left) : NULL;

	*length = end ? (size_t)(end - line) : *left;
	if (!*left)
		return NULL;
	*messages += *length + (end != NULL);
	*left -= *length + (end != NULL);
	return line;
}

/* What a verification found is the result, the rest are messages. */
static void print_messages(struct bl_fleet *fleet, const struct bl_fleet_database *database,
			   const char *messages, size_t left)
{
	bool found = fleet->cli->flags.action == BL_CLI_VERIFY;
	struct bl_cli_output *to = found ? &fleet->cli->out : &fleet->cli->note;
	const char *line;
	size_t length;

	while ((line = next_line(&messages, &left, &length)) != NULL) {
		if (found)
			bl_cli_print(to, " ");
		else
			bl_cli_print_text(to, fleet->cli->program);
		bl_cli_print(to, found ? " " : ": ");
		if (!found) {
			bl_cli_print_text(to, database->label);
			bl_cli_print(to, ": ");
		}
		bl_cli_print_lines(to, line, length);
		bl_cli_print(to, "\n");
	}
}

static void begin_json(struct bl_json *json, const struct bl_fleet_database *database)
{
	bl_json_object(json, NULL);
	bl_json_text(json, "url", database->label);
	bl_json_number(json, "line", (int64_t)database->line);
	bl_json_text(json, "result", bobolink_result_name(database->result));
	bl_json_number(json, "exit_code", database->exit_code);
}

static void tell_as_json(struct bl_fleet *fleet, const struct bl_fleet_database *database,
			 const struct bl_fleet_outcome *outcome, const char *messages, size_t left,
			 uint64_t ms)
{
	struct bl_json *json = &fleet->cli->json;
	const char *line;
	size_t length;

	begin_json(json, database);
	bl_json_number(json, "applied", outcome->applied);
	bl_json_number(json, "scripts", outcome->scripts);
	bl_json_number(json, "fixes_failed", outcome->fixes_failed);
	if (fleet->cli->flags.action == BL_CLI_STATUS) {
		bl_json_number(json, "pending", outcome->pending);
		bl_json_text(json, "verdict", bobolink_result_name(outcome->finding));
	}
	bl_json_number(json, "ms", (int64_t)ms);
	bl_json_bool(json, "transient", database->transient);
	bl_json_array(json, "messages");
	while ((line = next_line(&messages, &left, &length)) != NULL)
		bl_json_bytes(json, NULL, line, length);
	bl_json_array_end(json);
	if (outcome->result && outcome->error.message[0])
		bl_cli_error_as_json(json, &outcome->error);
	else
		bl_json_null(json, "error");
	bl_json_object_end(json);
}

/* Kept for the end, where all that failed stands together. */
static void keep_reason(struct bl_fleet_database *database, const struct bl_fleet_outcome *outcome)
{
	char text[ERROR_SIZE];

	bobolink_error_text(&outcome->error, text, sizeof(text));
	database->why = strdup(*text ? text : bobolink_result_name(outcome->result));
}

static void count(struct bl_fleet *fleet, const struct bl_fleet_database *database, int finding)
{
	fleet->ends[database->end]++;
	if (database->end == BL_FLEET_FOUND && finding >= 0 && finding <= BOBOLINK_REQUIRED)
		fleet->findings[finding]++;
}

void bl_fleet_tell(struct bl_fleet *fleet, struct bl_fleet_database *database,
		   const struct bl_fleet_outcome *outcome, const char *messages, size_t length,
		   uint64_t ms)
{
	database->end = judge(fleet, outcome);
	database->result = outcome->result;
	database->exit_code = outcome->exit_code;
	database->transient = outcome->transient;
	if (database->end == BL_FLEET_FAILED)
		keep_reason(database, outcome);
	count(fleet, database, outcome->finding);
	fleet->fixes_failed += outcome->fixes_failed;
	fleet->with_failed_fixes += outcome->fixes_failed > 0;
	bl_cli_ticker_hide();
	if (fleet->cli->json_wanted) {
		tell_as_json(fleet, database, outcome, messages, length, ms);
	} else {
		if (wants_line(fleet, database->end))
			print_line(fleet, database, outcome, ms);
		print_messages(fleet, database, messages, length);
	}
	bl_cli_output_flush(&fleet->cli->out);
}

void bl_fleet_show(const struct bl_fleet *fleet, size_t running)
{
	char text[160];

	snprintf(text, sizeof(text), "%zu of %zu databases, %zu failed, %zu running",
		 fleet->next - running, fleet->count, fleet->ends[BL_FLEET_FAILED], running);
	bl_cli_ticker_show(text, bl_cli_clock_ms() - fleet->begun_ms);
}

static void print_count(struct bl_cli_output *out, size_t number, const char *what,
			const char **before)
{
	if (!number)
		return;
	bl_cli_print(out, "%s%zu %s", *before, number, what);
	*before = ", ";
}

/* "500 databases: 490 migrated, 5 up to date, 5 failed in 12.3 s" */
static void print_counts(struct bl_fleet *fleet)
{
	static const enum bl_fleet_end order[] = { BL_FLEET_MIGRATED, BL_FLEET_CURRENT,
						   BL_FLEET_FAILED, BL_FLEET_STOPPED,
						   BL_FLEET_NOT_BEGUN };
	struct bl_cli_output *out = &fleet->cli->out;
	const char *before = ": ";
	char took[40];

	if (!fleet->count) {
		bl_cli_print(out, "no databases, nothing to do\n");
		return;
	}
	bl_cli_print(out, "%zu database%s", fleet->count, fleet->count == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		print_count(out, fleet->ends[order[i]], end_names[order[i]], &before);
		for (int finding = 0; i == 1 && finding <= BOBOLINK_REQUIRED; finding++)
			print_count(out, fleet->findings[finding], bobolink_result_name(finding),
				    &before);
	}
	bl_cli_print(out, " in %s\n",
		     bl_cli_duration((int64_t)(bl_cli_clock_ms() - fleet->begun_ms), took,
				     sizeof(took)));
}

static void counts_as_json(struct bl_fleet *fleet)
{
	struct bl_json *json = &fleet->cli->json;

	bl_json_array_end(json);
	bl_json_number(json, "count", (int64_t)fleet->count);
	bl_json_number(json, "duplicates", (int64_t)fleet->duplicates);
	bl_json_number(json, "migrated", (int64_t)fleet->ends[BL_FLEET_MIGRATED]);
	bl_json_number(json, "up_to_date", (int64_t)fleet->ends[BL_FLEET_CURRENT]);
	bl_json_number(json, "found", (int64_t)fleet->ends[BL_FLEET_FOUND]);
	bl_json_number(json, "failed", (int64_t)fleet->ends[BL_FLEET_FAILED]);
	bl_json_number(json, "stopped", (int64_t)fleet->ends[BL_FLEET_STOPPED]);
	bl_json_number(json, "not_begun", (int64_t)fleet->ends[BL_FLEET_NOT_BEGUN]);
	bl_json_number(json, "fixes_failed", (int64_t)fleet->fixes_failed);
}

/* The command for one of them; a URL with a password is not repeated. */
static void print_try(struct bl_fleet *fleet, const struct bl_fleet_database *database)
{
	struct bl_cli_output *note = &fleet->cli->note;
	size_t behind = strlen(database->url) - strlen(database->label);
	bool whole = strlen(database->url) >= strlen(database->label) &&
		     strcmp(database->url + behind, database->label) == 0;

	bl_cli_print(note, "one of them alone: ");
	bl_cli_print_text(note, fleet->cli->program);
	bl_cli_print(note, " %s", bl_cli_flag_name(fleet->cli->flags.action));
	if (fleet->cli->flags.set)
		bl_cli_print(note, " %s=%s", bl_cli_flag_name(BL_CLI_SET), fleet->cli->flags.set);
	bl_cli_print(note, " %s=", bl_cli_flag_name(BL_CLI_DATABASE));
	if (whole)
		bl_cli_print_word(note, database->url);
	else
		bl_cli_print(note, "...");
	bl_cli_print(note, "\n");
}

static void print_transient(struct bl_fleet *fleet, size_t transient)
{
	if (transient)
		bl_cli_print(&fleet->cli->note,
			     "%zu of them had another program's lock or no connection left: the "
			     "same command again may be enough\n",
			     transient);
	if (fleet->cli->flags.action == BL_CLI_MIGRATE)
		bl_cli_print(&fleet->cli->note, "the same command again does only what is left\n");
}

static void list_failures(struct bl_fleet *fleet)
{
	struct bl_cli_output *note = &fleet->cli->note;
	const struct bl_fleet_database *first = NULL;
	size_t transient = 0;

	/* Results stand before the messages that explain them. */
	bl_cli_output_flush(&fleet->cli->out);
	for (size_t i = 0; i < fleet->count; i++) {
		const struct bl_fleet_database *database = &fleet->databases[i];

		if (database->end != BL_FLEET_FAILED)
			continue;
		if (!first)
			bl_cli_say(fleet->cli, "%zu failed:", fleet->ends[BL_FLEET_FAILED]);
		first = first ? first : database;
		transient += database->transient;
		bl_cli_print(note, "  ");
		bl_cli_print_text(note, database->label);
		bl_cli_print(note, " (line %zu): ", database->line);
		bl_cli_print_text(note, database->why ? database->why : "out of memory");
		bl_cli_print(note, "\n");
	}
	if (!first)
		return;
	print_try(fleet, first);
	print_transient(fleet, transient);
}

/* What a signal, or a system without processes, left. */
static void tell_rest(struct bl_fleet *fleet)
{
	for (size_t i = fleet->next; i < fleet->count; i++) {
		struct bl_fleet_database *database = &fleet->databases[i];
		struct bl_fleet_outcome outcome = { .result = BOBOLINK_INTERRUPTED };

		database->result = outcome.result;
		database->exit_code = fleet->signal ? 128 + fleet->signal : 1;
		count(fleet, database, 0);
		bl_cli_fail(&outcome.error, outcome.result, "not begun");
		if (fleet->cli->json_wanted)
			tell_as_json(fleet, database, &outcome, NULL, 0, 0);
	}
}

static void warn_of_fixes(struct bl_fleet *fleet)
{
	if (!fleet->fixes_failed || fleet->cli->flags.action == BL_CLI_CHECK)
		return;
	bl_cli_output_flush(&fleet->cli->out);
	bl_cli_say(fleet->cli,
		   "warning: %zu fix%s failed in %zu database%s, which stopped nothing: %s with %s "
		   "tells why",
		   fleet->fixes_failed, fleet->fixes_failed == 1 ? "" : "es",
		   fleet->with_failed_fixes, fleet->with_failed_fixes == 1 ? "" : "s",
		   bl_cli_flag_name(BL_CLI_FIXES), bl_cli_flag_name(BL_CLI_DATABASE));
}

void bl_fleet_sum_up(struct bl_fleet *fleet)
{
	tell_rest(fleet);
	if (fleet->cli->json_wanted)
		counts_as_json(fleet);
	else if (fleet->cli->flags.action != BL_CLI_CHECK)
		print_counts(fleet);
	warn_of_fixes(fleet);
	list_failures(fleet);
}
