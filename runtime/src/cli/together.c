/*
 * Together: databases of several sets, open at the same time.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/backend.h>

#include "scripts.h"
#include "sets.h"
#include "ticker.h"

static int out_of_memory(struct bobolink_error *error)
{
	return bl_cli_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
}

/* Room for a session of each set. */
static int make_room(const struct bl_cli *cli, struct bl_cli_beside *beside,
		     struct bobolink_error *error)
{
	beside->count = 0;
	beside->sessions = calloc(cli->set_count, sizeof(*beside->sessions));
	beside->handles = calloc(cli->set_count, sizeof(*beside->handles));
	beside->sets = calloc(cli->set_count, sizeof(*beside->sets));
	if (beside->sessions && beside->handles && beside->sets)
		return BOBOLINK_OK;
	return out_of_memory(error);
}

/* Closes the sessions from number `first` on. */
static void close_from(struct bl_cli_beside *beside, uint32_t first)
{
	for (uint32_t i = first; i < beside->count; i++) {
		bobolink_close(beside->sessions[i]);
		if (beside->handles[i])
			beside->sets[i]->backend()->disconnect(beside->handles[i]);
	}
	free(beside->sessions);
	free(beside->handles);
	free(beside->sets);
	memset(beside, 0, sizeof(*beside));
}

/* Connects to the database of the set at hand as one more; an empty one stands in for one that does not exist. */
static int connect_one(struct bl_cli *cli, const char *url, struct bl_cli_beside *beside,
		       struct bobolink_error *error)
{
	uint32_t last = beside->count++;

	beside->sets[last] = cli->set;
	return cli->set->backend()->connect(url, false, &beside->handles[last], error);
}

/* Opens a session on the connection of set number `index`, the one at hand. */
static int open_one(struct bl_cli *cli, uint32_t index, struct bl_cli_beside *beside,
		    struct bobolink_error *error)
{
	int rc = bl_cli_set_options(cli, error);

	if (rc == BOBOLINK_OK)
		rc = bl_cli_tell_opened(cli, beside->handles[index], error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_open(cli->set, beside->handles[index], &cli->session_options,
				   &beside->sessions[index], error);
	return rc;
}

/* Whether a migration of `set` requires one of the set `name`. */
static bool requires(const struct bobolink_set *set, const char *name)
{
	size_t length = strlen(name);

	for (uint32_t i = 0; i < set->migration_count; i++) {
		const char *text = bl_cli_migration_text(set, i, set->migrations[i].requirements);

		while (*text) {
			if (strncmp(text, name, length) == 0 && text[length] == '/')
				return true;
			text += strcspn(text, " ");
			text += *text == ' ';
		}
	}
	return false;
}

static int open_others(struct bl_cli *cli, struct bl_cli_beside *beside,
		       struct bobolink_error *error)
{
	const struct bobolink_set *set = cli->set;
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < cli->set_count && rc == BOBOLINK_OK; i++) {
		const struct bobolink_set *other = cli->sets[i].set;
		const char *url;

		if (other == set || (!requires(set, other->name) && !requires(other, set->name)))
			continue;
		bl_cli_sets_take(cli, i);
		rc = bl_cli_database(cli, &url, error);
		if (rc == BOBOLINK_OK)
			rc = connect_one(cli, url, beside, error);
		if (rc == BOBOLINK_OK)
			rc = open_one(cli, beside->count - 1, beside, error);
		if (rc)
			bl_cli_sets_name_error(other, error);
	}
	return rc;
}

int bl_cli_beside_open(struct bl_cli *cli, struct bobolink_session *session,
		       struct bl_cli_beside *beside, struct bobolink_error *error)
{
	const struct bl_cli before = *cli;
	int rc = make_room(cli, beside, error);

	if (rc)
		return rc;
	beside->sets[0] = cli->set;
	beside->sessions[beside->count++] = session;
	/* The command line names the database of one set alone. */
	cli->flags.database = NULL;
	cli->several = true;
	rc = open_others(cli, beside, error);
	cli->flags.database = before.flags.database;
	cli->several = before.several;
	cli->set = before.set;
	cli->options = before.options;
	cli->session_options = before.session_options;
	if (rc == BOBOLINK_OK && beside->count > 1)
		bobolink_join(beside->sessions, beside->count);
	return rc;
}

void bl_cli_beside_close(struct bl_cli_beside *beside)
{
	close_from(beside, 1);
}

