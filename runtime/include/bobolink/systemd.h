/*
 * What systemd needs to know of a service that migrates its database when it starts: that it is
 * alive although it takes longer than TimeoutStartSec=, how far it is, and when it is ready.
 *
 * The messages of sd_notify(3) are sent as datagrams to the socket that the environment variable NOTIFY_SOCKET
 * names; libsystemd is not needed. systemd takes them from services with Type=notify, and from others with
 * NotifyAccess=main. Without the variable nothing is sent.
 *
 *     struct bobolink_systemd systemd = { 0 };
 *
 *     options.progress = bobolink_systemd_progress;
 *     options.progress_context = &systemd;
 *     … migrate, open the port …
 *     bobolink_systemd_ready();
 */
#ifndef BOBOLINK_SYSTEMD_H
#define BOBOLINK_SYSTEMD_H

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero-initialise; belongs to one session at a time. */
struct bobolink_systemd {
	/*
	 * Progress is reported before a statement, not during it: as long as this may the longest one take
	 * once TimeoutStartSec= is over. 0: 600 seconds.
	 */
	uint32_t extend_seconds;
	uint32_t reserved;
	bobolink_progress_fn *next; /* a callback of the application, called as well; may be NULL */
	void *next_context;
	uint64_t sent_ms; /* the library's: when the last message was sent */
};

/*
 * A progress callback; `context` is a struct bobolink_systemd. Sends EXTEND_TIMEOUT_USEC= and
 * STATUS= ("migration 3 of 10: create_orders, statement 2 of 5"), at most once a second, without
 * ever waiting: a message that the socket does not take is left out. Returns what `next` returns, else 0.
 */
int bobolink_systemd_progress(void *context, const struct bobolink_progress *progress);

/*
 * Says that the service has started (READY=1), and clears its status. Waits until systemd takes it, because a
 * start that is not told fails by timeout. Returns 1 when it was sent, 0 when there is no NOTIFY_SOCKET, and -1
 * with errno when it could not be sent.
 */
int bobolink_systemd_ready(void);

#ifdef __cplusplus
}
#endif

#endif
