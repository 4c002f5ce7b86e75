# bobolink_postgres_target(VARIABLE): the libpq that programs link, or "" where there is none. 14 is
# the first with pipelines. CMake's module calls the library's target PostgreSQL::PostgreSQL.
function(bobolink_postgres_target variable)
  find_package(PostgreSQL 14 QUIET)
  set(target "")
  if(TARGET PostgreSQL::PostgreSQL)
    set(target PostgreSQL::PostgreSQL)
  endif()
  set(${variable} "${target}" PARENT_SCOPE)
endfunction()
