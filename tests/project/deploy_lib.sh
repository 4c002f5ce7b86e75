# What the tests of examples/deploy share: they run the very lines of the units and manifests, with paths and databases of
# this place instead of those of a server.
. "$SOURCE/tests/project/lib.sh"
set -f
notified=$1
ways=$SOURCE/examples/deploy
place=$(mktemp -d)
started=
trap 'for pid in $started; do kill "$pid" 2>"$place/gone" || :; done; wait; rm -rf "$place"' EXIT
mkdir -p "$place/lib" "$place/log"

# here: what the files say of a server, said of this place. $program and $url are those of the way at hand.
here() {
	sed -e "s|/usr/local/bin/shop|$program|g" -e "s|/var/lib|$place/lib|g" -e "s|/var/log|$place/log|g" \
		-e "s|postgres://\([a-z_]*\)@db.example/shop|$(echo "${url:-}" | sed 's/&/\\&/g')\1|g"
}

# setting UNIT KEY: its values, a line each.
setting() {
	sed -n "s/^$2=//p" "$ways/$1" | here
}

# run_unit UNIT KEY: takes the place of the shell, as the service manager would run that line. Several at once have a $replica each.
run_unit() {
	line=$(setting "$1" "$2")
	[ -n "$line" ] || fail "$1 has no $2"
	# shellcheck disable=SC2046,SC2086
	exec env -i PATH="$PATH" $(setting "$1" Environment) \
		"$notified" "$place/socket${replica:-}" "$place/messages${replica:-}" $line >"$place/out${replica:-}" 2>&1
}

# start UNIT KEY: in the background; its number is in $pid.
start() {
	rm -f "$place/messages"
	run_unit "$@" &
	pid=$!
	started="$started $pid"
}

# ends PID CODE WHAT: that is how it ends.
ends() {
	code=0
	wait "$1" || code=$?
	[ "$code" -eq "$2" ] || { cat "$place/out" && fail "$3 ends with $code instead of $2"; }
}

# hears PATTERN: the service manager is told, within half a minute.
hears() {
	tries=0
	until [ -f "$place/messages" ] && grep -q "$1" "$place/messages"; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || { cat "$place/messages" "$place/out" && fail "nobody says $1"; }
		sleep 0.1
	done
}

# says_nothing_of PATTERN
says_nothing_of() {
	! grep -q "$1" "$place/messages" || fail "it says $1 although it stopped"
}

# lists UNIT KEY CODE: a setting that holds exit codes holds this one.
lists() {
	setting "$1" "$2" | tr ' ' '\n' | grep -qx "$3"
}
