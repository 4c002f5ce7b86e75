# Migrations as a library to link.
#
#   bobolink_add_migrations(<target> DATABASE sqlite|postgres DIRECTORY <directory>
#       [NAME <name>] [LOCKED] [OUT_OF_ORDER] [SHADOW AUTO|ON|OFF]
#       [SHADOW_FUNCTIONS <function/arity>...] [SHADOW_EXTENSIONS <module>...] [SEED ON|OFF]
#       [REQUIRES <migrations target>...] [EMBED DELTAS|HEAD|NONE] [WARNINGS_AS_ERRORS]
#       [TYPE STATIC|OBJECT])
#
# makes a library of the SQL files in <directory>: at build time the tool `bobolink` checks them and
# writes <name>_migrations.c and .h. Linking <target> brings the header, the runtime and SQLite or
# libpq.
# <name> defaults to the target without its suffix "_migrations".
# A module of SHADOW_EXTENSIONS is a file, or a target that was added before: a loadable extension of SQLite,
# or functions that `call:` in these migrations names. On PostgreSQL anything else is an extension to create.
# REQUIRES names the other sets that `requires:` in these migrations speaks of: then the build checks
# what it says, and checks again when they change. They may be described later, also in another
# directory, so two sets can name each other.
#
#   bobolink_add_migrator(<target> <migrations target>...
#       [DEFAULT_URL <url>] [ON_OPEN <function>] [SOURCES <file>...])
#
# makes an executable that has the --migrate-... flags and nothing else, for one set or several. ON_OPEN
# names a C function `int f(void *connection, void *context)` of SOURCES that is called on each
# connection opened.
#
# The tool is BOBOLINK_EXECUTABLE when that is set, else the one of this build tree, else the one
# that was installed with the package or stands in PATH.
cmake_policy(VERSION 3.21...3.31)

set(BOBOLINK_MIGRATOR_TEMPLATE "${CMAKE_CURRENT_LIST_DIR}/migrator.c.in")

function(bobolink_add_migrations target)
  set(flags LOCKED OUT_OF_ORDER WARNINGS_AS_ERRORS)
  set(single DATABASE DIRECTORY NAME SHADOW SEED EMBED TYPE)
  set(multiple SHADOW_FUNCTIONS SHADOW_EXTENSIONS REQUIRES)
  cmake_parse_arguments(PARSE_ARGV 1 arg "${flags}" "${single}" "${multiple}")
  _bobolink_check_arguments("bobolink_add_migrations(${target})"
    "${flags};${single};${multiple}" "${single};${multiple}" "${ARGN}"
    "${arg_UNPARSED_ARGUMENTS}" "${arg_KEYWORDS_MISSING_VALUES}")
  _bobolink_check_migrations(${target})

  set(output "${CMAKE_CURRENT_BINARY_DIR}/${target}.bobolink")
  set(generated "${output}/${name}_migrations.c" "${output}/${name}_migrations.h")
  _bobolink_options(options files)
  _bobolink_tool(tool)
  _bobolink_inputs(inputs "${directory}" ${target})
  _bobolink_write_if_changed("${output}/inputs.txt"
    "Read by the build: the tool runs again when this changes.\n${tool} ${options}\n${inputs}\n")
  _bobolink_existing_sql(inputs)
  set(own "${output}/inputs.txt" ${inputs})
  file(RELATIVE_PATH shown "${CMAKE_SOURCE_DIR}" "${directory}")

  # The tool leaves a file alone that would not change; the touch keeps the output newer than the
  # inputs all the same, or the next build would run the tool again.
  add_custom_command(
    OUTPUT ${generated}
    COMMAND "${tool}" compile "${directory}" --name "${name}" --output "${output}" ${options}
    COMMAND "${CMAKE_COMMAND}" -E touch ${generated}
    DEPENDS "${tool}" ${own} ${files}
    COMMENT "Checking the migrations in ${shown}"
    COMMAND_EXPAND_LISTS
    VERBATIM)
  _bobolink_library(${target})
endfunction()

