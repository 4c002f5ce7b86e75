/*
 * Backup: saves the database, lists what was saved, and brings one back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <bobolink/backend.h>

#include "../log/text.h"
#include "command.h"
#include "confirm.h"

#define NAME_SIZE   256
#define ORIGIN_SIZE 1024

/* "1.2 MiB": in units of 1024, with one decimal from the first unit on. */
static const char *human(int64_t bytes, char *buffer, size_t size)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	int64_t unit = 1024;
	size_t i = 0;

	if (bytes < unit) {
		snprintf(buffer, size, "%" PRId64 " B", bytes);
		return buffer;
	}
	while (i + 1 < sizeof(units) / sizeof(units[0]) && bytes / unit >= 1024) {
		unit *= 1024;
		i++;
	}
	snprintf(buffer, size, "%" PRId64 ".%" PRId64 " %s", bytes / unit,
		 bytes % unit / (unit / 10 + 1), units[i]);
	return buffer;
}

static void item_as_json(struct bl_json *json, const struct bobolink_backup_item *item)
{
	bl_json_object(json, NULL);
	bl_json_text(json, "name", item->name);
	bl_json_text(json, "path", item->path);
	bl_json_text(json, "made_at", item->made_at);
	bl_json_number(json, "bytes", item->size);
	if (item->version >= 0)
		bl_json_version(json, "version", item->version);
	else
		bl_json_null(json, "version");
	bl_json_optional(json, "database", item->database);
	bl_json_object_end(json);
}

static void list_as_json(struct bl_cli *cli, const struct bobolink_backups *backups)
{
	bl_json_array(&cli->json, "backups");
	for (uint32_t i = 0; i < backups->count; i++)
		item_as_json(&cli->json, &backups->items[i]);
	bl_json_array_end(&cli->json);
}

/* Which database is configured, as backups name theirs; "" when none is. */
static void read_origin(const struct bl_cli *cli, char text[ORIGIN_SIZE])
{
	struct bobolink_error ignored;
	const char *url;

	text[0] = '\0';
	if (cli->set->archive && bl_cli_database(cli, &url, &ignored) == BOBOLINK_OK)
		cli->set->archive()->origin(NULL, url, text, ORIGIN_SIZE);
}

static bool is_of_another(const struct bobolink_backup_item *item, const char *origin)
{
	return *origin && *item->database && strcmp(origin, item->database) != 0;
}

/* Of another database it tells which. */
static void print_item(struct bl_cli_output *out, const struct bobolink_backup_item *item,
		       const char *origin, unsigned width)
{
	char size[40];
	char at[20];
	char version[24] = "none";

	snprintf(at, sizeof(at), "%s", item->made_at);
	if (strlen(at) == 19 && at[10] == 'T')
		at[10] = ' ';
	if (item->version >= 0)
		snprintf(version, sizeof(version), "%" PRId64, item->version);
	bl_cli_print_fitted(out, item->name, width);
	bl_cli_print(out, "  %10s  ", human(item->size, size, sizeof(size)));
	bl_cli_print_text(out, at);
	bl_cli_print(out, "  %s", version);
	if (is_of_another(item, origin)) {
		bl_cli_print(out, ", of ");
		bl_cli_print_text(out, item->database);
	}
	bl_cli_print(out, "\n");
}

/* The name is never cut: it is what somebody types. */
static void print_list(struct bl_cli *cli, const struct bobolink_backups *backups)
{
	unsigned width = (unsigned)strlen("name");
	char origin[ORIGIN_SIZE];

	read_origin(cli, origin);
	if (backups->count == 0)
		bl_cli_print(&cli->out, "no backups in %s\n", bl_cli_backup_directory(cli));
	for (uint32_t i = 0; i < backups->count; i++) {
		unsigned columns = bl_text_columns(backups->items[i].name);

		width = columns > width ? columns : width;
	}
	if (backups->count)
		bl_cli_print(&cli->out, "%-*s  %10s  %-19s  %s\n", (int)width, "name", "size",
			     "made at (UTC)", "version");
	for (uint32_t i = 0; i < backups->count; i++)
		print_item(&cli->out, &backups->items[i], origin, width);
}

static void show_list(struct bl_cli *cli, const struct bobolink_backups *backups)
{
	if (cli->json_wanted)
		list_as_json(cli, backups);
	else
		print_list(cli, backups);
}

const char *bl_cli_backup_directory(const struct bl_cli *cli)
{
	return cli->session_options.backup_directory ? cli->session_options.backup_directory
						     : "backups";
}

