# generated/lexer.c is what re2c makes of compiler/lexer.re.
. "$SOURCE/tests/project/lib.sh"

[ -e "$BUILD/compiler/lexer.c" ] || skip "re2c 3 is not installed"
cmp generated/lexer.c "$BUILD/compiler/lexer.c" ||
	fail "generated/lexer.c is stale: run ./dev generate"
