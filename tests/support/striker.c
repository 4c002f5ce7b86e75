/*
 * Striker: SIGKILL at a chosen message.
 */
#include "striker.h"

#include <signal.h>
#include <string.h>

#include "engine.h"
#include "server.h"

static bool is_counted(const struct striker *striker, const struct proxy_message *message)
{
	return !striker->commits || (message->from_server && message->type == 'C' &&
				     strcmp(message->body, "COMMIT") == 0);
}

static enum proxy_verdict strike(void *context, const struct proxy_message *message)
{
	struct striker *striker = context;

	striker->seen += is_counted(striker, message);
	if (striker->struck || !striker->at || striker->seen < striker->at)
		return PROXY_PASS;
	if (striker->server && !message->process)
		return PROXY_PASS;
	striker->struck = true;
	assert_int_equal(kill(striker->server ? message->process : striker->program.pid, SIGKILL),
			 0);
	/* What a program had sent when it died arrives, or does not. */
	return striker->server || striker->at % 2 ? PROXY_PASS : PROXY_CUT;
}

void striker_database(char url[SERVER_URL_SIZE])
{
	PGconn *connection;

	database_new(url);
	connection = pg_open(url);
	pg_run(connection, "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = "
			   "on'', current_database()); END'");
	PQfinish(connection);
}

void striker_run(struct striker *striker, const char *url, struct program_end *end)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	striker->proxy = proxy_new(url);
	striker->struck = false;
	striker->seen = 0;
	if (striker->work)
		program_start_with(&striker->program, proxy_url(striker->proxy), striker->set,
				   &options, striker->work);
	else
		program_start(&striker->program, proxy_url(striker->proxy), striker->set, &options);
	proxy_serve(striker->proxy, striker->program.report, strike, striker);
	program_await(&striker->program, end);
}
