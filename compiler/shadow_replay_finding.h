/* Findings of the replay: what is written down about a section, and how sure it is. */
#ifndef SHADOW_REPLAY_FINDING_H
#define SHADOW_REPLAY_FINDING_H

#include "shadow_seed.h"

/* The section refused rows with which its tables were filled, and ran without them. */
void replay_note_failure(struct shadow_run *run, const struct migration *migration,
			 struct section *section, const struct bobolink_error *error);
/* The statement took rows of `table` away: all of them, or some. */
void replay_note_loss(struct shadow_run *run, const struct migration *migration,
		      struct section *section, const struct statement *statement,
		      const struct seed_table *table, bool all);
/* The table that migration made, or changed last, stays empty. */
void replay_note_unfilled(struct shadow_run *run, struct migration *migration,
			  const struct seed_table *table, const char *reason);

/* Has the statement this word anywhere outside of strings? */
bool replay_says(const struct section *section, const struct statement *statement,
		 const char *word);

#endif
