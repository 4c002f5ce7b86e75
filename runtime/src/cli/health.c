/*
 * Health: one screen, or one JSON object, about everything that whoever operates a database asks first.
 *
 * Both have the same lines and keys when the database could not be reached, so that a monitor always
 * finds what it looks for.
 */
#include <inttypes.h>
#include <string.h>

#include <bobolink/schema.h>

#include "command.h"

/* "3.40.1", "15.18": as people name the release of a library or server. */
static void version_text(const struct bobolink_health *health, char *text, size_t size)
{
	uint32_t version = health->database_version;

	if (!version)
		text[0] = '\0';
	else if (strcmp(health->database, "sqlite") == 0)
		snprintf(text, size, "%u.%u.%u", (unsigned)(version / 1000000),
			 (unsigned)(version / 1000 % 1000), (unsigned)(version % 1000));
	else
		snprintf(text, size, "%u.%u", (unsigned)(version / 10000),
			 (unsigned)(version % 10000));
}

static void optional_bool(struct bl_json *json, const char *key, int32_t value)
{
	if (value < 0)
		bl_json_null(json, key);
	else
		bl_json_bool(json, key, value != 0);
}

static void optional_version(struct bl_json *json, const char *key, int64_t version)
{
	if (version < 0)
		bl_json_null(json, key);
	else
		bl_json_version(json, key, version);
}

static void migrations_as_json(struct bl_json *json, const struct bobolink_health *health)
{
	bl_json_object(json, "migrations");
	bl_json_number(json, "applied", health->applied);
	bl_json_number(json, "pending", health->pending);
	bl_json_number(json, "failed", health->failed);
	bl_json_number(json, "rolled_back", health->rolled_back);
	bl_json_number(json, "changed", health->changed);
	bl_json_number(json, "missing", health->missing);
	bl_json_number(json, "out_of_order", health->out_of_order);
	bl_json_number(json, "halfway", health->halfway);
	bl_json_object_end(json);
}

static void scripts_as_json(struct bl_json *json, const struct bobolink_health *health)
{
	bl_json_object(json, "fixes");
	bl_json_number(json, "failed", health->fixes_failed);
	bl_json_number(json, "pending", health->fixes_pending);
	bl_json_object_end(json);
	bl_json_object(json, "repeatables");
	bl_json_number(json, "pending", health->repeatables_pending);
	bl_json_object_end(json);
}

static void schema_as_json(struct bl_json *json, const struct bobolink_health *health)
{
	bl_json_object(json, "schema");
	bl_json_bool(json, "compared", health->drift != 0);
	bl_json_optional(json, "reason", health->drift_reason);
	bl_json_number(json, "missing", health->drift_missing);
	bl_json_number(json, "changed", health->drift_changed);
	bl_json_number(json, "extra", health->drift_extra);
	bl_json_object_end(json);
	bl_json_array(json, "invalid_indexes");
	for (uint32_t i = 0; i < health->index_count; i++) {
		bl_json_object(json, NULL);
		bl_json_text(json, "name", health->indexes[i].name);
		bl_json_text(json, "table", health->indexes[i].table);
		bl_json_bool(json, "building", health->indexes[i].building != 0);
		bl_json_object_end(json);
	}
	bl_json_array_end(json);
}

static void last_run_as_json(struct bl_json *json, const struct bobolink_health *health)
{
	if (!*health->last_run) {
		bl_json_null(json, "last_run");
		return;
	}
	bl_json_object(json, "last_run");
	bl_json_optional(json, "at", health->last_run_at);
	bl_json_optional(json, "by", health->last_run_by);
	optional_version(json, "version", health->last_run_version);
	bl_json_text(json, "name", health->last_run_name);
	bl_json_text(json, "ended", health->last_run);
	bl_json_object_end(json);
}

static void backup_as_json(struct bl_json *json, const struct bobolink_health *health)
{
	if (!*health->backup) {
		bl_json_null(json, "last_backup");
		return;
	}
	bl_json_object(json, "last_backup");
	bl_json_text(json, "name", health->backup);
	bl_json_text(json, "made_at", health->backup_at);
	if (health->backup_age_s >= 0)
		bl_json_number(json, "age_s", health->backup_age_s);
	else
		bl_json_null(json, "age_s");
	bl_json_object_end(json);
}

static const char *word_of(int32_t code)
{
	return code == BOBOLINK_OK ? "note" : bobolink_result_name(code);
}

static void findings_as_json(struct bl_json *json, const struct bobolink_health *health)
{
	bl_json_array(json, "findings");
	for (uint32_t i = 0; i < health->finding_count; i++) {
		const struct bobolink_health_finding *finding = &health->findings[i];

		bl_json_object(json, NULL);
		bl_json_text(json, "finding", word_of(finding->code));
		optional_version(json, "version", finding->version);
		bl_json_text(json, "message", finding->message);
		bl_json_optional(json, "next", finding->next);
		bl_json_object_end(json);
	}
	bl_json_array_end(json);
}

