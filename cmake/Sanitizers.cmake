# BOBOLINK_SANITIZE: a list for -fsanitize=, such as "address" or "undefined"; empty for none.
set(BOBOLINK_SANITIZE "" CACHE STRING "Sanitizers to build everything with")
if(BOBOLINK_SANITIZE)
  add_compile_options(-fsanitize=${BOBOLINK_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BOBOLINK_SANITIZE})
endif()
