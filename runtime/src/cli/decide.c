/*
 * Decide: what a person says became of a migration, and that other comments are all that differs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "confirm.h"

/* A migration as it is in the database. */
struct subject {
	char name[256];
	int state; /* enum bobolink_state */
};

/* Reads the state of cli->version; BOBOLINK_USAGE when neither program nor database knows it. */
static int find(struct bl_cli *cli, struct bobolink_session *session, struct subject *subject,
		struct bobolink_error *error)
{
	struct bobolink_status *status = NULL;
	int rc = bobolink_status(session, &status, error);

	subject->state = 0;
	for (uint32_t i = 0; rc == BOBOLINK_OK && i < status->count; i++) {
		const struct bobolink_status_item *item = &status->items[i];

		if (item->version != cli->version)
			continue;
		snprintf(subject->name, sizeof(subject->name), "%s", item->name);
		subject->state = item->state;
	}
	bobolink_status_free(status);
	if (rc == BOBOLINK_OK && !subject->state)
		rc = bl_cli_fail(error, BOBOLINK_USAGE,
				 "neither this program nor the database has a migration %" PRId64
				 ": take one that --migrate-status lists",
				 cli->version);
	return rc;
}

static void print_subject(struct bl_cli *cli, const struct subject *subject)
{
	bl_cli_print(&cli->out, "migration %" PRId64 " (", cli->version);
	bl_cli_print_text(&cli->out, subject->name);
	bl_cli_print(&cli->out, ") is %s; ", bobolink_state_name(subject->state));
}

static void subject_as_json(struct bl_cli *cli, const struct subject *subject)
{
	bl_json_version(&cli->json, "version", cli->version);
	bl_json_text(&cli->json, "name", subject->name);
	bl_json_text(&cli->json, "state", bobolink_state_name(subject->state));
}

static const struct {
	const char *word; /* in JSON */
	const char *what; /* would be done */
	const char *done;
} marks[] = {
	[BOBOLINK_MARK_APPLIED] = { "applied",
				    "from now on it counts as applied, and none of its statements "
				    "is run",
				    "counts as applied" },
	[BOBOLINK_MARK_PENDING] = { "pending",
				    "from now on it counts as not applied, and the next start "
				    "runs it",
				    "counts as not applied: the next start runs it" },
	[BOBOLINK_MARK_FORGET] = { "forget",
				   "from now on the database does not mention it, and keeps what "
				   "it "
				   "did",
				   "is forgotten" },
};

int bl_cli_mark(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	struct subject subject;
	int rc = find(cli, session, &subject, error);

	if (rc)
		return rc;
	if (cli->json_wanted) {
		subject_as_json(cli, &subject);
		bl_json_text(&cli->json, "mark", marks[cli->mark].word);
	} else {
		print_subject(cli, &subject);
		bl_cli_print(&cli->out, "%s\n", marks[cli->mark].what);
	}
	rc = bl_cli_confirm(cli, error, "mark migration %" PRId64 " (%s) as %s", cli->version,
			    subject.name,
			    cli->mark == BOBOLINK_MARK_FORGET ? "forgotten"
							      : marks[cli->mark].word);
	if (rc == BOBOLINK_OK)
		rc = bobolink_mark(session, cli->version, cli->mark, error);
	if (rc == BOBOLINK_OK && !cli->json_wanted)
		bl_cli_print(&cli->out, "migration %" PRId64 " %s\n", cli->version,
			     marks[cli->mark].done);
	return rc;
}

int bl_cli_restamp(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error)
{
	struct subject subject;
	int rc = find(cli, session, &subject, error);

	if (rc)
		return rc;
	if (cli->json_wanted)
		subject_as_json(cli, &subject);
	/* Anything else is refused by the session, which says why: nobody is asked for that. */
	if (subject.state == BOBOLINK_STATE_COSMETIC) {
		if (!cli->json_wanted) {
			bl_cli_print(&cli->out, "migration %" PRId64 " (", cli->version);
			bl_cli_print_text(&cli->out, subject.name);
			bl_cli_print(&cli->out, ") was applied with other comments or white space; "
						"from now on it is recorded as it is in this "
						"program\n");
		}
		rc = bl_cli_confirm(cli, error,
				    "accept the comments and white space of migration %" PRId64
				    " (%s)",
				    cli->version, subject.name);
	}
	if (rc == BOBOLINK_OK)
		rc = bobolink_restamp(session, cli->version, error);
	if (rc == BOBOLINK_OK && !cli->json_wanted)
		bl_cli_print(&cli->out, "migration %" PRId64 " is recorded as it is now\n",
			     cli->version);
	return rc;
}
