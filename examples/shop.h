/*
 * What the shop is on either database: what it tells of its migrations, its complaints, its usage.
 */
#ifndef EXAMPLES_SHOP_H
#define EXAMPLES_SHOP_H

#include <stdio.h>

#include <bobolink/bobolink.h>

#define PROGRAM "shop 1.0"

/* A line for each migration that was applied, and one when another program is at it. */
static void show_event(void *context, const struct bobolink_event *event)
{
	(void)context;
	if (event->kind == BOBOLINK_EVENT_WAIT)
		fprintf(stderr, "shop: %s\n", event->detail);
	else if (event->kind == BOBOLINK_EVENT_APPLIED)
		fprintf(stderr, "shop: applied %2lld  %s\n", (long long)event->version,
			event->name);
}

/* Options of a start; returns BOBOLINK_OK, or what is wrong with the environment. */
static int shop_options(struct bobolink_options *options, struct bobolink_error *error)
{
	int rc = bobolink_options_from_env(options, error);

	options->program = PROGRAM;
	options->log = show_event;
	return rc;
}

static void shop_explain(const struct bobolink_error *error)
{
	if (error->file[0])
		fprintf(stderr, "%s:%u:%u: ", error->file, (unsigned)error->line,
			(unsigned)error->column);
	fprintf(stderr, "shop: %s\n", error->message);
}

static int shop_usage(void)
{
	fputs("usage: shop [stock | low | ledger]\n"
	      "       shop receive|issue SKU WAREHOUSE QUANTITY [NOTE]\n"
	      "       shop --migrate-status and the other --migrate-... flags\n",
	      stderr);
	return 2;
}

#endif
