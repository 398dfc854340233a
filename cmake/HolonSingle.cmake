# `holon` as one file: what it links is in it, so that it runs wherever there is a libc as new as the one here.
#
#   cmake --build build --target holon_single        # bin/single/holon
#
# It is linked from the objects of bin/holon and, where that takes shared libraries, from the archives that Debian's -dev
# packages have beside them.

# Lists in OUT the archives that a target is linked from: holon's own, and those beside the shared libraries of others.
function(holon_archives out target)
  set(archives)
  set(seen)
  set(left ${target})
  while(left)
    list(POP_FRONT left item)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" item "${item}")
    if(item IN_LIST seen OR item MATCHES "^::@" OR item MATCHES "^-")  # "::@" ends a list of another folder's
      continue()
    endif()
    list(APPEND seen ${item})
    if(NOT TARGET ${item})
      holon_archive(archive ${item})
      list(APPEND archives ${archive})
      continue()
    endif()
    get_target_property(type ${item} TYPE)
    get_target_property(imported ${item} IMPORTED)
    set(libraries LINK_LIBRARIES)
    if(imported)
      set(libraries INTERFACE_LINK_LIBRARIES)
      if(NOT type STREQUAL INTERFACE_LIBRARY)
        get_target_property(location ${item} LOCATION)
        holon_archive(archive ${location})
        list(APPEND archives ${archive})
      endif()
    elseif(type STREQUAL STATIC_LIBRARY)
      list(APPEND archives $<TARGET_FILE:${item}>)
    endif()
    get_target_property(next ${item} ${libraries})
    if(next)
      list(APPEND left ${next})
    endif()
  endwhile()
  set(${out} ${archives} PARENT_SCOPE)
endfunction()

# The archive beside a shared library, or of a library's name.
function(holon_archive out library)
  string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive ${library})
  if(NOT IS_ABSOLUTE ${archive})
    find_library(HOLON_ARCHIVE_${library} NAMES lib${library}.a)
    set(archive ${HOLON_ARCHIVE_${library}})
  endif()
  if(NOT EXISTS "${archive}")
    message(FATAL_ERROR "holon_single: there is no archive of ${library}; the -dev package that brings the library has one")
  endif()
  set(${out} ${archive} PARENT_SCOPE)
endfunction()

holon_archives(holon_single_archives holon_cli)
find_library(HOLON_BROTLI_COMMON libbrotlicommon.a REQUIRED)  # its shared libraries name it themselves
add_executable(holon_single $<TARGET_OBJECTS:holon_cli>)
if(NOT HOLON_TESTS OR HOLON_SANITIZE)
  set_target_properties(holon_single PROPERTIES EXCLUDE_FROM_ALL ON)
endif()
set_target_properties(holon_single PROPERTIES
  OUTPUT_NAME holon RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/single LINKER_LANGUAGE CXX)
add_dependencies(holon_single holon_cli)
target_link_libraries(holon_single PRIVATE
  -Wl,--start-group ${holon_single_archives} ${HOLON_BROTLI_COMMON} -Wl,--end-group Threads::Threads)
target_link_options(holon_single PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections -s)
