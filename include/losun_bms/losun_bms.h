/**
 * @file
 * Everything at once, for programs that use the whole library. Each header is usable alone.
 */
#ifndef LOSUN_BMS_LOSUN_BMS_H
#define LOSUN_BMS_LOSUN_BMS_H

#include "losun_bms/bms.h"
#include "losun_bms/hal.h"
#include "losun_bms/run.h"
#include "losun_bms/version.h"

#endif