int bl_cli_backup(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	struct bobolink_backups *made = NULL;
	char size[40];
	int rc;

	bl_cli_work_begin(cli, session);
	rc = bobolink_backup(session, cli->flags.value, &made, error);
	bl_cli_work_end(cli, session);
	if (rc)
		return rc;
	if (cli->json_wanted) {
		list_as_json(cli, made);
	} else if (made->count) {
		bl_cli_print(&cli->out, "backup ");
		bl_cli_print_text(&cli->out, made->items[0].name);
		bl_cli_print(&cli->out, " (%s) is in ",
			     human(made->items[0].size, size, sizeof(size)));
		bl_cli_print_text(&cli->out, made->items[0].path);
		bl_cli_print(&cli->out, "\n");
	}
	bobolink_backups_free(made);
	return BOBOLINK_OK;
}

int bl_cli_backups(struct bl_cli *cli, struct bobolink_error *error)
{
	struct bobolink_backups *backups = NULL;
	int rc = bobolink_backups(cli->set, &cli->session_options, &backups, error);

	if (rc == BOBOLINK_OK)
		show_list(cli, backups);
	bobolink_backups_free(backups);
	return rc;
}

static const struct bobolink_backup_item *find(const struct bobolink_backups *backups,
					       const char *name)
{
	for (uint32_t i = 0; i < backups->count; i++) {
		if (strcmp(backups->items[i].name, name) == 0)
			return &backups->items[i];
	}
	return NULL;
}

/* Which backup: the one that the flag names, or what somebody answers to a list. */
static int choose(struct bl_cli *cli, const struct bobolink_backups *backups,
		  const struct bobolink_backup_item **chosen, struct bobolink_error *error)
{
	char name[NAME_SIZE];
	const char *wanted = cli->flags.value;

	if (!wanted) {
		show_list(cli, backups);
		if (backups->count == 0)
			return bl_cli_fail(error, BOBOLINK_USAGE,
					   "there is nothing to restore in %s",
					   bl_cli_backup_directory(cli));
		if (!bl_cli_can_ask())
			return bl_cli_fail(error, BOBOLINK_USAGE,
					   "which one is meant? give %s=NAME",
					   bl_cli_flag_name(BL_CLI_RESTORE));
		if (bl_cli_ask(cli, "which one?", name, sizeof(name)) || !*name) {
			cli->declined = true;
			return bl_cli_fail(error, BOBOLINK_INTERRUPTED, "nothing was changed");
		}
		wanted = name;
	}
	*chosen = find(backups, wanted);
	if (*chosen)
		return BOBOLINK_OK;
	return bl_cli_fail(error, BOBOLINK_USAGE,
			   "there is no backup %s in %s: take one that --migrate-backups lists",
			   wanted, bl_cli_backup_directory(cli));
}

static void print_intention(struct bl_cli *cli, const struct bobolink_backup_item *item)
{
	bl_cli_print(&cli->out, "the database becomes what it was at %.10s %.8s (UTC), ",
		     item->made_at, strlen(item->made_at) > 11 ? item->made_at + 11 : "");
	if (item->version >= 0)
		bl_cli_print(&cli->out, "version %" PRId64, item->version);
	else
		bl_cli_print(&cli->out, "before the first migration");
	bl_cli_print(&cli->out, "; what it is now is kept\n");
}

static int restore(struct bl_cli *cli, const char *url, const struct bobolink_backup_item *item,
		   struct bobolink_error *error)
{
	uint32_t flags = bl_cli_flag_given(&cli->flags, BL_CLI_FORCE) ? BOBOLINK_FORCE : 0;
	char origin[ORIGIN_SIZE];
	int rc;

	read_origin(cli, origin);
	/* Nobody is asked for what will be refused. */
	if (!flags && is_of_another(item, origin))
		return bobolink_restore(cli->set, url, item->name, &cli->session_options, 0, error);
	if (cli->json_wanted)
		bl_json_text(&cli->json, "backup", item->name);
	else
		print_intention(cli, item);
	rc = bl_cli_confirm(cli, error, "restore %s", item->name);
	if (rc)
		return rc;
	bl_cli_work_begin(cli, NULL);
	rc = bobolink_restore(cli->set, url, item->name, &cli->session_options, flags, error);
	bl_cli_work_end(cli, NULL);
	if (rc)
		return rc;
	if (!cli->json_wanted) {
		bl_cli_print(&cli->out, "restored ");
		bl_cli_print_text(&cli->out, item->name);
		bl_cli_print(&cli->out, "\n");
	}
	return BOBOLINK_OK;
}

int bl_cli_restore(struct bl_cli *cli, const char *url, struct bobolink_error *error)
{
	struct bobolink_backups *backups = NULL;
	const struct bobolink_backup_item *item = NULL;
	int rc = bobolink_backups(cli->set, &cli->session_options, &backups, error);

	if (rc == BOBOLINK_OK)
		rc = choose(cli, backups, &item, error);
	if (rc == BOBOLINK_OK)
		rc = restore(cli, url, item, error);
	bobolink_backups_free(backups);
	return rc;
}
