/* Processes of a private server: who they run as, how they are started and waited for. */
#ifndef SERVER_PROCESS_H
#define SERVER_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* PostgreSQL refuses to run as root: then everything of the server runs as somebody else. */
struct server_user {
	bool other; /* false: as oneself, and the rest says so */
	uid_t uid;
	gid_t gid;
};

struct server_user server_user_choose(void);
/* For good. Returns 0, or -1 with errno. */
int server_user_become(const struct server_user *user);

/*
 * Starts a program as that user, with `input` (-1: nothing) to read, both outputs going to `output`, and a small
 * environment. What it cannot start it says there, and exits with 127. Returns its id or -1.
 */
pid_t server_spawn(const struct server_user *user, char *const argv[], int input, int output);

/*
 * Makes this process the leader of a session of its own, out of reach of the terminal's signals and
 * without a descriptor but `keep`, whose new number it returns. A polite signal sent to its id wakes
 * server_pause and shows in server_is_told.
 */
int server_detach(int keep);
bool server_is_told(void);

/*
 * Waits until `fd` (-1 for none) can be read, a child ends, a signal comes or the time is over.
 * Returns true when `fd` can be read.
 */
bool server_pause(int fd, int milliseconds);

/* Milliseconds of a clock that never jumps. */
long long server_clock(void);

/*
 * Waits for a child. Returns true when it has ended, with its status as waitpid gives it; false
 * when the time is over.
 */
bool server_await(pid_t child, int milliseconds, int *status);

#endif
