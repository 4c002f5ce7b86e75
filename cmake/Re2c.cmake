# bobolink_re2c(VARIABLE SOURCE COMMITTED): sets VARIABLE to the C source made from SOURCE by re2c,
# or to the committed copy where re2c is absent or is not version 3.
find_program(BOBOLINK_RE2C re2c)
set(BOBOLINK_RE2C_FLAGS -W -Werror -c -b -i --no-generation-date --no-version
  --input-encoding utf8)

function(bobolink_re2c variable source committed)
  set(usable FALSE)
  if(BOBOLINK_RE2C)
    execute_process(COMMAND "${BOBOLINK_RE2C}" --version OUTPUT_VARIABLE version
      OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(version MATCHES "re2c 3\\.")
      set(usable TRUE)
    endif()
  endif()
  if(NOT usable)
    set(${variable} "${committed}" PARENT_SCOPE)
    return()
  endif()
  get_filename_component(name "${source}" NAME_WE)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${name}.c")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${BOBOLINK_RE2C}" ${BOBOLINK_RE2C_FLAGS} -o "${output}" "${source}"
    DEPENDS "${source}" COMMENT "re2c ${name}.re" VERBATIM)
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()
