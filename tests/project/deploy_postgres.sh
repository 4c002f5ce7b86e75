# deploy_postgres.sh NOTIFIED SERVER-RUN: the ways of examples/deploy that have two roles, on a server: the step and the program behind
# it, programs that wait, the manifests.
[ -n "${BOBOLINK_TEST_URL:-}" ] || exec "$2" sh "$0" "$@"
. "$SOURCE/tests/project/deploy_lib.sh"
has psql || skip "psql is not installed"
program=$BUILD/examples/demo-postgres/shop

# url_of DATABASE: up to the role, which is to follow.
url_of() {
	echo "$BOBOLINK_TEST_URL" | sed -e "s|/postgres?|/$1?|" -e 's|user=.*|user=|'
}

sql() {
	psql -qXAt -v ON_ERROR_STOP=1 -d "$(url_of "$1")${3:-postgres}" -c "$2"
}

# database NAME: one with both roles, for each way.
database() {
	sql postgres "CREATE DATABASE $1 TEMPLATE prepared"
	url=$(url_of "$1")
}

check() {
	SHOP_DATABASE_URL=${url}shop "$program" --migrate-check || fail "$1"
}

# serves UNIT: the program of a unit starts, says so, and stops when it is told to.
serves() {
	start "$1" ExecStart
	hears '^READY=1$'
	kill -TERM "$pid"
	ends "$pid" 0 "$1"
}

# hold DATABASE: a reader stands in the way of whoever changes the products.
hold() {
	PGAPPNAME=reader sql "$1" "BEGIN; LOCK TABLE products IN ACCESS SHARE MODE; SELECT pg_sleep(600)" \
		>"$place/reader" 2>&1 &
	started="$started $!"
	until [ "$(sql "$1" "SELECT count(*) FROM pg_locks WHERE relation = 'products'::regclass")" -gt 0 ]; do
		sleep 0.1
	done
}

let_go() {
	sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reader'" \
		>"$place/log/gone"
}

sql postgres "CREATE DATABASE prepared"
psql -qX -v ON_ERROR_STOP=1 -d "$(url_of prepared)postgres" -f "$ways/roles.sql" || fail "roles.sql"

# A step of its own, which is stopped in the middle, and finishes when it runs again. The program behind it changes no table.
database step
SHOP_DATABASE_URL=${url}shop_owner "$program" --migrate-to=7 >"$place/out" 2>&1 || fail "--migrate-to"
hold step
start step/shop-migrate.service ExecStart
sleep 2
kill -TERM $pid
ends $pid 143 "a step that is stopped"
[ "$(sql step "SELECT max(version) FROM bobolink_history WHERE status = 'applied'")" = 7 ] ||
	fail "the step is not stopped in the middle"
let_go
start step/shop-migrate.service ExecStart
ends $pid 0 "the step"
check "the step does not finish"
serves step/shop.service
! sql step "ALTER TABLE products ADD COLUMN mine INTEGER" shop 2>"$place/log/refused" ||
	fail "the role of the program changes tables"
sql step "REVOKE INSERT, UPDATE, DELETE ON bobolink_history, bobolink_head, bobolink_log FROM shop" shop_owner
serves step/shop.service

# Two replicas wait while a third program migrates, which a reader keeps from it.
database waiting
SHOP_DATABASE_URL=${url}shop_owner "$program" --migrate-to=7 >"$place/out" 2>&1 || fail "--migrate-to"
hold waiting
(replica=1 && run_unit wait/shop@.service ExecStartPre) &
first=$!
(replica=2 && run_unit wait/shop@.service ExecStartPre) &
second=$!
started="$started $first $second"
start step/shop-migrate.service ExecStart
sleep 2
kill -0 $first && kill -0 $second || fail "a replica does not wait"
let_go
ends $pid 0 "the one that migrates"
ends $first 0 "the first replica"
ends $second 0 "the second replica"
serves wait/shop@.service

# container FILE JSON-PATH: runs the command of a container with its environment; what stands in a secret is given here.
container() {
	python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)' "$ways/$1" |
		jq -r "$2" >"$place/container.json" || fail "$1"
	jq -r '.env[] | .name + "=" + (.value // .valueFrom.secretKeyRef.key)' "$place/container.json" |
		sed -e "s|=owner-url|=$(echo "${url}" | sed 's/&/\\&/g')shop_owner|" \
			-e "s|=shop-url|=$(echo "${url}" | sed 's/&/\\&/g')shop|" >"$place/environment"
	rm -f "$place/messages"
	# shellcheck disable=SC2046
	exec env -i PATH="$PATH" $(cat "$place/environment") "$notified" "$place/socket" "$place/messages" \
		$(jq -r '.command[]' "$place/container.json" | here) >"$place/out" 2>&1
}

# pod FILE: its init container ends well, and then its container serves.
pod() {
	container "$1" '.spec.template.spec.initContainers[0]' &
	ends $! 0 "the init container of $1"
	container "$1" '.spec.template.spec.containers[0]' &
	pid=$!
	started="$started $pid"
	hears '^READY=1$'
	kill -TERM $pid
	ends $pid 0 "the container of $1"
}

if ! has jq || ! python3 -c 'import yaml' 2>"$place/log/yaml"; then
	echo "skipped: the manifests, because there is no jq, or no python3 with yaml"
	exit 0
fi
database init
pod step/deployment.yaml
check "the init container does not migrate"
database job
(container wait/job.yaml '.spec.template.spec.containers[0]') &
ends $! 0 "the job"
pod wait/deployment.yaml
check "the job does not migrate"