static void health_as_json(struct bl_json *json, const struct bobolink_health *health)
{
	char version[40];

	version_text(health, version, sizeof(version));
	bl_json_bool(json, "reachable", health->reachable != 0);
	bl_json_text(json, "verdict", bobolink_result_name(health->verdict));
	bl_json_text(json, "database", health->database);
	bl_json_optional(json, "database_version", version);
	optional_bool(json, "read_only", health->read_only);
	optional_version(json, "version", health->version);
	migrations_as_json(json, health);
	scripts_as_json(json, health);
	schema_as_json(json, health);
	optional_bool(json, "locked", health->locked);
	bl_json_optional(json, "holder", health->holder);
	last_run_as_json(json, health);
	backup_as_json(json, health);
	findings_as_json(json, health);
}

/* Green: nothing to do. Yellow: somebody should look some day. Red: now. */
static enum bl_cli_color color_of(int exit_code)
{
	if (exit_code == 0)
		return BL_CLI_GREEN;
	return exit_code == 4 || exit_code == 6 ? BL_CLI_YELLOW : BL_CLI_RED;
}

static void print_colored(struct bl_cli_output *out, enum bl_cli_color color, const char *text)
{
	bl_cli_print_color(out, color);
	bl_cli_print(out, "%s", text);
	bl_cli_print_color(out, BL_CLI_PLAIN);
}

static void print_label(struct bl_cli_output *out, const char *label)
{
	bl_cli_print(out, "%-11s ", label);
}

/* ", 2 failed", in a colour of its own where it is bad. */
static void print_count(struct bl_cli_output *out, const char **before, uint32_t count,
			const char *word, enum bl_cli_color color)
{
	if (!count)
		return;
	bl_cli_print(out, "%s", *before);
	bl_cli_print_color(out, color);
	bl_cli_print(out, "%u %s", (unsigned)count, word);
	bl_cli_print_color(out, BL_CLI_PLAIN);
	*before = ", ";
}

static void print_database(struct bl_cli_output *out, const struct bobolink_health *health)
{
	char version[40];

	version_text(health, version, sizeof(version));
	print_label(out, "database");
	bl_cli_print(out, "%s%s%s, ", health->database, *version ? " " : "", version);
	if (!health->reachable)
		print_colored(out, BL_CLI_RED, "not reachable");
	else
		bl_cli_print(out, "reachable%s",
			     health->read_only == 1   ? ", read-only"
			     : health->read_only == 0 ? ", writable"
						      : "");
	bl_cli_print(out, "\n");
}

static void print_migrations(struct bl_cli_output *out, const struct bobolink_health *health)
{
	const char *before = "";

	print_label(out, "version");
	if (health->version >= 0)
		bl_cli_print(out, "%" PRId64 "\n", health->version);
	else
		bl_cli_print(out, "none\n");
	print_label(out, "migrations");
	print_count(out, &before, health->applied, "applied", BL_CLI_PLAIN);
	print_count(out, &before, health->pending, "pending", BL_CLI_YELLOW);
	print_count(out, &before, health->rolled_back, "rolled back", BL_CLI_YELLOW);
	print_count(out, &before, health->failed, "failed", BL_CLI_RED);
	print_count(out, &before, health->changed, "changed", BL_CLI_RED);
	print_count(out, &before, health->missing, "missing", BL_CLI_RED);
	print_count(out, &before, health->out_of_order, "out of order", BL_CLI_RED);
	print_count(out, &before, health->halfway, "half-way", BL_CLI_RED);
	bl_cli_print(out, "%s\n", *before ? "" : "none");
}

/* Of a program without scripts there is no line. */
static void print_scripts(struct bl_cli_output *out, const struct bobolink_set *set,
			  const struct bobolink_health *health)
{
	const char *before = "";

	if (set->scripts && set->scripts->fix_count) {
		print_label(out, "fixes");
		print_count(out, &before, health->fixes_failed, "failed", BL_CLI_YELLOW);
		print_count(out, &before, health->fixes_pending, "pending", BL_CLI_PLAIN);
		bl_cli_print(out, "%s\n", *before ? "" : "all done");
	}
	before = "";
	if (set->scripts && set->scripts->repeatable_count) {
		print_label(out, "repeatables");
		print_count(out, &before, health->repeatables_pending, "pending", BL_CLI_YELLOW);
		bl_cli_print(out, "%s\n", *before ? "" : "all done");
	}
}

static void print_schema(struct bl_cli_output *out, const struct bobolink_health *health)
{
	const char *before = "";

	print_label(out, "schema");
	if (!health->drift) {
		bl_cli_print(out, "not compared: ");
		bl_cli_print_text(out, health->drift_reason);
	} else if (!health->drift_missing && !health->drift_changed && !health->drift_extra) {
		bl_cli_print(out, "as expected");
	}
	print_count(out, &before, health->drift_missing, "missing", BL_CLI_RED);
	print_count(out, &before, health->drift_changed, "changed", BL_CLI_RED);
	print_count(out, &before, health->drift_extra, "extra", BL_CLI_YELLOW);
	bl_cli_print(out, "\n");
	if (!health->index_count)
		return;
	before = "";
	print_label(out, "indexes");
	print_count(out, &before, health->invalid_indexes, "invalid", BL_CLI_RED);
	print_count(out, &before, health->building_indexes, "being made", BL_CLI_YELLOW);
	bl_cli_print(out, "\n");
}