function(bobolink_add_migrator target)
  set(single DEFAULT_URL ON_OPEN)
  set(multiple SOURCES)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "${single}" "${multiple}")
  set(caller "bobolink_add_migrator(${target})")
  set(sets "")
  set(unknown "")
  foreach(argument IN LISTS arg_UNPARSED_ARGUMENTS)
    if(NOT sets OR TARGET ${argument})
      list(APPEND sets "${argument}")
    else()
      list(APPEND unknown "${argument}")
    endif()
  endforeach()
  _bobolink_check_arguments("${caller}" "${single};${multiple}" "${single};${multiple}" "${ARGN}"
    "${unknown}" "${arg_KEYWORDS_MISSING_VALUES}")
  if(NOT sets)
    message(FATAL_ERROR "${caller}: the migrations are missing; "
      "name a target of bobolink_add_migrations")
  endif()

  set(default_url NULL)
  if(arg_DEFAULT_URL)
    string(REGEX REPLACE "([\\\\\"?])" "\\\\\\1" default_url "${arg_DEFAULT_URL}")
    set(default_url "\"${default_url}\"")
  endif()
  set(on_open NULL)
  set(on_open_prototype "")
  if(arg_ON_OPEN)
    set(on_open "${arg_ON_OPEN}")
    set(on_open_prototype "int ${on_open}(void *connection, void *context);\n")
  endif()
  set(includes "")
  set(elements "")
  foreach(set IN LISTS sets)
    _bobolink_check_set("${caller}" ${set} name " before")
    string(APPEND includes "#include \"${name}_migrations.h\"\n")
    string(APPEND elements "\t\t{ &${name}_migrations, &options },\n")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${target}.bobolink/main.c")
  configure_file("${BOBOLINK_MIGRATOR_TEMPLATE}" "${source}" @ONLY)
  add_executable(${target} "${source}" ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${sets} bobolink::cli)
  target_compile_features(${target} PRIVATE c_std_99)
endfunction()

# `set` must be a target of bobolink_add_migrations; `variable` becomes the name of its set.
function(_bobolink_check_set caller set variable when)
  if(NOT TARGET ${set})
    message(FATAL_ERROR "${caller}: there is no target \"${set}\"; "
      "call bobolink_add_migrations(${set} ...)${when}")
  endif()
  get_target_property(name ${set} BOBOLINK_NAME)
  if(NOT name)
    message(FATAL_ERROR "${caller}: \"${set}\" was not made by bobolink_add_migrations")
  endif()
  set(${variable} "${name}" PARENT_SCOPE)
endfunction()

# Every argument is a keyword or the value of one, and every value is there.
function(_bobolink_check_arguments caller keywords valued arguments unknown missing)
  list(JOIN keywords ", " known)
  if(unknown)
    list(JOIN unknown "\", \"" unknown)
    message(FATAL_ERROR "${caller}: unknown argument \"${unknown}\"; the keywords are ${known}")
  endif()
  set(seen "")
  set(previous "")
  foreach(argument IN LISTS arguments)
    if(argument STREQUAL "" AND previous IN_LIST valued)
      list(APPEND missing "${previous}")
    endif()
    if(argument IN_LIST keywords)
      if(argument IN_LIST seen)
        message(FATAL_ERROR "${caller}: ${argument} is given twice")
      endif()
      list(APPEND seen "${argument}")
    endif()
    set(previous "${argument}")
  endforeach()
  if(previous IN_LIST valued)
    list(APPEND missing "${previous}")
  endif()
  if(missing)
    list(REMOVE_DUPLICATES missing)
    list(JOIN missing ", " missing)
    message(FATAL_ERROR "${caller}: no value is given for ${missing}; "
      "give one or leave the keyword out")
  endif()
endfunction()

