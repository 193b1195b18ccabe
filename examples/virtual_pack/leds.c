#include "virtual_pack/leds.h"

#include <stdio.h>

#include "losun_bms/panel/leds.h"

/* Which steps of a status make a row of their own. */
enum rows { ROWS_ONE, ROWS_BANDS, ROWS_SEQUENCE };

static const struct {
    uint8_t status;
    enum rows rows;
    const char *name;
} statuses[] = {
    {LBMS_LED_SHUTDOWN, ROWS_ONE, "Shut down"},
    {LBMS_LED_START, ROWS_SEQUENCE, "Start sequence"},
    {LBMS_LED_STANDBY, ROWS_BANDS, "Standby"},
    {LBMS_LED_CHARGING, ROWS_BANDS, "Charging"},
    {LBMS_LED_FULL, ROWS_ONE, "Full charged"},
    {LBMS_LED_CHARGE_PROTECTION, ROWS_ONE, "Charging - Protection"},
    {LBMS_LED_DISCHARGING, ROWS_BANDS, "Discharging"},
    {LBMS_LED_UVP, ROWS_ONE, "Discharging - UVP"},
    {LBMS_LED_DISCHARGE_PROTECTION, ROWS_ONE, "Discharging - Protection"},
    {LBMS_LED_FAULT, ROWS_ONE, "Fault"},
};

static void show_row(uint8_t profile, uint8_t status, uint8_t step, const char *name, const char *band)
{
    static const char *const patterns[LBMS_LED_PATTERN_COUNT] = {"off", "on", "F1", "F2", "F3"};
    unsigned lamp;

    printf("%-25s %-9s", name, band);
    for (lamp = LBMS_LAMPS; lamp-- > 0;) {
        printf(" %3s", patterns[lbms_led_table(profile, status, step, (uint8_t)lamp)]);
    }
    putchar('\n');
}

void leds_show(uint8_t profile)
{
    static const char *const bands[LBMS_BANDS] = {"0-17%", "18-33%", "34-50%", "51-66%", "67-83%", "84-100%"};
    static const char *const times[LBMS_LAMPS] = {"0.0-0.5s", "0.5-1.0s", "1.0-1.5s", "1.5-2.0s",
                                                  "2.0-2.5s", "2.5-3.0s", "3.0-3.5s", "3.5-4.0s"};
    size_t i;
    uint8_t step;

    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        const uint8_t status = statuses[i].status;

        switch (statuses[i].rows) {
        case ROWS_ONE:
            show_row(profile, status, LBMS_BANDS, statuses[i].name, "any");
            break;
        case ROWS_BANDS:
            for (step = 1; step <= LBMS_BANDS; step++) {
                show_row(profile, status, step, statuses[i].name, bands[step - 1u]);
            }
            break;
        case ROWS_SEQUENCE:
            for (step = 0; step < LBMS_LAMPS; step++) {
                show_row(profile, status, step, statuses[i].name, times[step]);
            }
            break;
        }
    }
}
