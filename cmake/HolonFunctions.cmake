# What one writes in the CMakeLists.txt of an application. A service is a library, a program is a list of services:
#
#   find_package(holon REQUIRED)
#   holon_contract(shop_contracts shop/cart.proto shop/payment.proto)
#   holon_service(cart CONTRACTS shop_contracts SOURCES cart/cart.cc)        # bin/cart
#   holon_service(payment CONTRACTS shop_contracts SOURCES payment/payment.cc)
#   holon_program(shop SERVICES cart payment)                                # bin/shop

# Where holon's own contracts are imported from ("holon/options.proto"); an installed package has said so before.
if(NOT DEFINED HOLON_CONTRACTS_DIR)
  cmake_path(SET HOLON_CONTRACTS_DIR NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../contracts)
endif()

# holon_contract(NAME a.proto… [IMPORT_DIRS dir…] [CONTRACTS other…])
#
# A static library of the code generated for these contracts: "a.pb.h" and "a.holon.h". Paths and imports are relative
# to the current source directory, then to IMPORT_DIRS. CONTRACTS are other such libraries, whose contracts these import.
function(holon_contract name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "IMPORT_DIRS;CONTRACTS")
  if(NOT ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "holon_contract(${name}): no contracts; name at least one .proto file")
  endif()
  set(imports ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(directory IN LISTS ARG_IMPORT_DIRS)
    cmake_path(ABSOLUTE_PATH directory)
    list(APPEND imports ${directory})
  endforeach()
  foreach(other IN LISTS ARG_CONTRACTS)
    if(NOT TARGET ${other})
      message(FATAL_ERROR "holon_contract(${name}): there is no ${other}; write holon_contract(${other} …) before")
    endif()
    get_target_property(other_imports ${other} HOLON_IMPORTS)
    list(APPEND imports ${other_imports})
  endforeach()
  list(REMOVE_DUPLICATES imports)

  set(directory ${CMAKE_CURRENT_BINARY_DIR}/${name}.generated)
  holon_generate(generated ${directory} "${imports}" ${ARG_UNPARSED_ARGUMENTS})
  add_library(${name} STATIC ${generated})
  target_include_directories(${name} PUBLIC ${directory})
  target_link_libraries(${name} PUBLIC holon::holon ${ARG_CONTRACTS})
  set_target_properties(${name} PROPERTIES HOLON_IMPORTS "${imports}")
endfunction()

# Lists in OUT the sources and headers that protoc and protoc-gen-holon make of the contracts below DIRECTORY.
function(holon_generate out directory imports)
  file(MAKE_DIRECTORY ${directory})
  set(flags)
  foreach(import IN LISTS imports)
    list(APPEND flags -I${import} --holon_opt=import=${import})
  endforeach()
  set(generated)
  foreach(contract IN LISTS ARGN)
    holon_find_contract(source ${contract} "${imports}")
    string(REGEX REPLACE "\\.proto$" "" stem ${directory}/${contract})
    # In the order of protoc's dependency file: ninja makes them anew each time if that begins with another one.
    set(outputs ${stem}.holon.cc ${stem}.holon.h ${stem}.pb.cc ${stem}.pb.h)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc ${flags} -I${HOLON_CONTRACTS_DIR}
              --plugin=protoc-gen-holon=$<TARGET_FILE:holon::protoc-gen-holon>
              --cpp_out=${directory} --holon_out=${directory} --dependency_out=${stem}.d ${source}
      DEPENDS ${source} holon::protoc-gen-holon
      DEPFILE ${stem}.d
      COMMENT "Generating ${contract}"
      VERBATIM)
    list(APPEND generated ${outputs})
  endforeach()
  set(${out} ${generated} PARENT_SCOPE)
endfunction()

# The file of a contract: the first in the import directories.
function(holon_find_contract out contract imports)
  foreach(import IN LISTS imports)
    if(EXISTS ${import}/${contract})
      set(${out} ${import}/${contract} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  list(JOIN imports ", " searched)
  message(FATAL_ERROR "there is no contract ${contract} in ${searched}; paths are relative to those, as imports are")
endfunction()

# holon_service(NAME SOURCES a.cc… [CONTRACTS name…] [CLASS Type] [HEADER a.h] [LIBRARIES lib…])
#
# A static library NAME_service of a service's sources, and bin/NAME, a program of this service alone. CLASS is NAME in
# CamelCase if not given; HEADER, which declares it, is NAME/NAME.h or NAME.h.
function(holon_service name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "CLASS;HEADER" "SOURCES;CONTRACTS;LIBRARIES")
  set(call "holon_service(${name})")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "${call}: what is ${ARG_UNPARSED_ARGUMENTS}? It takes SOURCES, CONTRACTS, CLASS, HEADER, LIBRARIES")
  endif()
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "${call}: no SOURCES; name the files that implement the service")
  endif()
  foreach(library IN LISTS ARG_CONTRACTS)
    if(NOT TARGET ${library})
      message(FATAL_ERROR "${call}: there is no ${library}; write holon_contract(${library} …) before")
    endif()
  endforeach()
  if(NOT ARG_CLASS)
    string(REGEX MATCHALL "[^_-]+" words ${name})
    foreach(word IN LISTS words)
      string(SUBSTRING ${word} 0 1 initial)
      string(SUBSTRING ${word} 1 -1 rest)
      string(TOUPPER ${initial} initial)
      string(APPEND ARG_CLASS ${initial}${rest})
    endforeach()
  endif()
  if(NOT ARG_HEADER)
    foreach(candidate ${name}/${name}.h ${name}.h)
      if(NOT ARG_HEADER AND EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${candidate})
        set(ARG_HEADER ${candidate})
      endif()
    endforeach()
  endif()
  if(NOT ARG_HEADER OR NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_HEADER})
    message(FATAL_ERROR "${call}: no header declares its class ${ARG_CLASS}; write ${name}.h, or name it by HEADER")
  endif()

  add_library(${name}_service STATIC ${ARG_SOURCES})
  target_include_directories(${name}_service PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name}_service PUBLIC holon::holon ${ARG_CONTRACTS} ${ARG_LIBRARIES})
  set_target_properties(${name}_service PROPERTIES
    HOLON_CLASS ${ARG_CLASS} HOLON_HEADER ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_HEADER})
  holon_program(${name} SERVICES ${name})
