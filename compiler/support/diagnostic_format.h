/* The forms in which diagnostics are printed. Each takes them sorted and appends to `out`. */
#ifndef DIAGNOSTIC_FORMAT_H
#define DIAGNOSTIC_FORMAT_H

#include "buffer.h"
#include "diagnostic.h"

void format_gcc(const struct diagnostic *item, bool color, struct buffer *out);
void format_json(const struct diagnostic *const *items, size_t count, struct buffer *out);
void format_sarif(const struct diagnostic *const *items, size_t count, struct buffer *out);
void format_github(const struct diagnostic *item, struct buffer *out);

/* "note", "warning", "error" */
const char *severity_name(enum severity severity);

#endif
