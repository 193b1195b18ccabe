#include "losun_bms/panel/storage.h"

const struct lbms_storage_row lbms_storage_rows[] = {
    {250, 12u},
    {350, 6u},
    {450, 3u},
};
const uint8_t lbms_storage_row_count = sizeof(lbms_storage_rows) / sizeof(lbms_storage_rows[0]);

uint8_t lbms_storage_months(int16_t temp_dc, uint16_t soc_bp, uint8_t *obstacle)
{
    uint8_t why = LBMS_STORAGE_GOOD;
    uint8_t row = 0u;

    while ((row < lbms_storage_row_count) && (temp_dc > lbms_storage_rows[row].up_to_dc)) {
        row++;
    }
    if (temp_dc < LBMS_STORAGE_MIN_DC) {
        why = LBMS_STORAGE_TOO_COLD;
    } else if (row == lbms_storage_row_count) {
        why = LBMS_STORAGE_TOO_HOT;
    } else if (soc_bp < LBMS_STORAGE_SOC_MIN_BP) {
        why = LBMS_STORAGE_SOC_LOW;
    } else if (soc_bp > LBMS_STORAGE_SOC_MAX_BP) {
        why = LBMS_STORAGE_SOC_HIGH;
    } else {
        /* as it shall be */
    }
    if (obstacle != NULL) {
        *obstacle = why;
    }
    return (why == LBMS_STORAGE_GOOD) ? lbms_storage_rows[row].months : 0u;
}
