# Which databases this build speaks. Sets BOBOLINK_HAS_SQLITE and BOBOLINK_HAS_POSTGRES, and to what
# they link BOBOLINK_SQLITE and BOBOLINK_POSTGRES.
set(BOBOLINK_WITH_SQLITE ON CACHE STRING "Build the SQLite backend: ON, OFF, or AUTO")
set(BOBOLINK_WITH_POSTGRES AUTO CACHE STRING
  "Build the PostgreSQL backend: ON, OFF, or AUTO, which means when libpq is found")
foreach(backend IN ITEMS SQLITE POSTGRES)
  set_property(CACHE BOBOLINK_WITH_${backend} PROPERTY STRINGS AUTO ON OFF)
  if(NOT BOBOLINK_WITH_${backend} MATCHES "^(AUTO|[Oo][Nn]|[Oo][Ff][Ff]|TRUE|FALSE|YES|NO|1|0)$")
    message(FATAL_ERROR
      "BOBOLINK_WITH_${backend} is \"${BOBOLINK_WITH_${backend}}\"; it is ON, OFF or AUTO")
  endif()
endforeach()

# bobolink_backend(BACKEND TITLE HELP): looks for the library of a backend that is wanted, and says
# what becomes of it.
function(bobolink_backend backend title help)
  string(TOLOWER ${backend} name)
  set(wanted "${BOBOLINK_WITH_${backend}}")
  set(target "")
  if(wanted STREQUAL "AUTO" OR wanted)
    cmake_language(CALL bobolink_${name}_target target)
  endif()
  set(has OFF)
  if(target)
    set(has ON)
    message(STATUS "bobolink: ${title}: yes")
  elseif(wanted STREQUAL "AUTO")
    message(STATUS "bobolink: ${title}: no, its library was not found (${help})")
  elseif(wanted)
    message(FATAL_ERROR "bobolink: ${title}: its library was not found; ${help}, or set "
      "BOBOLINK_WITH_${backend} to OFF")
  else()
    message(STATUS "bobolink: ${title}: no, BOBOLINK_WITH_${backend} is OFF")
  endif()
  set(BOBOLINK_${backend} "${target}" PARENT_SCOPE)
  set(BOBOLINK_HAS_${backend} ${has} PARENT_SCOPE)
endfunction()

bobolink_backend(SQLITE "SQLite" "install SQLite 3.26 or newer with its headers")
bobolink_backend(POSTGRES "PostgreSQL" "install libpq 14 or newer with its headers")
if(NOT BOBOLINK_HAS_SQLITE AND NOT BOBOLINK_HAS_POSTGRES)
  message(FATAL_ERROR "bobolink: a build without any database does nothing; "
    "set BOBOLINK_WITH_SQLITE or BOBOLINK_WITH_POSTGRES to ON")
endif()
