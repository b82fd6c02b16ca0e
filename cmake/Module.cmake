# imgcrypt_module(NAME SOURCES file... DEPENDS library...)
# One static library a module: what a module may use is what it links, so the direction of includes shows here.
function(imgcrypt_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(imgcrypt_${name} STATIC ${ARG_SOURCES})
  target_include_directories(imgcrypt_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/include")
  target_link_libraries(imgcrypt_${name} PUBLIC ${ARG_DEPENDS})
endfunction()
