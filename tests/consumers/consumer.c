/*
 * The smallest program that uses the library; tools/check_consumers.sh builds and runs it in every way in which
 * another project may take the library in.
 */
#include <stdio.h>
#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/version.h"

int main(void)
{
    const char text[] = "123456789";

    if (lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, text, strlen(text)) != 0x4B37u) {
        return 1;
    }
    printf("losun_bms %d.%d.%d\n", LBMS_VERSION_MAJOR, LBMS_VERSION_MINOR, LBMS_VERSION_PATCH);
    return 0;
}
