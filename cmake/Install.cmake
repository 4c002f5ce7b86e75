# What `cmake --install` copies: libraries, headers, the tool, and the files by which CMake and
# pkg-config find them. Without the compiler it is a package for machines that only link.
include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/bobolink")
install(TARGETS bobolink_core bobolink_operate bobolink_scripts bobolink_schema bobolink_log bobolink_cli EXPORT bobolink-targets)
install(DIRECTORY runtime/include/bobolink DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  PATTERN sqlite3.h EXCLUDE PATTERN postgres.h EXCLUDE)
install(EXPORT bobolink-targets NAMESPACE bobolink:: DESTINATION "${package}")

# A file of targets for each database: the package leaves one out whose library is not there.
if(BOBOLINK_HAS_SQLITE)
  install(TARGETS bobolink_sqlite3 EXPORT bobolink-sqlite3)
  install(EXPORT bobolink-sqlite3 NAMESPACE bobolink:: DESTINATION "${package}")
  install(FILES runtime/include/bobolink/sqlite3.h
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/bobolink")
endif()
if(BOBOLINK_HAS_POSTGRES)
  install(TARGETS bobolink_postgres EXPORT bobolink-postgres)
  install(EXPORT bobolink-postgres NAMESPACE bobolink:: DESTINATION "${package}")
  install(FILES runtime/include/bobolink/postgres.h
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/bobolink")
endif()

# The tool is found by name and not exported: a package without it must still be found.
if(BOBOLINK_BUILD_COMPILER)
  file(RELATIVE_PATH libraries
    "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  set_target_properties(bobolink PROPERTIES INSTALL_RPATH "$ORIGIN/${libraries}")
  install(TARGETS bobolink)
endif()

set(bobolink_libraries "")
if(BOBOLINK_HAS_SQLITE)
  list(APPEND bobolink_libraries "SQLite 3.26 or newer")
endif()
if(BOBOLINK_HAS_POSTGRES)
  list(APPEND bobolink_libraries "libpq 14 or newer")
endif()
list(JOIN bobolink_libraries " or " bobolink_libraries)
configure_package_config_file(cmake/bobolink-config.cmake.in
  "${PROJECT_BINARY_DIR}/bobolink-config.cmake"
  INSTALL_DESTINATION "${package}" PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/bobolink-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/bobolink-config.cmake"
  "${PROJECT_BINARY_DIR}/bobolink-config-version.cmake"
  cmake/BobolinkAddMigrations.cmake cmake/BobolinkSqlite.cmake cmake/BobolinkPostgres.cmake
  cmake/migrator.c.in
  DESTINATION "${package}")

# The files find the prefix from their own place, so that an installed tree can be moved. Each
# database has its own: bobolink.pc for SQLite, bobolink-postgres.pc for PostgreSQL.
set(pkgconfig "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH pkgconfig_prefix "${pkgconfig}" "${CMAKE_INSTALL_PREFIX}")
file(RELATIVE_PATH pkgconfig_libdir "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_LIBDIR}")
file(RELATIVE_PATH pkgconfig_includedir
  "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")

function(bobolink_pkg_config pkgconfig_name pkgconfig_backend pkgconfig_requires)
  configure_file(cmake/bobolink.pc.in "${PROJECT_BINARY_DIR}/${pkgconfig_name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${pkgconfig_name}.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

if(BOBOLINK_HAS_SQLITE)
  bobolink_pkg_config(bobolink sqlite3 "sqlite3 >= 3.26")
endif()
if(BOBOLINK_HAS_POSTGRES)
  bobolink_pkg_config(bobolink-postgres postgres "libpq >= 14")
endif()