endfunction()

# holon_program(NAME SERVICES name…)
#
# bin/NAME: a program of these services. A placement in holon.yaml says which of them it runs.
function(holon_program name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SERVICES")
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_SERVICES)
    message(FATAL_ERROR "holon_program(${name}): name its services by SERVICES, and nothing else")
  endif()
  set(includes)
  set(classes)
  foreach(service IN LISTS ARG_SERVICES)
    if(NOT TARGET ${service}_service)
      message(FATAL_ERROR
        "holon_program(${name}): there is no service ${service}; write holon_service(${service} …) before")
    endif()
    get_target_property(header ${service}_service HOLON_HEADER)
    get_target_property(class ${service}_service HOLON_CLASS)
    string(APPEND includes "#include \"${header}\"\n")
    list(APPEND classes ${class})
  endforeach()
  list(JOIN classes ", " classes)
  set(main ${CMAKE_CURRENT_BINARY_DIR}/${name}_main.cc)
  file(CONFIGURE OUTPUT ${main} @ONLY CONTENT
"// Generated by holon_program(${name} …); do not edit.
${includes}#include \"holon/service.h\"

int main(int argc, char** argv) { return holon::serve<${classes}>(argc, argv); }
")
  add_executable(${name} ${main})
  list(TRANSFORM ARG_SERVICES APPEND _service)
  target_link_libraries(${name} PRIVATE ${ARG_SERVICES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# holon_embed(NAME FILES a b…)
#
# A static library NAME_embedded that has these files in it, so that programs need none beside them. "embedded/NAME.h" declares
# `std::string_view embedded::NAME(std::string_view file)`, a file's bytes by its name without folders (std::out_of_range if
# there is none), and `embedded::NAME_files()`, the names and bytes of all.
function(holon_embed name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "FILES")
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}.embedded)
  set(paths)
  set(bytes)
  set(entries)
  set(number 0)
  foreach(file IN LISTS ARG_FILES)
    cmake_path(ABSOLUTE_PATH file)
    list(APPEND paths ${file})
    cmake_path(GET file FILENAME file_name)
    set(symbol holon_embedded_${name}_${number})
    math(EXPR number "${number} + 1")
    string(APPEND bytes
      "asm(\".pushsection .rodata\\n\"\n"
      "    \"${symbol}_begin: .incbin \\\"${file}\\\"\\n\"\n"
      "    \"${symbol}_end: .byte 0\\n\"\n"
      "    \".popsection\\n\");\n"
      "extern \"C\" const char ${symbol}_begin[];\n"
      "extern \"C\" const char ${symbol}_end[];\n")
    string(APPEND entries
      "    {\"${file_name}\", {${symbol}_begin, static_cast<std::size_t>(${symbol}_end - ${symbol}_begin)}},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/embedded/${name}.h @ONLY CONTENT
"// Generated by holon_embed(${name} …); do not edit.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace embedded {
std::span<const std::pair<std::string_view, std::string_view>> ${name}_files();
std::string_view ${name}(std::string_view file);
}  // namespace embedded
")
  file(CONFIGURE OUTPUT ${folder}/${name}_embedded.cc @ONLY CONTENT
"// Generated by holon_embed(${name} …); do not edit.
#include \"embedded/${name}.h\"

#include <stdexcept>
#include <string>

${bytes}
namespace embedded {

std::span<const std::pair<std::string_view, std::string_view>> ${name}_files() {
  static const std::pair<std::string_view, std::string_view> files[] = {
${entries}  };
  return files;
}

std::string_view ${name}(std::string_view file) {
  for (const auto& [file_name, bytes] : ${name}_files()) {
    if (file_name == file) return bytes;
  }
  throw std::out_of_range(\"nothing embedded is called \" + std::string(file));
}

}  // namespace embedded
")
  set_source_files_properties(${folder}/${name}_embedded.cc PROPERTIES OBJECT_DEPENDS "${paths}")
  add_library(${name}_embedded STATIC ${folder}/${name}_embedded.cc)
  target_include_directories(${name}_embedded PUBLIC ${folder})
endfunction()
