/* Emulator only: the emulated devices, put together; and how the command line chooses what happens. */
#include <string.h>

#include "firmware_common/board.h"
#include "firmware_common/devices.h"
#include "firmware_common/emu.h"
#include "losun_bms_port/cortex_m/semihosting.h"
#include "losun_bms_port/cortex_m/time.h"

#define COMMAND_LINE 80u
/* No crystal ever starts in the emulator: no use in waiting long. */
#define CRYSTAL_US 100u

struct emu emu;

static const char *const mode_names[EMU_MODES] = {"live",    "hour", "hang",  "crash", "overflow",
                                                  "crystal", "time", "bench", "store"};

/* The word at `text` is `name`. */
static bool is_word(const char *text, const char *name)
{
    const size_t length = strlen(name);

    return (strncmp(text, name, length) == 0) && ((text[length] == ' ') || (text[length] == '\0'));
}

static void take_word(const char *text)
{
    uint8_t i;

    for (i = 0u; i < (uint8_t)EMU_MODES; i++) {
        if (is_word(text, mode_names[i])) {
            emu.mode = i;
        }
    }
    if (strncmp(text, "dip=", 4u) == 0) {
        const unsigned tens = (unsigned)text[4] - (unsigned)'0';
        const unsigned ones = (unsigned)text[5] - (unsigned)'0';

        emu.dip = (uint8_t)((ones <= 9u) ? ((tens * 10u) + ones) : tens);
    }
}

static void read_command_line(void)
{
    char line[COMMAND_LINE];
    const char *word = line;

    (void)lbms_semihosting_arguments(line, sizeof(line));
    while (word != NULL) {
        take_word(word);
        word = strchr(word, ' ');
        word = (word != NULL) ? (word + 1) : NULL;
    }
}

const struct lbms_cm_board *devices_board(void)
{
    static struct lbms_cm_board board;

    read_command_line();
    board = board_wiring;
    board.crystal_us = CRYSTAL_US;
    board.hclk_hz = lbms_cm_calibrated_hclk_hz();
    return &board;
}

const struct lbms_cm_devices *devices_drivers(void)
{
    static const struct lbms_cm_devices drivers = {
        .afe = &emu_afe,
        .can = NULL,
        .power = &emu_power,
        .panel = &emu_panel,
        .flash = &emu_flash,
        .log_flash = &emu_log_flash,
    };

    return &drivers;
}

void devices_started(struct lbms_cm *port)
{
    const uint32_t now_ms = port->hal.now_ms(port->hal.ctx);

    emu.port = port;
    emu.keys = LBMS_KEY_WEAK_SWITCH;
    emu_plant_init(&emu.plant, now_ms);
    emu.next_sample_ms = now_ms;
    emu_flash_start();
    emu_watchdog_start(port);
}

static void first_step(void *ctx, const struct lbms_inputs *inputs, const struct lbms_outputs *outputs,
                       const struct lbms_snapshot *snapshot)
{
    (void)ctx;
    (void)inputs;
    (void)outputs;
    (void)snapshot;
    if (emu.first_step == 0u) {
        emu.first_step = emu_count();
    }
}

void devices_ready(struct lbms *bms, const struct lbms_restored *restored)
{
    emu.bms = bms;
    emu.boot = restored->boot;
    lbms_observe(bms, first_step, NULL);
    emu_scenario_start();
    emu_mode_start();
}
