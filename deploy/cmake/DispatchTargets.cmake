# One way to declare a library, a program and a test, so that warnings, include paths and
# sanitizers are the same everywhere.

add_library(dispatch_options INTERFACE)
target_include_directories(dispatch_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(
  dispatch_options
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
            # GCC 12 warns falsely about literal + std::string (GCC bug 105651).
            -Wno-restrict)
if(DISPATCH_SANITIZE)
  # With sanitizers GCC warns falsely of uninitialised alternatives of variants.
  target_compile_options(
    dispatch_options
    INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
              -Wno-maybe-uninitialized)
  target_link_options(dispatch_options INTERFACE -fsanitize=address,undefined)
endif()

# dispatch_library(name SOURCES ... LINK ...): a static library `dispatch_name`.
function(dispatch_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(dispatch_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(dispatch_${name} PUBLIC dispatch_options ${ARG_LINK})
endfunction()

# dispatch_program(name SOURCES ... LINK ...): an executable in build/<preset>/bin.
function(dispatch_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE dispatch_options ${ARG_LINK})
endfunction()

# dispatch_test(name LABEL label TIMEOUT seconds SOURCES ... LINK ...): a doctest program whose
# cases are single ctest tests.
function(dispatch_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE dispatch_options dispatch_test_main ${ARG_LINK})
  target_precompile_headers(test_${name} REUSE_FROM dispatch_test_main)
  doctest_discover_tests(test_${name} TEST_PREFIX "${name}: "
                         PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
