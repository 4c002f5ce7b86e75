# The C sources are laid out as .clang-format says.
. "$SOURCE/tests/project/lib.sh"
has clang-format || skip "clang-format is not installed"

# Layout depends on the major version of the tool.
clang-format --version | grep -q 'version 14\.' || skip "clang-format is not version 14"
./dev format || fail "run ./dev format --fix"