/* Every database answers, as far as there is one, before one that is missing is made. */
static int reach_all(struct bl_cli *cli, struct bl_cli_beside *all, const char **urls,
		     struct bobolink_error *error)
{
	bool may_lack = bl_cli_flag_given(&cli->flags, BL_CLI_IF_CONFIGURED);
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < cli->set_count && rc == BOBOLINK_OK; i++) {
		bl_cli_sets_take(cli, i);
		rc = bl_cli_database(cli, &urls[all->count], error);
		if (rc == BOBOLINK_UNREACHABLE && may_lack) {
			bl_cli_say(cli, "no database is configured for %s: nothing to do",
				   cli->set->name);
			rc = BOBOLINK_OK;
			continue;
		}
		if (rc == BOBOLINK_OK)
			rc = connect_one(cli, urls[all->count], all, error);
		if (rc)
			bl_cli_sets_name_error(cli->set, error);
		/* What stands in for it is not what is migrated. */
		if (rc == BOBOLINK_OK && error->message[0]) {
			cli->set->backend()->disconnect(all->handles[all->count - 1]);
			all->handles[all->count - 1] = NULL;
			memset(error, 0, sizeof(*error));
		}
	}
	return rc;
}

static void take_set(struct bl_cli *cli, const struct bobolink_set *set)
{
	uint32_t i = 0;

	while (cli->sets[i].set != set)
		i++;
	bl_cli_sets_take(cli, i);
}

static int open_all(struct bl_cli *cli, struct bl_cli_beside *all, struct bobolink_error *error)
{
	const char **urls = calloc(cli->set_count, sizeof(*urls));
	int rc = make_room(cli, all, error);

	if (rc == BOBOLINK_OK)
		rc = urls ? reach_all(cli, all, urls, error) : out_of_memory(error);
	for (uint32_t i = 0; i < all->count && rc == BOBOLINK_OK; i++) {
		take_set(cli, all->sets[i]);
		if (!all->handles[i])
			rc = cli->set->backend()->connect(urls[i], true, &all->handles[i], error);
		if (rc == BOBOLINK_OK)
			rc = open_one(cli, i, all, error);
		if (rc)
			bl_cli_sets_name_error(cli->set, error);
	}
	free(urls);
	return rc;
}

static void outcomes_as_json(struct bl_json *json, const struct bl_cli_beside *all,
			     const struct bobolink_outcome *outcomes)
{
	bl_json_array(json, "sets");
	for (uint32_t i = 0; i < all->count; i++) {
		bl_json_object(json, NULL);
		bl_json_text(json, "set", all->sets[i]->name);
		bl_json_number(json, "applied", outcomes[i].applied);
		bl_json_text(json, "result", bobolink_result_name(outcomes[i].result));
		bl_json_object_end(json);
	}
	bl_json_array_end(json);
}

static int run_all(struct bl_cli *cli, const struct bl_cli_beside *all,
		   struct bobolink_outcome *outcomes, struct bobolink_error *error)
{
	uint64_t begun = bl_cli_clock_ms();
	uint32_t applied = 0;
	int rc;

	if (cli->json_wanted)
		bl_json_array(&cli->json, "applied");
	/* One interrupt stops them all. */
	bobolink_join(all->sessions, all->count);
	bl_cli_work_begin(cli, all->sessions[0]);
	rc = bobolink_apply_all(all->sessions, all->count, outcomes, error);
	bl_cli_work_end(cli, all->sessions[0]);
	for (uint32_t i = 0; i < all->count; i++)
		applied += outcomes[i].applied;
	if (cli->json_wanted) {
		bl_json_array_end(&cli->json);
		bl_cli_told_as_json(cli);
		outcomes_as_json(&cli->json, all, outcomes);
	} else if (cli->heading) {
		bl_cli_print(&cli->out, "\n");
	}
	bl_cli_print_applied(cli, rc, applied, bl_cli_clock_ms() - begun);
	return rc;
}

int bl_cli_migrate_sets(struct bl_cli *cli, struct bobolink_error *error)
{
	struct bl_cli_beside all = { NULL, NULL, NULL, 0 };
	struct bobolink_outcome *outcomes = calloc(cli->set_count, sizeof(*outcomes));
	int rc = outcomes ? open_all(cli, &all, error) : out_of_memory(error);

	if (rc == BOBOLINK_OK && all.count)
		rc = run_all(cli, &all, outcomes, error);
	close_from(&all, 0);
	free(outcomes);
	return rc;
}
