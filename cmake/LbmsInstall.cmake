# Install rules: archive, headers, CMake package, pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS losun_bms EXPORT losun_bms-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/losun_bms DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")

set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/losun_bms)
install(EXPORT losun_bms-targets NAMESPACE losun_bms:: DESTINATION ${_package})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/losun_bms-config.cmake.in
  ${PROJECT_BINARY_DIR}/losun_bms-config.cmake INSTALL_DESTINATION ${_package})
# Below 1.0 a new minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/losun_bms-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/losun_bms-config.cmake
              ${PROJECT_BINARY_DIR}/losun_bms-config-version.cmake DESTINATION ${_package})

# The pkg-config file finds its prefix from its own place, so that the installed tree can be moved.
file(RELATIVE_PATH LBMS_PC_PREFIX "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" LBMS_PC_PREFIX "${LBMS_PC_PREFIX}")
set(LBMS_PC_DEFINES "")
if(LBMS_LIGHT_ESTIMATOR)
  set(LBMS_PC_DEFINES " -DLBMS_LIGHT_ESTIMATOR")
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/losun_bms.pc.in ${PROJECT_BINARY_DIR}/losun_bms.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/losun_bms.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
