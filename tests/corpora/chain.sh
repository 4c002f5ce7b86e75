# Sourced: a chain of public migrations as a folder that the compiler takes, and the order of its files.

# copy_chain CORPUS DATABASE: into ./migrations. What cannot be taken as it is: a file that is no migration, a folder
# whose time lacks a digit.
copy_chain() {
	chain=$BOBOLINK_CORPORA/$1/$2
	[ -d "$chain" ] || fail "there is no folder $chain"
	cp -R "$chain" migrations
	chmod -R u+w migrations
	case $1/$2 in
	graph-node/postgresql)
		mv migrations/2022-03-09-07000_call_cache_block_number_idx \
			migrations/2022-03-09-070000_call_cache_block_number_idx
		;;
	crates.io/postgresql) rm -f migrations/data_oauth_github.sql ;;
	esac
}

# "VERSION FILE" of the ups in the order of the digits that they, or their folders, begin with: 2020-12-7 is 20201207,
# and 17:15 has no seconds.
in_order() {
	find migrations -name '*.sql' ! -name '*down.sql' | while read -r file; do
		part=${file#migrations/}
		part=${part%%/*}
		echo "$(echo "$part" | sed -E '
			s/^([0-9-]*).*/\1/
			s/^([0-9]{4}-[0-9]{2}-)([0-9]-)/\10\2/
			s/^([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{4})-?$/\100/
			s/-//g
			s/^0*(.)/\1/') $file"
	done | sort -n
}

# skip_large CORPUS DATABASE: the long chains of PostgreSQL take minutes, and wait for BOBOLINK_TEST_ALL.
skip_large() {
	case "$2 $1" in
	sqlite* | *' diesel' | *' gitness' | *' quickwit' | *' svix-webhooks' | *' umami') return ;;
	esac
	[ -n "${BOBOLINK_TEST_ALL:-}" ] || { echo "skipped: only with BOBOLINK_TEST_ALL" && exit 77; }
}