# Checks the values of bobolink_add_migrations and sets `name`, `directory` and `backend` for it.
function(_bobolink_check_migrations target)
  set(caller "bobolink_add_migrations(${target})")
  if(NOT DEFINED arg_DATABASE)
    message(FATAL_ERROR "${caller}: DATABASE is missing; add DATABASE sqlite or DATABASE postgres")
  elseif(NOT arg_DATABASE MATCHES "^(sqlite|postgres)$")
    message(FATAL_ERROR
      "${caller}: unknown DATABASE \"${arg_DATABASE}\"; use sqlite or postgres")
  endif()
  _bobolink_check_backend("${caller}")
  if(NOT DEFINED arg_DIRECTORY)
    message(FATAL_ERROR "${caller}: DIRECTORY is missing; add DIRECTORY <the folder of SQL files>")
  endif()
  get_filename_component(directory "${arg_DIRECTORY}" ABSOLUTE)
  if(NOT IS_DIRECTORY "${directory}")
    message(FATAL_ERROR "${caller}: there is no directory \"${directory}\"; "
      "DIRECTORY is relative to ${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  _bobolink_check_choice("${caller}" SHADOW AUTO ON OFF)
  _bobolink_check_choice("${caller}" SEED ON OFF)
  _bobolink_check_choice("${caller}" EMBED DELTAS HEAD NONE)
  _bobolink_check_choice("${caller}" TYPE STATIC OBJECT)
  foreach(function IN LISTS arg_SHADOW_FUNCTIONS)
    if(NOT function MATCHES "^[A-Za-z_][A-Za-z0-9_]*/(-1|[0-9]+)$")
      message(FATAL_ERROR "${caller}: SHADOW_FUNCTIONS \"${function}\" is not a name and a number "
        "of arguments; write it like normalize/1, or normalize/-1 for any number")
    endif()
  endforeach()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "C" IN_LIST languages)
    message(FATAL_ERROR "${caller}: the generated source is C; "
      "add C to the languages of the project, as in project(shop LANGUAGES C CXX)")
  endif()

  set(name "${arg_NAME}")
  if(NOT DEFINED arg_NAME)
    string(REGEX REPLACE "_migrations$" "" name "${target}")
  endif()
  if(NOT name MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "${caller}: \"${name}\" cannot be a name in C; "
      "add NAME <letters, digits and underscores>")
  endif()
  set(name "${name}" PARENT_SCOPE)
  set(backend ${backend} PARENT_SCOPE)
  set(directory "${directory}" PARENT_SCOPE)
endfunction()

# Sets `backend`, the library of the runtime that speaks to DATABASE.
function(_bobolink_check_backend caller)
  set(backend postgres)
  set(title PostgreSQL)
  set(library "libpq 14 or newer")
  if(arg_DATABASE STREQUAL "sqlite")
    set(backend sqlite3)
    set(title SQLite)
    set(library "SQLite 3.26 or newer")
  endif()
  if(NOT TARGET bobolink::${backend})
    string(TOUPPER "${arg_DATABASE}" option)
    message(FATAL_ERROR "${caller}: DATABASE ${arg_DATABASE} needs ${library}, which was not found, "
      "or this bobolink was built without ${title}; install ${library} with its headers, and build "
      "bobolink with -DBOBOLINK_WITH_${option}=ON")
  endif()
  set(backend ${backend} PARENT_SCOPE)
endfunction()

function(_bobolink_check_choice caller keyword)
  if(DEFINED arg_${keyword} AND NOT arg_${keyword} IN_LIST ARGN)
    list(JOIN ARGN ", " choices)
    message(FATAL_ERROR "${caller}: ${keyword} \"${arg_${keyword}}\" is none of ${choices}")
  endif()
endfunction()

