/**
 * @file
 * Emulator only: what the emulated devices, the scenarios and the test modes share. None of it is linked into
 * the image of a real board.
 */
#ifndef FIRMWARE_EMU_H
#define FIRMWARE_EMU_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware_common/emu_plant.h"
#include "losun_bms/run.h"
#include "losun_bms_port/cortex_m/port.h"

/** What the image does, chosen by the command line of the emulator: arg=<name>. */
enum emu_mode {
    EMU_LIVE = 0, /**< runs for ever, with a mild day of charging and discharging */
    EMU_HOUR,     /**< an hour with everything, checked */
    EMU_HANG,     /**< stops feeding the watchdog; the next start must know */
    EMU_CRASH,    /**< executes an undefined instruction; the next start must know */
    EMU_OVERFLOW, /**< overflows the stack; the next start must know */
    EMU_CRYSTAL,  /**< checks the start with a crystal that does not */
    EMU_TIME,     /**< compares the time base with the emulator's clock */
    EMU_BENCH,    /**< counts instructions of a step */
    EMU_STORE,    /**< a power cut: what was told and counted is there again */
    EMU_MODES
};

/** Everything emulated. */
struct emu {
    uint8_t mode; /**< enum emu_mode */
    uint8_t dip;  /**< arg=dip=N */
    uint16_t keys;
    struct emu_plant plant;
    uint32_t next_sample_ms;
    uint8_t config_seq; /**< of the configuration in the front end */
    bool silent;        /**< the front end delivers no samples; it still obeys */
    uint32_t fed;       /**< how often the watchdog was fed */
    uint32_t sleeps;    /**< how often the pack slept */
    struct lbms_cm *port;
    struct lbms *bms;
    struct lbms_boot boot;
    uint32_t first_step; /**< emu_count() at the end of the first step */
};

extern struct emu emu;

/** Emulated devices, for struct lbms_cm_devices. */
extern const struct lbms_cm_afe emu_afe;
extern const struct lbms_cm_panel emu_panel;
extern const struct lbms_cm_power emu_power;
extern const struct lbms_flash emu_flash;
extern const struct lbms_flash emu_log_flash;

/** Empty the emulated flash if it was never used. Context: main, once. */
void emu_flash_start(void);

/** Replace the watchdog entry: the emulator has none, the time base bites instead. Context: main, once. */
void emu_watchdog_start(struct lbms_cm *port);

/** Feed the emulated watchdog. Context: main. */
void emu_watchdog_feed(void);

/** The scenario goes on to this moment. Context: main, often. */
void emu_scenario(uint32_t now_ms);

/** The scenario begins. Context: main, once. */
void emu_scenario_start(void);

/** Called before each lbms_run() looks at the board: test modes act here. Context: main. */
void emu_mode_run(uint32_t now_ms);

/** The pack is prepared: checks of the start, bench. Context: main, once. */
void emu_mode_start(void);

/** Tell the pack something, cut its supply, look whether it is there again. Context: main, often. */
void emu_store(uint32_t now_ms);

/** Count instructions of a quiet and of a worst step, and print them. Context: main. */
void emu_bench(void);

/**
 * Instructions since reset, when the emulator runs with -icount shift=0: TIM2, which counts 1 ns each. Wraps
 * after 2^32.
 * Context: any.
 */
uint32_t emu_count(void);

/** Compare the time base with the emulator's own clock, through many restarted periods. Context: main. */
void emu_time(void);

/** Print "PASS <name>" or "FAIL <name>" and remember. Context: main. */
void emu_check(bool passed, const char *name);

/** Print "<name>: <value>". Context: main. */
void emu_print(const char *name, uint32_t value);

/**
 * End the emulation: status 0 if every check has passed and there was one. Context: main; does not return.
 */
void emu_finish(void);

#endif
