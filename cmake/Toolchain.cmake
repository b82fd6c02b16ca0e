# Language level, warnings and hardening for everything that is built here.
include(CheckCXXCompilerFlag)
include(CheckPIESupported)
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # At fixed addresses, programs with sanitizers start in about half the time, and the tests start thousands of them.
  add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-no-pie>)
else()
  check_pie_supported()
endif()

# As g++ tells the code; clang does from version 20 on.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 20)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,-]*address")
    add_compile_definitions(__SANITIZE_ADDRESS__)
  elseif(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,-]*thread")
    add_compile_definitions(__SANITIZE_THREAD__)
  endif()
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough)
# g++ 12 sees overlaps in std::string where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)
endif()
add_compile_options(-fstack-protector-strong -fstack-clash-protection)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
# Fortification needs an optimizer, and the sanitizers bring their own checks.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
check_cxx_compiler_flag(-fcf-protection IMGCRYPT_HAS_CF_PROTECTION)
if(IMGCRYPT_HAS_CF_PROTECTION)
  add_compile_options(-fcf-protection)
endif()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)

if(IMGCRYPT_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
