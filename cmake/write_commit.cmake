# cmake -DSOURCE=... -DHEADER=... -P write_commit.cmake: defines IMGCRYPT_COMMIT in HEADER, which is left as it is if the
# commit is the same, so that nothing is compiled again.
cmake_path(GET SOURCE PARENT_PATH parent)
set(ENV{GIT_CEILING_DIRECTORIES} "${parent}") # not the repository of somebody who has our sources inside theirs
execute_process(
  COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit unknown)
endif()
set(text "#define IMGCRYPT_COMMIT \"${commit}\"\n")
if(EXISTS "${HEADER}")
  file(READ "${HEADER}" before)
endif()
if(NOT text STREQUAL "${before}")
  file(WRITE "${HEADER}" "${text}")
endif()