# The tool's options, and the files and targets that they name.
function(_bobolink_options options_variable files_variable)
  set(caller "bobolink_add_migrations(${target})")
  set(options --database "${arg_DATABASE}")
  set(files "")
  if(arg_LOCKED)
    list(APPEND options --locked)
  endif()
  if(arg_OUT_OF_ORDER)
    list(APPEND options --out-of-order)
  endif()
  if(arg_WARNINGS_AS_ERRORS)
    list(APPEND options --warnings-as-errors)
  endif()
  foreach(keyword IN ITEMS SHADOW SEED EMBED)
    if(DEFINED arg_${keyword})
      string(TOLOWER "--${keyword};${arg_${keyword}}" option)
      list(APPEND options ${option})
    endif()
  endforeach()
  foreach(function IN LISTS arg_SHADOW_FUNCTIONS)
    list(APPEND options --shadow-function "${function}")
  endforeach()
  foreach(module IN LISTS arg_SHADOW_EXTENSIONS)
    get_filename_component(path "${module}" ABSOLUTE)
    if(TARGET ${module})
      list(APPEND files ${module})
      set(module "$<TARGET_FILE:${module}>")
    elseif(EXISTS "${path}")
      set(module "${path}")
      list(APPEND files "${path}")
    endif()
    list(APPEND options --shadow-extension "${module}")
  endforeach()
  # What they name may not be there yet.
  if(arg_REQUIRES)
    list(APPEND options "$<TARGET_PROPERTY:${target},BOBOLINK_REQUIRED_OPTIONS>")
    list(APPEND files "$<TARGET_PROPERTY:${target},BOBOLINK_REQUIRED_INPUTS>")
    _bobolink_resolve_later()
  endif()
  set(${options_variable} "${options}" PARENT_SCOPE)
  set(${files_variable} "${files}" PARENT_SCOPE)
endfunction()

# At the end of the configuration every set is described.
function(_bobolink_resolve_later)
  get_property(waiting GLOBAL PROPERTY BOBOLINK_WAITING)
  if(NOT waiting)
    cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL _bobolink_resolve)
  endif()
  set_property(GLOBAL APPEND PROPERTY BOBOLINK_WAITING ${target})
endfunction()

# Gives every set that has REQUIRES the options and files of the sets it names.
function(_bobolink_resolve)
  get_property(waiting GLOBAL PROPERTY BOBOLINK_WAITING)
  set_property(GLOBAL PROPERTY BOBOLINK_WAITING)
  foreach(target IN LISTS waiting)
    _bobolink_required(others)
    set(options "")
    set(files "")
    foreach(other IN LISTS others)
      get_target_property(name ${other} BOBOLINK_NAME)
      get_target_property(where ${other} BOBOLINK_WHERE)
      get_target_property(inputs ${other} BOBOLINK_INPUTS)
      list(APPEND options --requires "${name}=${where}")
      list(APPEND files ${inputs})
    endforeach()
    get_target_property(record ${target} BOBOLINK_OUTPUT)
    string(APPEND record "/requires.txt")
    _bobolink_write_if_changed("${record}"
      "Read by the build: the tool runs again when this changes.\n${options}\n")
    set_target_properties(${target} PROPERTIES
      BOBOLINK_REQUIRED_OPTIONS "${options}" BOBOLINK_REQUIRED_INPUTS "${record};${files}")
  endforeach()
endfunction()

# The targets of REQUIRES, what those require, and so on: the way round may lead over several sets.
function(_bobolink_required variable)
  get_target_property(open ${target} BOBOLINK_REQUIRES)
  if(target IN_LIST open)
    message(FATAL_ERROR "bobolink_add_migrations(${target}): REQUIRES names the set itself, "
      "which runs in the order of its versions; leave it out")
  endif()
  set(all "")
  while(open)
    list(POP_FRONT open other)
    _bobolink_check_set("bobolink_add_migrations(${target})" ${other} unused "")
    get_target_property(aliased ${other} ALIASED_TARGET)
    if(aliased)
      set(other "${aliased}")
    endif()
    if(NOT other STREQUAL target AND NOT other IN_LIST all)
      list(APPEND all ${other})
      get_target_property(further ${other} BOBOLINK_REQUIRES)
      if(further)
        list(APPEND open ${further})
      endif()
    endif()
  endwhile()
  set(${variable} "${all}" PARENT_SCOPE)
endfunction()

