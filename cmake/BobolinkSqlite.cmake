# bobolink_sqlite_target(VARIABLE): the SQLite that programs link, or "" where there is none. The
# application may name its own in BOBOLINK_SQLITE_TARGET, because two copies of SQLite in one process
# corrupt databases.
function(bobolink_sqlite_target variable)
  set(target "")
  if(BOBOLINK_SQLITE_TARGET)
    set(target "${BOBOLINK_SQLITE_TARGET}")
  else()
    find_package(SQLite3 3.26 QUIET)
    if(TARGET SQLite3::SQLite3) # its name since CMake 4.3
      set(target SQLite3::SQLite3)
    elseif(TARGET SQLite::SQLite3)
      set(target SQLite::SQLite3)
    endif()
  endif()
  set(${variable} "${target}" PARENT_SCOPE)
endfunction()
