/* Checksum: see checksum.h for the bytes that are hashed. */
#include "checksum.h"

#include <inttypes.h>
#include <string.h>

#include "support/text.h"

void checksum_bytes(const struct source *up, const struct source *down, char checksum[65])
{
	struct text_piece pieces[3] = { { up->text, up->length } };
	size_t count = 1;

	if (down) {
		pieces[1] = (struct text_piece){ "", 1 };
		pieces[2] = (struct text_piece){ down->text, down->length };
		count = 3;
	}
	text_sha256(pieces, count, checksum);
}

/* Adds the tokens from `begin` to before `end`, offsets in the text of the part. */
static void add_tokens(const struct part *part, uint32_t begin, uint32_t end, struct buffer *out)
{
	for (uint32_t i = 0; i < part->tokens.count; i++) {
		const struct token *token = &part->tokens.items[i];

		if (token->offset < begin || token->offset >= end ||
		    token->kind == TOKEN_LINE_COMMENT || token->kind == TOKEN_BLOCK_COMMENT)
			continue;
		buffer_add(out, part->source->text + token->offset, token->length);
		buffer_add(out, "", 1);
	}
}

/* Adds the tokens of a section: up to where the next section of the same file begins. */
static void add_section(const struct part *part, const struct section *section, struct buffer *out)
{
	const struct section *const others[] = { &part->up, &part->down, &part->sample,
						 &part->guard, &part->given };
	uint32_t end = (uint32_t)part->source->length;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i]->present && others[i]->offset > section->offset &&
		    others[i]->offset < end)
			end = others[i]->offset;
	add_tokens(part, section->offset, end, out);
	if (!section->settings.call)
		return;
	buffer_add(out, "\x03", 1);
	buffer_add(out, section->settings.call, strlen(section->settings.call) + 1);
}

void checksum_sql(const struct part *up, const struct part *down, struct migration *migration)
{
	const struct part *below = down ? down : up;
	struct buffer bytes = BUFFER_INIT;

	if (up->up.present)
		add_section(up, &up->up, &bytes);
	if (below->down.present) {
		buffer_add(&bytes, "\x01", 1);
		add_section(below, &below->down, &bytes);
	}
	if (up->guard.present) {
		buffer_add(&bytes, "\x02", 1);
		add_section(up, &up->guard, &bytes);
	}
	text_sha256(&(struct text_piece){ bytes.text, bytes.length }, 1, migration->sql_checksum);
	buffer_release(&bytes);
}

void checksum_link(struct buffer *chain, int64_t version, const char *name, const char *checksum)
{
	buffer_format(chain, "%" PRId64 " %s %s\n", version, name, checksum);
}

void checksum_script(struct buffer *chain, const struct migration *script, bool fix)
{
	if (fix)
		buffer_format(chain, "fix %" PRId64 " ", script->version);
	else
		buffer_add_text(chain, "repeatable ");
	buffer_format(chain, "%s %s\n", script->name, script->checksum);
}

void checksum_chain(const struct buffer *chain, char digest[65])
{
	text_sha256(&(struct text_piece){ chain->text, chain->length }, 1, digest);
}

char (*checksum_chains(const struct set *set, struct arena *arena))[65]
{
	struct text_piece *links = arena_alloc(arena, set->count, sizeof(*links));
	char(*digests)[65] = arena_alloc(arena, set->count, sizeof(*digests));

	for (uint32_t i = 0; i < set->count; i++) {
		const struct migration *migration = &set->migrations[i];
		struct buffer link = BUFFER_INIT;

		checksum_link(&link, migration->version, migration->name, migration->checksum);
		links[i].bytes = arena_copy(arena, link.text, link.length);
		links[i].length = link.length;
		buffer_release(&link);
	}
	text_sha256_each(links, set->count, digests);
	return digests;
}