static void print_lock(struct bl_cli_output *out, const struct bobolink_health *health)
{
	print_label(out, "lock");
	if (health->locked < 0) {
		bl_cli_print(out, "not known\n");
		return;
	}
	bl_cli_print(out, "%s", health->locked ? "held" : "free");
	if (*health->holder)
		bl_cli_print(out, " by ");
	bl_cli_print_text(out, health->holder);
	bl_cli_print(out, "\n");
}

/* "2026-01-02 03:04:05" of a time in the form of ISO 8601. */
static void print_time(struct bl_cli_output *out, const char *time)
{
	char text[20];

	snprintf(text, sizeof(text), "%s", time);
	if (strlen(text) == 19 && text[10] == 'T')
		text[10] = ' ';
	bl_cli_print_text(out, text);
}

static void print_last_run(struct bl_cli_output *out, const struct bobolink_health *health)
{
	print_label(out, "last run");
	if (!*health->last_run) {
		bl_cli_print(out, "none\n");
		return;
	}
	print_time(out, health->last_run_at);
	bl_cli_print(out, " %" PRId64 " (", health->last_run_version);
	bl_cli_print_text(out, health->last_run_name);
	bl_cli_print(out, ") %s, by ", health->last_run);
	bl_cli_print_text(out, health->last_run_by);
	bl_cli_print(out, "\n");
}

/* "5 min", "3 h", "12 days" */
static void print_age(struct bl_cli_output *out, int64_t seconds)
{
	if (seconds < 3600)
		bl_cli_print(out, " (%" PRId64 " min old)", seconds / 60);
	else if (seconds < 2 * 86400)
		bl_cli_print(out, " (%" PRId64 " h old)", seconds / 3600);
	else
		bl_cli_print(out, " (%" PRId64 " days old)", seconds / 86400);
}

static void print_backup(struct bl_cli *cli, const struct bobolink_health *health)
{
	print_label(&cli->out, "last backup");
	if (!*health->backup) {
		bl_cli_print(&cli->out, "none in ");
		bl_cli_print_text(&cli->out, bl_cli_backup_directory(cli));
	} else {
		print_time(&cli->out, health->backup_at);
		if (health->backup_age_s >= 0)
			print_age(&cli->out, health->backup_age_s);
		bl_cli_print(&cli->out, ", ");
		bl_cli_print_text(&cli->out, health->backup);
	}
	bl_cli_print(&cli->out, "\n");
}

/* The command stands below the last of the findings that it is for. */
static void print_findings(struct bl_cli *cli, const struct bobolink_health *health)
{
	for (uint32_t i = 0; i < health->finding_count; i++) {
		const struct bobolink_health_finding *finding = &health->findings[i];
		const char *next = finding->next;

		if (i == 0)
			bl_cli_print(&cli->out, "\n");
		print_colored(&cli->out,
			      finding->code == BOBOLINK_OK
				      ? BL_CLI_YELLOW
				      : color_of(bobolink_exit_code(finding->code)),
			      word_of(finding->code));
		bl_cli_print(&cli->out, ": ");
		bl_cli_print_text(&cli->out, finding->message);
		bl_cli_print(&cli->out, "\n");
		if (*next && (i + 1 == health->finding_count || strcmp(finding[1].next, next) != 0))
			bl_cli_print_command(cli, "  ", next);
	}
}

static void print_health(struct bl_cli *cli, const struct bobolink_health *health)
{
	print_label(&cli->out, "health");
	print_colored(&cli->out, color_of(bobolink_health_exit_code(health)),
		      bobolink_result_name(health->verdict));
	bl_cli_print(&cli->out, "\n");
	print_database(&cli->out, health);
	if (health->reachable) {
		print_migrations(&cli->out, health);
		print_scripts(&cli->out, cli->set, health);
		print_schema(&cli->out, health);
		print_lock(&cli->out, health);
		print_last_run(&cli->out, health);
	}
	print_backup(cli, health);
	print_findings(cli, health);
}

static void show(struct bl_cli *cli, const struct bobolink_health *health)
{
	if (cli->json_wanted)
		health_as_json(&cli->json, health);
	else
		print_health(cli, health);
}

int bl_cli_health(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	uint32_t flags = cli->flags.value ? BOBOLINK_HEALTH_QUICK : 0;
	struct bobolink_health *health = NULL;
	int rc = bobolink_health(session, flags, &health, error);

	if (rc)
		return rc;
	show(cli, health);
	rc = health->verdict;
	cli->answer = bobolink_health_exit_code(health);
	bobolink_health_free(health);
	return rc;
}

void bl_cli_health_without(struct bl_cli *cli, const struct bobolink_error *error)
{
	struct bobolink_health *health = NULL;

	if (bobolink_health_without(cli->set, &cli->session_options, error, &health, NULL))
		return;
	show(cli, health);
	bobolink_health_free(health);
}
