# names.sh GENERATOR: file names that shells, Make and CMake find hard, or a refusal by name.
. "$SOURCE/tests/consumer/lib.sh"
generator=$1
[ "$generator" != Ninja ] || skip_without ninja

new_project
mv app 'app [1] (copy)'
ln -s 'app [1] (copy)' app
configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_build "first"

# accepts FILE: added, edited and deleted, it is noticed each time.
accepts() {
	table "$1" added
	must_build "add $1"
	tables "add $1" "added users"
	table "$1" changed
	must_build "edit $1"
	tables "edit $1" "changed users"
	quiet "$1"
	rm "app/migrations/$1"
	must_build "delete $1"
	tables "delete $1" "users"
}

# refuses FILE: the build stops and says which file.
refuses() {
	table "$1" added
	must_not_build "$1"
	log_says 'rename the file'
	rm "app/migrations/$1"
	must_build "delete $1"
}

accepts '0002_two words.sql'
accepts "0002_it's.sql"
accepts '0002_say_"hello".sql'
accepts '0002_(parentheses).sql'
accepts '0002_größe_名前.sql'
accepts '0002_#$d@a@%.sql'
refuses '0002_semi;colon.sql'
refuses '0002_col:on.sql'
refuses '0002_back\slash.sql'
