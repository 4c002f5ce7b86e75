/* Diagnostics as workflow commands, which GitHub shows beside the lines of a pull request. */
#include "diagnostic_format.h"

#include <string.h>

/* %, CR and LF would end the command; in a property, `:` and `,` would end the value. */
static void add_escaped(struct buffer *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			buffer_format(out, "%%%02X", (unsigned)(unsigned char)*text);
		else
			buffer_add(out, text, 1);
	}
}

void format_github(const struct diagnostic *item, struct buffer *out)
{
	static const char property[] = "%\r\n:,";
	static const char message[] = "%\r\n";
	const char *command =
		item->severity == SEVERITY_NOTE ? "notice" : severity_name(item->severity);

	buffer_format(out, "::%s ", command);
	if (item->path) {
		buffer_add_text(out, "file=");
		add_escaped(out, item->path, property);
		buffer_add_text(out, ",");
	}
	if (item->line)
		buffer_format(out, "line=%u,col=%u,", (unsigned)item->line, (unsigned)item->column);
	buffer_add_text(out, "title=");
	add_escaped(out, item->rule, property);
	buffer_add_text(out, "::");
	add_escaped(out, item->message, message);
	if (item->help) {
		add_escaped(out, "\nhelp: ", message);
		add_escaped(out, item->help, message);
	}
	buffer_add_text(out, "\n");
}
