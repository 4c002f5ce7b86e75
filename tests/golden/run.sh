# sh run.sh TOOL CASE SCRATCH: runs one golden case in a copy of its folder.
#
#   cmd            the arguments of the tool, one line, quoted as for the shell
#   expected       exit status, stdout, stderr; UPDATE_GOLDEN=1 writes it
#   setup          optional: a shell script that makes what version control cannot hold; exit 77 skips
#   after          optional: a shell script; what it prints is compared too
#   unprivileged   optional, empty: the tool runs as nobody, because root may read everything
#   server         optional, empty: skipped where the tool finds no PostgreSQL server to start
#   environment    optional: VARIABLE=value lines for the tool
#   anything else  input
#
# setup and after run in the scratch folder, with the tool as $BOBOLINK.
set -u
tool=$1
case=$2
scratch=$3
unset NO_COLOR BOBOLINK_SHADOW_URL
export LC_ALL=C TERM=dumb

skip() {
	echo "skipped: $1"
	exit 77
}

# Nobody must be able to reach the tool and the inputs, wherever the build stands.
as_nobody=
if [ -e "$case/unprivileged" ]; then
	if [ "$(id -u)" = 0 ]; then
		command -v setpriv >/dev/null || skip "root may read everything, and there is no setpriv"
		as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
		away=$(mktemp -d) || exit 1
		trap 'rm -rf "$away"' EXIT
		chmod 755 "$away"
		cp "$tool" "$away/bobolink"
		tool=$away/bobolink
		scratch=$away/scratch
	fi
fi

rm -rf "$scratch"
cp -R "$case" "$scratch" && cd "$scratch" || exit 1
rm -f cmd expected unprivileged server environment
export BOBOLINK="$tool"
if [ -e setup ]; then
	sh ./setup </dev/null || exit $?
fi

if [ -e "$case/environment" ]; then
	set -a
	. "$case/environment"
	set +a
fi
eval "set -- $(cat "$case/cmd")"
timeout 30 $as_nobody "$tool" "$@" >"$scratch.out" 2>"$scratch.err" </dev/null
status=$?
if [ -e "$case/server" ] && grep -q 'no PostgreSQL server .* is installed here' "$scratch.err"; then
	skip "no PostgreSQL server is installed"
fi
if grep -q 'this bobolink was built without' "$scratch.out" "$scratch.err"; then
	skip "the tool was built without this database"
fi
{
	echo "exit $status"
	if [ -s "$scratch.out" ]; then
		echo "--- stdout"
		cat "$scratch.out"
	fi
	if [ -s "$scratch.err" ]; then
		echo "--- stderr"
		cat "$scratch.err"
	fi
	if [ -e after ]; then
		echo "--- after"
		sh ./after </dev/null 2>&1
	fi
} >"$scratch.actual"

if [ -n "${UPDATE_GOLDEN:-}" ]; then
	cp "$scratch.actual" "$case/expected"
	exit
fi
if ! diff -u "$case/expected" "$scratch.actual"; then
	echo "the arguments were: $(cat "$case/cmd")"
	exit 1
fi
