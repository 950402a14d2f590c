# One way to declare a library, a program and a test, so that warnings, include paths and
# sanitizers are the same everywhere.

add_library(dispatch_options INTERFACE)
target_include_directories(dispatch_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(
  dispatch_options
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
            # GCC 12 warns falsely about literal + std::string (GCC bug 105651).
            -Wno-restrict
            # The same sums on every processor.
            -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # The compiler collects its garbage above 512 MiB alone, which saves a tenth of its time.
  target_compile_options(dispatch_options INTERFACE --param=ggc-min-heapsize=524288)
endif()
# Traps where behaviour is undefined, in libraries and programs. Not in test cases, which would take
# 1.7 times as long to compile. CAF binds references to null in its tables of functions.
add_library(dispatch_traps INTERFACE)
if(DISPATCH_CHECKS)
  target_compile_definitions(dispatch_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_compile_options(dispatch_traps INTERFACE -fsanitize=undefined -fno-sanitize=null,vptr
                                                  -fsanitize-undefined-trap-on-error)
endif()
if(DISPATCH_SANITIZE)
  target_compile_options(dispatch_options INTERFACE -fsanitize=${DISPATCH_SANITIZE}
                                                    -fno-sanitize-recover=all
                                                    -fno-omit-frame-pointer)
  target_link_options(dispatch_options INTERFACE -fsanitize=${DISPATCH_SANITIZE})
endif()
if(DISPATCH_CHECKS OR DISPATCH_SANITIZE)
  # GCC then warns falsely of uninitialised alternatives of variants.
  target_compile_options(dispatch_options INTERFACE -Wno-maybe-uninitialized)
endif()

# Where the headers cost more than the sources, sources are compiled in batches: a clean build takes
# two thirds of the time, and a file alone some seconds more. Editors that want to find every source
# in compile_commands.json need a build directory with this off.
option(DISPATCH_BATCHES "Compile the sources of targets that say BATCHED together" ON)
function(compile_in_batches target wanted size)
  if(wanted AND DISPATCH_BATCHES)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
  endif()
endfunction()

# dispatch_library(name [BATCHED] SOURCES ... LINK ...): a static library `dispatch_name`.
function(dispatch_library name)
  cmake_parse_arguments(ARG "BATCHED" "" "SOURCES;LINK" ${ARGN})
  add_library(dispatch_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(dispatch_${name} PUBLIC dispatch_options ${ARG_LINK} PRIVATE dispatch_traps)
  compile_in_batches(dispatch_${name} ${ARG_BATCHED} 9)
endfunction()

# dispatch_program(name [BATCHED] SOURCES ... LINK ...): an executable in build/<preset>/bin.
function(dispatch_program name)
  cmake_parse_arguments(ARG "BATCHED" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE dispatch_options dispatch_traps ${ARG_LINK})
  compile_in_batches(${name} ${ARG_BATCHED} 9)
endfunction()

# dispatch_test(name [BATCHED] LABEL label TIMEOUT seconds SOURCES ... LINK ...): a doctest program
# whose cases are single ctest tests.
function(dispatch_test name)
  cmake_parse_arguments(ARG "BATCHED" "LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  if(DISPATCH_SANITIZE)
    math(EXPR ARG_TIMEOUT "5 * ${ARG_TIMEOUT}")
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE dispatch_options dispatch_test_main ${ARG_LINK})
  target_precompile_headers(test_${name} REUSE_FROM dispatch_test_main)
  compile_in_batches(test_${name} ${ARG_BATCHED} 6)
  doctest_discover_tests(test_${name} TEST_PREFIX "${name}: "
                         PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
                                         ${CMAKE_SOURCE_DIR}/deploy/cmake/KnownFaults.cmake)
endfunction()
