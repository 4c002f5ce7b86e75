# The demo's committed C source makes a program without the tool, with cc and pkg-config.
. "$SOURCE/tests/consumer/lib.sh"
skip_without pkg-config

export PKG_CONFIG_PATH="$packages/static/lib/pkgconfig"
flags=$(pkg-config --cflags --libs bobolink) || fail "pkg-config"
eval "$CC -std=c11 -I'$SOURCE/generated' '$SOURCE/examples/demo/shop.c' '$SOURCE/examples/demo/barcodes.c' \
	'$SOURCE/generated/shop_migrations.c' -o shop $flags" >log 2>&1 || fail "cc"

./shop receive TEA-01 MAIN 24 >log 2>&1 || fail "first start"
log_has '^shop: applied  1  create_products$'
log_has '^TEA-01 .* MAIN  *24  *300.00'
./shop issue TEA-01 MAIN 30 >log 2>&1 && fail "more is taken out than is there"
log_has 'not enough in stock'
./shop issue TEA-01 MAIN 20 'order 7' >log 2>&1 || fail "issue"
! grep -q applied log || fail "the second start migrates"
./shop ledger >log || fail "ledger"
log_has 'TEA-01  *MAIN  *24  *receipt'
log_has 'TEA-01  *MAIN  *-20  *sale  *order 7'
./shop labels >log || fail "labels"
log_has '^2000000000039  *POT-03 '
./shop low >log || fail "low"
log_has '^TEA-01 .* 4  *10 '

# The service shows what is low when it starts and whenever that changes, and ends when it is told to.
listed() {
	tries=0
	until [ "$(grep -c '^sku' watched)" -eq "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "what is low is listed $(grep -c '^sku' watched) times, not $1"
		sleep 0.1
	done
}
SHOP_LOG_DIR=logs ./shop watch 1 >watched 2>log &
pid=$!
trap 'kill $pid 2>gone || :' EXIT
listed 1
./shop ledger >log || fail "ledger beside the service"
sleep 2
listed 1
./shop receive TEA-01 MAIN 20 >log || fail "receive beside the service"
listed 2
[ "$(grep -c '^TEA-01' watched)" -eq 1 ] || fail "what was received is still low"
kill -TERM $pid
wait $pid || fail "the service does not end well"
trap - EXIT
[ -n "$(find logs -name 'shop-*.jsonl')" ] || fail "there is no log file"
! ./shop watch soon 2>log || fail "any interval will do"
log_has '^ *shop watch .SECONDS.'
