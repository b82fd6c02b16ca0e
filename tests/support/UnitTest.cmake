# imgcrypt_unit_test(MODULE SOURCES file...) makes MODULE_test of the module's tests.
function(imgcrypt_unit_test module)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  add_executable(${module}_test ${ARG_SOURCES})
  target_include_directories(${module}_test PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(${module}_test PRIVATE VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors")
  target_link_libraries(${module}_test PRIVATE imgcrypt_${module} nlohmann_json::nlohmann_json GTest::gmock
                                               GTest::gtest_main)
  # Listing the tests of a sanitizer build may take more than the usual 5 seconds on a busy machine.
  gtest_discover_tests(${module}_test TEST_PREFIX ${module}. PROPERTIES LABELS unit DISCOVERY_TIMEOUT 60)
endfunction()
