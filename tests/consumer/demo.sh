# The demo's committed C source makes a program without the tool, with cc and pkg-config.
. "$SOURCE/tests/consumer/lib.sh"
skip_without pkg-config

export PKG_CONFIG_PATH="$packages/static/lib/pkgconfig"
flags=$(pkg-config --cflags --libs bobolink) || fail "pkg-config"
eval "$CC -std=c11 -I'$SOURCE/generated' '$SOURCE/examples/demo/shop.c' \
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
./shop low >log || fail "low"
log_has '^TEA-01 .* 4  *10 '
