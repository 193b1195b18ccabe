#include "losun_bms_port/cortex_m/semihosting.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/compiler.h"

/* Numbers of the services, Arm semihosting specification 2.0. */
#define SYS_OPEN          0x01u
#define SYS_WRITE0        0x04u
#define SYS_READ          0x06u
#define SYS_GET_CMDLINE   0x15u
#define SYS_EXIT_EXTENDED 0x20u
#define STOPPED_BY_EXIT   0x20026u
#define MODE_RB           1u

void lbms_semihosting_print(const char *text)
{
    (void)lbms_cm_semihosting_call(SYS_WRITE0, (uintptr_t)text);
}

void lbms_semihosting_exit(int status)
{
    const uintptr_t block[2] = {STOPPED_BY_EXIT, (uintptr_t)status};

    (void)lbms_cm_semihosting_call(SYS_EXIT_EXTENDED, (uintptr_t)block);
}

int lbms_semihosting_arguments(char *text, size_t size)
{
    const uintptr_t block[2] = {(uintptr_t)text, size};

    if (lbms_cm_semihosting_call(SYS_GET_CMDLINE, (uintptr_t)block) != 0u) {
        text[0] = '\0';
        return LBMS_ERR_UNSUPPORTED;
    }
    return LBMS_OK;
}

int lbms_semihosting_open(const char *path)
{
    const uintptr_t block[3] = {(uintptr_t)path, MODE_RB, strlen(path)};

    return (int)lbms_cm_semihosting_call(SYS_OPEN, (uintptr_t)block);
}

size_t lbms_semihosting_read(int handle, void *data, size_t size)
{
    const uintptr_t block[3] = {(uintptr_t)handle, (uintptr_t)data, size};
    const size_t left = lbms_cm_semihosting_call(SYS_READ, (uintptr_t)block);

    return (left <= size) ? (size - left) : 0u;
}
