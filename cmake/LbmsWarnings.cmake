# lbms_warnings(<target> [LIBRARY]): the warnings of the project; LIBRARY adds those for code that runs on a target.
function(lbms_warnings target)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    return()
  endif()
  target_compile_options(${target} PRIVATE
    -pedantic -Wall -Wextra -Wconversion -Wshadow -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes
    -Wold-style-definition -Wundef -Wvla -Wwrite-strings)
  if("LIBRARY" IN_LIST ARGN)
    target_compile_options(${target} PRIVATE -Wformat=2 -Wsign-conversion -Wswitch-enum -Wdouble-promotion)
  endif()
  if(LBMS_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
    if(LBMS_SANITIZE AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
      # gcc 12 with -fsanitize=undefined warns about casts inside ?: that it accepts otherwise
      target_compile_options(${target} PRIVATE -Wno-error=conversion -Wno-error=sign-conversion)
    endif()
  endif()
endfunction()

# lbms_posix(<target>): for programs on a POSIX host, which -std=c99 would keep from its functions.
function(lbms_posix target)
  target_compile_definitions(${target} PRIVATE _XOPEN_SOURCE=700 _DEFAULT_SOURCE)
endfunction()
