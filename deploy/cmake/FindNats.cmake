# Debian 12's libnats-dev ships a CMake file that names a library it does not contain; its
# pkg-config file works. Defines Nats::nats.
find_package(PkgConfig REQUIRED)
pkg_check_modules(PC_NATS IMPORTED_TARGET libnats)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Nats REQUIRED_VARS PC_NATS_FOUND VERSION_VAR PC_NATS_VERSION)
if(Nats_FOUND AND NOT TARGET Nats::nats)
  add_library(Nats::nats ALIAS PkgConfig::PC_NATS)
endif()
