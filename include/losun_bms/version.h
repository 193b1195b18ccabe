/**
 * @file
 * Version of the library (semantic versioning). The build checks that it equals the project's.
 */
#ifndef LOSUN_BMS_VERSION_H
#define LOSUN_BMS_VERSION_H

#define LBMS_VERSION_MAJOR 0
#define LBMS_VERSION_MINOR 1
#define LBMS_VERSION_PATCH 0

#endif
