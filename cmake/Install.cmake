# What `cmake --install` copies: libraries, headers, the tool, and the files by which CMake and
# pkg-config find them. Without the compiler it is a package for machines that only link.
include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/bobolink")
install(TARGETS bobolink_core bobolink_sqlite3 bobolink_schema bobolink_cli
  EXPORT bobolink-targets)
install(DIRECTORY runtime/include/bobolink DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT bobolink-targets NAMESPACE bobolink:: DESTINATION "${package}")

# The tool is found by name and not exported: a package without it must still be found.
if(BOBOLINK_BUILD_COMPILER)
  file(RELATIVE_PATH libraries
    "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  set_target_properties(bobolink PROPERTIES INSTALL_RPATH "$ORIGIN/${libraries}")
  install(TARGETS bobolink)
endif()

configure_package_config_file(cmake/bobolink-config.cmake.in
  "${PROJECT_BINARY_DIR}/bobolink-config.cmake"
  INSTALL_DESTINATION "${package}" PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/bobolink-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/bobolink-config.cmake"
  "${PROJECT_BINARY_DIR}/bobolink-config-version.cmake"
  cmake/BobolinkAddMigrations.cmake cmake/BobolinkSqlite.cmake cmake/migrator.c.in
  DESTINATION "${package}")

# The file finds the prefix from its own place, so that an installed tree can be moved.
set(pkgconfig "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH pkgconfig_prefix "${pkgconfig}" "${CMAKE_INSTALL_PREFIX}")
file(RELATIVE_PATH pkgconfig_libdir "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_LIBDIR}")
file(RELATIVE_PATH pkgconfig_includedir
  "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
configure_file(cmake/bobolink.pc.in "${PROJECT_BINARY_DIR}/bobolink.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/bobolink.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
