/* Scan, its texts: the refusal of what is no text. */
#include "scan.h"

#include <string.h>

#include "scanner.h"
#include "source.h"
#include "support/text.h"

void scan_text(const char *path, const char *text, size_t length, struct arena *arena,
	       struct source *source)
{
	*source = (struct source){
		.path = path,
		.file = path,
		.entry = path,
		.name = path,
	};
	source_take(source, arena_copy(arena, text, length), length, arena);
}

/* Returns 0, or -1 after reporting the first byte that is no text. */
int scanner_check_text(struct scanner *scanner, const struct source *source)
{
	const char *nul = memchr(source->text, '\0', source->length);
	size_t bad = text_utf8_valid(source->text, source->length);

	if (source->length >= 2 && (memcmp(source->text, "\xFF\xFE", 2) == 0 ||
				    memcmp(source->text, "\xFE\xFF", 2) == 0)) {
		diagnostic_at(scanner->diag, SEVERITY_ERROR, "not-utf8", source, 0, 2,
			      "this file is UTF-16");
		diagnostic_help(scanner->diag, "save it as UTF-8: iconv -f UTF-16 -t UTF-8");
	} else if (nul && (size_t)(nul - source->text) < bad) {
		diagnostic_at(scanner->diag, SEVERITY_ERROR, "nul-byte", source,
			      (uint32_t)(nul - source->text), 1, "a NUL byte");
		diagnostic_help(scanner->diag,
				"delete it; databases stop reading there without a word");
	} else if (bad < source->length) {
		diagnostic_at(scanner->diag, SEVERITY_ERROR, "not-utf8", source, (uint32_t)bad, 1,
			      "byte 0x%02x is not UTF-8",
			      (unsigned)(unsigned char)source->text[bad]);
		diagnostic_help(
			scanner->diag,
			"save the file as UTF-8; if it is Latin-1: iconv -f LATIN1 -t UTF-8");
	} else {
		return 0;
	}
	scanner->rc = -1;
	return -1;
}
