# What `cmake --install` lays down, so that a project elsewhere says find_package(holon REQUIRED): headers, the library,
# holon's contracts, protoc-gen-holon, the `holon` program, and the functions of HolonFunctions.cmake.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(holon_package ${CMAKE_INSTALL_LIBDIR}/cmake/holon)
set(holon_contracts ${CMAKE_INSTALL_DATADIR}/holon/contracts)
# Not include/ itself: other packages put google/api there too.
set(holon_generated ${CMAKE_INSTALL_INCLUDEDIR}/holon/contracts)

target_compile_features(holon PUBLIC cxx_std_20)
target_include_directories(holon PUBLIC $<INSTALL_INTERFACE:${holon_generated}>)

install(TARGETS holon protoc-gen-holon EXPORT holon)
if(TARGET holon_cli)
  install(TARGETS holon_cli)
  # What the program says of itself, and what a shell asks it; see cmd/holon/CMakeLists.txt.
  install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  set(holon_completion cmd/holon/completion)
  install(FILES ${holon_completion}/holon.bash RENAME holon DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${holon_completion}/holon.zsh RENAME _holon DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  install(FILES ${holon_completion}/holon.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
install(DIRECTORY include/holon DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# holon/node is between a node and its hosts, not for applications.
install(DIRECTORY contracts/google contracts/holon DESTINATION ${holon_contracts}
  FILES_MATCHING PATTERN "*.proto" PATTERN node EXCLUDE)
install(DIRECTORY ${CMAKE_BINARY_DIR}/contracts/generated/ DESTINATION ${holon_generated}
  FILES_MATCHING PATTERN "*.pb.h" PATTERN node EXCLUDE)

install(EXPORT holon NAMESPACE holon:: FILE holonTargets.cmake DESTINATION ${holon_package})
configure_package_config_file(cmake/holonConfig.cmake.in ${CMAKE_BINARY_DIR}/holonConfig.cmake
  INSTALL_DESTINATION ${holon_package} PATH_VARS holon_contracts)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/holonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_BINARY_DIR}/holonConfig.cmake ${CMAKE_BINARY_DIR}/holonConfigVersion.cmake cmake/HolonFunctions.cmake
  DESTINATION ${holon_package})