# The tool that runs on this machine: a path, or the target of this build tree.
function(_bobolink_tool variable)
  if(BOBOLINK_EXECUTABLE)
    find_program(tool NAMES "${BOBOLINK_EXECUTABLE}" NO_CACHE)
    if(NOT tool)
      message(FATAL_ERROR "BOBOLINK_EXECUTABLE is \"${BOBOLINK_EXECUTABLE}\", which is no program; "
        "set it to a bobolink tool that runs on this machine")
    endif()
  elseif(TARGET bobolink AND (NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR))
    set(tool bobolink)
  else()
    set(hints "")
    if(NOT CMAKE_CROSSCOMPILING)
      set(hints HINTS "${BOBOLINK_PACKAGE_BINDIR}")
    endif()
    find_program(tool NAMES bobolink ${hints} NO_CACHE)
    if(NOT tool)
      message(FATAL_ERROR "the tool \"bobolink\", which compiles migrations, was not found; "
        "set BOBOLINK_EXECUTABLE to one that runs on this machine")
    endif()
  endif()
  set(${variable} "${tool}" PARENT_SCOPE)
endfunction()

# Everything in the directory that is not hidden, two levels deep, and a configuration that runs
# again when something is added, renamed or deleted.
function(_bobolink_inputs variable directory target)
  string(REGEX REPLACE "([[*?])" "[\\1]" pattern "${directory}")
  set(patterns "${pattern}/[!.]*" "${pattern}/[!.]*/[!.]*")
  file(GLOB inputs LIST_DIRECTORIES true ${patterns})
  foreach(input IN LISTS inputs)
    string(REPLACE "${directory}/" "" rest "${input}")
    if(rest STREQUAL input OR rest MATCHES "[;:\\\\\n]")
      message(FATAL_ERROR "bobolink_add_migrations(${target}): a file name in ${directory} holds a "
        "semicolon, colon, backslash, line break or unpaired bracket, which CMake or Make cannot "
        "handle; rename the file, near: ${input}")
    endif()
  endforeach()

  # CMake writes the names into a script without quoting them: a name with one of these characters
  # would never compare equal. Then the times of the folders tell.
  if("${inputs}" MATCHES "[\"\\$]|@[A-Za-z0-9/_.+-]+@")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${directory}")
    foreach(input IN LISTS inputs)
      if(IS_DIRECTORY "${input}")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${input}")
      endif()
    endforeach()
  else()
    file(GLOB inputs CONFIGURE_DEPENDS LIST_DIRECTORIES true ${patterns})
  endif()
  set(${variable} "${inputs}" PARENT_SCOPE)
endfunction()

# Keeps what the build system can watch and the tool reads: regular files named *.sql, *.lock or
# *.snapshot.
function(_bobolink_existing_sql variable)
  set(kept "")
  foreach(input IN LISTS ${variable})
    if(input MATCHES "\\.(sql|lock|snapshot)$" AND EXISTS "${input}" AND NOT IS_DIRECTORY "${input}")
      list(APPEND kept "${input}")
    endif()
  endforeach()
  set(${variable} "${kept}" PARENT_SCOPE)
endfunction()

function(_bobolink_write_if_changed path text)
  set(old "")
  if(EXISTS "${path}")
    file(READ "${path}" old)
  endif()
  if(NOT old STREQUAL text)
    file(WRITE "${path}" "${text}")
  endif()
endfunction()

function(_bobolink_library target)
  set(type STATIC)
  if(DEFINED arg_TYPE)
    set(type ${arg_TYPE})
  endif()
  add_library(${target} ${type} ${generated})
  set_target_properties(${target} PROPERTIES
    BOBOLINK_NAME "${name}" BOBOLINK_WHERE "${arg_DATABASE}:${directory}" BOBOLINK_INPUTS "${own}"
    BOBOLINK_REQUIRES "${arg_REQUIRES}" BOBOLINK_OUTPUT "${output}"
    POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF
    AUTOMOC OFF AUTOUIC OFF AUTORCC OFF C_CLANG_TIDY "" C_CPPCHECK "")
  target_compile_features(${target} PRIVATE c_std_99)
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${output}>")
  target_link_libraries(${target} PUBLIC bobolink::cli bobolink::${backend})
endfunction()
