# How holon itself is built: flags, dependencies, and holon_room(), by which a folder of src/ joins the library.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)  # HOLON_TRY is a statement expression
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(HOLON_SANITIZE "" CACHE STRING "address,undefined or thread")
if(HOLON_SANITIZE)
  add_compile_options(-fsanitize=${HOLON_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HOLON_SANITIZE})
  if(HOLON_SANITIZE STREQUAL "thread")
    # By the compiler's own macro, protobuf's headers give each map field members that the installed library does not know of.
    add_compile_options(-U__SANITIZE_THREAD__)
    add_compile_definitions(HOLON_SANITIZE_THREAD)
  endif()
endif()
find_program(HOLON_MOLD mold)
if(HOLON_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
find_package(Boost 1.81 REQUIRED COMPONENTS context)
find_package(ZLIB REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
# A newcomer's ./run builds neither, and installs nothing that only they need.
option(HOLON_TESTS "Build the tests" ON)
option(HOLON_BENCH "Build the benchmarks, as far as their peers are installed" ON)
if(HOLON_TESTS)
  find_package(GTest REQUIRED)
  enable_testing()
  include(GoogleTest)
endif()

add_library(holon STATIC)
add_library(holon::holon ALIAS holon)
target_include_directories(holon PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_include_directories(holon PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(holon PUBLIC protobuf::libprotobuf Threads::Threads PRIVATE PkgConfig::NGHTTP2 Boost::context ZLIB::ZLIB
  OpenSSL::SSL PkgConfig::CARES)

# What only the `holon` program needs: the node, the gateway, the decisions.
file(WRITE ${CMAKE_BINARY_DIR}/empty.cc "")
add_library(holon_node STATIC ${CMAKE_BINARY_DIR}/empty.cc)
target_include_directories(holon_node PUBLIC ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(holon_node PUBLIC holon)

# Most of what a source costs to compile is its headers, so the sources of a room are compiled a handful at a time. OFF for
# whoever changes one file again and again.
option(HOLON_UNITY "Compile the sources of a room together" ON)
set(HOLON_UNITY_SOURCES 8)

# Compiles these sources of a target together; its others remain alone. NAME is the room's.
function(holon_unity target name)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${HOLON_UNITY} UNITY_BUILD_MODE GROUP)
  # A class of one source may have members of its anonymous namespace, which is no header's here either.
  target_compile_options(${target} PRIVATE $<$<AND:$<BOOL:${HOLON_UNITY}>,$<COMPILE_LANGUAGE:CXX>>:-Wno-subobject-linkage>)
  set(index 0)
  foreach(source ${ARGN})
    math(EXPR group "${index} / ${HOLON_UNITY_SOURCES}")
    math(EXPR index "${index} + 1")
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${name}_${group})
  endforeach()
endfunction()

# A room of src/: its sources join LIBRARY (holon by default), its x_test.cc files become ROOM_test.
#   holon_room(wire SOURCES http2.cc grpc.cc TESTS http2_test.cc grpc_test.cc)
function(holon_room name)
  cmake_parse_arguments(ARG "" "LIBRARY" "SOURCES;TESTS;TEST_LIBRARIES" ${ARGN})
  if(NOT ARG_LIBRARY)
    set(ARG_LIBRARY holon)
  endif()
  list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  target_sources(${ARG_LIBRARY} PRIVATE ${ARG_SOURCES})
  holon_unity(${ARG_LIBRARY} ${name} ${ARG_SOURCES})
  if(ARG_TESTS)
    holon_test(${name}_test SOURCES ${ARG_TESTS} LIBRARIES ${ARG_LIBRARY} ${ARG_TEST_LIBRARIES})
  endif()
endfunction()

# One GoogleTest program of holon's own, run by ctest as one test. It sees the rooms of src/.
function(holon_test name)
  if(NOT HOLON_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gmock_main)
  target_compile_options(${name} PRIVATE -O0)  # what is tested is optimised, the tests need not be
  target_precompile_headers(${name} REUSE_FROM holon_test_pch)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# A room's fuzz targets, x_fuzz.cc: each runs as a test on its seeds and some mutations of them. tests/fuzz builds all of them
# once more, by clang, as libFuzzer's.
function(holon_fuzz)
  if(NOT HOLON_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  foreach(source ${ARG_SOURCES})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source} ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_main.cc)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 120)
  endforeach()
endfunction()

if(HOLON_TESTS)
  file(WRITE ${CMAKE_BINARY_DIR}/holon_test_pch.cc "")
  # An executable, since it must be compiled with the flags of those that use it.
  add_executable(holon_test_pch EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/holon_test_pch.cc)
  target_link_libraries(holon_test_pch PRIVATE GTest::gmock_main protobuf::libprotobuf)
  target_compile_options(holon_test_pch PRIVATE -O0)
  target_precompile_headers(holon_test_pch PRIVATE <gmock/gmock.h> <gtest/gtest.h> <google/protobuf/message.h>)
endif()
