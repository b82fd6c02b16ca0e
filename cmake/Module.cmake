# imgcrypt_module(NAME [EACH_FILE_ALONE] SOURCES file... DEPENDS library...)
# One static library a module: what a module may use is what it links, so the direction of includes shows here.
# EACH_FILE_ALONE: never compiled together (CMAKE_UNITY_BUILD), so that a program gets only the files that it needs,
# and no library for the others.
function(imgcrypt_module name)
  cmake_parse_arguments(ARG "EACH_FILE_ALONE" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(imgcrypt_${name} STATIC ${ARG_SOURCES})
  if(ARG_EACH_FILE_ALONE)
    set_target_properties(imgcrypt_${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  target_include_directories(imgcrypt_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/include")
  target_link_libraries(imgcrypt_${name} PUBLIC ${ARG_DEPENDS})
endfunction()
