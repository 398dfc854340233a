# A Debian package of what `cmake --install` lays down:
#
#   cmake --build build && cpack --config build/CPackConfig.cmake        # holon_0.1.0_amd64.deb in the current folder
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "holon's developers <holon@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION
  "The holon program runs an application of many services on one machine; the library, the\n\
protoc plugin and the CMake functions are what such services are written with in C++.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
# What the programs need is read off them; to build a service against the library takes more.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
file(STRINGS packages.txt packages)
list(FIND packages "[build]" first)
list(FIND packages "[test]" last)
math(EXPR first "${first} + 1")
math(EXPR count "${last} - ${first}")
list(SUBLIST packages ${first} ${count} packages)
set(only_for_holon "ccache|mold|libsqlite3-dev|libcli11-dev|libyaml-cpp-dev|libbrotli-dev|libre2-dev|node-llhttp")
list(FILTER packages EXCLUDE REGEX "^(${only_for_holon}|)$")
list(JOIN packages ", " CPACK_DEBIAN_PACKAGE_RECOMMENDS)
include(CPack)
