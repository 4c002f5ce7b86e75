# The tool builds without re2c, from the committed lexer.
. "$SOURCE/tests/project/lib.sh"

cmake -S . -B "$SCRATCH/build" -DBOBOLINK_RE2C=OFF -DBOBOLINK_BUILD_EXAMPLES=OFF \
	>"$SCRATCH/log" 2>&1 && cmake --build "$SCRATCH/build" -j 2 --target bobolink \
	>>"$SCRATCH/log" 2>&1 || { cat "$SCRATCH/log" && fail "build"; }
[ ! -e "$SCRATCH/build/compiler/lexer.c" ] || fail "re2c was run"
"$SCRATCH/build/compiler/bobolink" check migrations || fail "the tool does not work"
