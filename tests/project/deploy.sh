# deploy.sh NOTIFIED: the units of examples/deploy are units, the manifests are YAML, and a start at boot does what its unit says.
. "$SOURCE/tests/project/deploy_lib.sh"
has sqlite3 || skip "sqlite3 is not installed"
program=$BUILD/examples/demo/shop
ln -s "$program" "$place/shop"
program=$place/shop
unit=boot/shop.service

# docs/deploying.md names every file and every variable.
for name in $(cd examples && find deploy -type f) \
	$(grep -oE '"(AUTO_MIGRATE|BOBOLINK_[A-Z_]+)"' runtime/src/options.c | tr -d '"' | sort -u); do
	grep -q "$name" docs/deploying.md || fail "docs/deploying.md does not name $name"
done

# systemd's own word, of copies that name a program which exists.
if has systemd-analyze; then
	for way in boot step wait; do
		mkdir -p "$place/units/$way"
		for file in $(find "$ways/$way" -name '*.service'); do
			here <"$file" >"$place/units/$way/${file##*/}"
		done
		systemd-analyze verify --man=no $(find "$place/units/$way" -name '*.service') \
			>"$place/log/verify" 2>&1 || { cat "$place/log/verify" && fail "systemd refuses a unit of $way"; }
		! grep -i shop "$place/log/verify" || fail "systemd complains of a unit of $way"
	done
else
	echo "skipped: systemd-analyze verify, which is not installed"
fi

if has python3 && python3 -c 'import yaml' 2>"$place/log/yaml"; then
	for file in $(find "$ways" -name '*.yaml'); do
		python3 -c 'import sys, yaml; assert yaml.safe_load(open(sys.argv[1]))["kind"]' "$file" || fail "$file is no YAML"
	done
else
	echo "skipped: the YAML of the manifests, because there is no python3 with yaml"
fi

# The database is at version 5, and somebody else writes: a start waits, asks for time, and stops when it is told to.
mkdir "$place/lib/shop"
database=$place/lib/shop/shop.db
url=sqlite:$database
SHOP_DATABASE_URL=$url "$program" --migrate-to=5 >"$place/out" 2>&1 || fail "--migrate-to"
sqlite3 "$database" "INSERT INTO products (sku, name, price) VALUES ('TEA-01', 'Earl Grey', 12.5)"
mkfifo "$place/writer"
sqlite3 "$database" <"$place/writer" &
started="$started $!"
exec 3>"$place/writer"
echo "BEGIN IMMEDIATE;" >&3
tries=0
while sqlite3 "$database" "BEGIN IMMEDIATE" 2>"$place/log/locked"; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || fail "the lock is not taken"
	sleep 0.1
done
start $unit ExecStart
hears '^EXTEND_TIMEOUT_USEC=600000000$'
hears '^STATUS=waiting for '
kill -TERM $pid
ends $pid 143 "a start that is stopped"
lists $unit SuccessExitStatus 143 || fail "a start that is stopped counts as failed"
says_nothing_of READY
echo "ROLLBACK;" >&3
exec 3>&-

# The next start finishes, with a backup before the step that can lose rows, and stops when it is told to.
start $unit ExecStart
hears '^STATUS=migration 1 of 8: check_movements'
hears '^READY=1$'
kill -TERM $pid
ends $pid 0 "the service"
SHOP_DATABASE_URL=$url "$program" --migrate-check || fail "the next start does not finish"
cat $(find "$place/log/shop" -name 'shop-*.jsonl') | grep -q '"event":"applied","version":"10"' ||
	fail "the log files do not tell"
[ -n "$(find "$place/lib/shop/backups" -name 'shop.*.v5.sqlite')" ] || fail "there is no backup"

# A migration that is refused is tried again once, which touches nothing, and then waits for a person.
rm -f "$database" "$database-journal"
sqlite3 "$database" "CREATE TABLE orders (id)"
start $unit ExecStart
ends $pid 1 "a start whose migration is refused"
! lists $unit RestartPreventExitStatus 1 || fail "the first failure is final"
start $unit ExecStart
ends $pid 4 "the start after that"
lists $unit RestartPreventExitStatus 4 || fail "a held start is repeated for ever"
