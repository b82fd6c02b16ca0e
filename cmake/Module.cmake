# imgcrypt_module(NAME [EACH_FILE_ALONE] SOURCES file... DEPENDS library...)
# Each module is one static library. A module may use what it links, so the direction of includes shows here.
# EACH_FILE_ALONE: files are never compiled together (CMAKE_UNITY_BUILD), so that a program gets only the files that it
# needs, and no libraries for the others.
function(imgcrypt_module name)
  cmake_parse_arguments(ARG "EACH_FILE_ALONE" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(imgcrypt_${name} STATIC ${ARG_SOURCES})
  if(ARG_EACH_FILE_ALONE)
    set_target_properties(imgcrypt_${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  target_include_directories(imgcrypt_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/include")
  target_link_libraries(imgcrypt_${name} PUBLIC ${ARG_DEPENDS})
endfunction()
