# Tests that tests/known_faults.txt lists are to fail. ctest reads this in every directory behind the
# tests that programs tell; a directory with other tests includes it at its end. A line that names a
# check of the audit is the test program's own to read.
set(known_faults "${CMAKE_CURRENT_LIST_DIR}/../../tests/known_faults.txt")
file(STRINGS "${known_faults}" lines REGEX "^[^#].* [|] ")
foreach(line IN LISTS lines)
  string(REGEX REPLACE " [|] .*" "" test "${line}")
  set(is_here TRUE)
  if(DEFINED PROJECT_NAME) # ctest passes over tests of other directories, CMake does not.
    if(NOT TEST "${test}")
      set(is_here FALSE)
    endif()
  endif()
  if(is_here AND NOT test MATCHES " / ")
    set_tests_properties("${test}" PROPERTIES WILL_FAIL TRUE)
  endif()
endforeach()
if(DEFINED PROJECT_NAME)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${known_faults}")
endif()
