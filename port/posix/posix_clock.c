#include "losun_bms_port/posix_clock.h"

#include <time.h>

#include "losun_bms/base/status.h"

#define YEAR_2000_S INT64_C(946684800)

uint32_t lbms_posix_now_ms(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        return 0u;
    }
    return (uint32_t)((uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u);
}

static int system_time(int64_t *seconds)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        return LBMS_ERR_IO;
    }
    *seconds = (int64_t)now.tv_sec;
    return LBMS_OK;
}

int lbms_posix_wall_get(const struct lbms_posix_clock *clock, uint32_t *seconds)
{
    int64_t now_s;

    if (system_time(&now_s) != LBMS_OK) {
        return LBMS_ERR_STATE;
    }
    now_s += clock->offset_s;
    if (now_s < YEAR_2000_S || now_s > (int64_t)UINT32_MAX) {
        return LBMS_ERR_STATE; /* an RTC that was never set counts from zero */
    }
    *seconds = (uint32_t)now_s;
    return LBMS_OK;
}

int lbms_posix_wall_set(struct lbms_posix_clock *clock, uint32_t seconds)
{
    int64_t now_s;

    if (system_time(&now_s) != LBMS_OK) {
        return LBMS_ERR_IO;
    }
    clock->offset_s = (int64_t)seconds - now_s;
    return LBMS_OK;
}
