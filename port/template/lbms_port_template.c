/*
 * An empty port, function by function. Each comment says what the entry must do, how long it may take, what the two
 * usual front ends (AFE) have to do with it, and what goes wrong in practice. docs/porting.md has the order.
 *
 * Facts about the front ends are from their makers' documents, which decide in doubt:
 *   SH367309: SinoWealth, SH367309 datasheet V1.2 (16 cells in series, two-wire bus at address 0x1A, CRC always);
 *   BQ76952:  Texas Instruments, BQ76952 technical reference manual SLUUBY2 (I2C at 0x08 or SPI, CRC by part number).
 */
#include "losun_bms_port/template.h"

#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/model/inputs.h"

/* ==== time ================================================================================================= */

/*
 * REQUIRED. Milliseconds since any moment; wraps at 2^32; must run on through sleep, or be set forward after it.
 * Limit: a few instructions; also called by interrupts of the port.
 * Source: a 1 kHz timer interrupt that calls lbms_template_tick(). A processor that stops this timer in its sleep must
 * add the time slept (from its RTC) before the sleep entry returns.
 * Pitfalls: a 16-bit processor must read the counter twice; never take the time from the wall clock, which jumps.
 */
static uint32_t now_ms(void *ctx)
{
    const struct lbms_template *board = ctx;

    return board->now_ms;
}

/*
 * Wall clock, s since 1970-01-01. LBMS_ERR_STATE as long as nobody has set it: the core then marks its records.
 * Limit: 5 ms.
 * Pitfall: after a loss of the backup supply an RTC counts on from zero: keep a mark in a backup register that says
 * 'was set', and report LBMS_ERR_STATE without it.
 */
static int wall_get(void *ctx, uint32_t *seconds)
{
    (void)ctx;
    (void)seconds;
    return LBMS_ERR_STATE;
}

/* Set the wall clock and the mark. Limit: 5 ms; an RTC that needs longer is written in the background. */
static int wall_set(void *ctx, uint32_t seconds)
{
    (void)ctx;
    (void)seconds;
    return LBMS_ERR_UNSUPPORTED;
}

/* ==== measuring and switching ============================================================================== */

/*
 * REQUIRED. Hand out the newest finished conversion, once: LBMS_OK with all of *sample filled; LBMS_AGAIN when nothing
 * new has come since the last call (*sample untouched); negative when the AFE cannot be reached after three tries.
 * Limit: 5 ms, and never wait for a conversion. A background job or an interrupt reads the chip, this hands it out.
 *
 * at_ms is the time at which the conversion ENDED, on the now_ms clock. The core opens the switches when the newest
 * sample is too old. So never renew at_ms because a transfer went well: take it from the chip's data-ready signal.
 *
 * SH367309: the ALARM pin pulses low for 1 ms after each cycle, which comes every 100 ms (current averaged every 250 ms,
 * temperatures once a second). Read 0x43..0x6F or the part you need in ONE transfer: one cycle, one CRC. Cell mV =
 * raw * 5 / 32, signed, high byte first, CELL1 at the negative end. CADC is negative in discharge: the sign that this
 * library wants. Its number says nothing about freshness: watch the VADC flag in 0x71. After a secondary over-voltage
 * or an open wire (PF in BSTATUS1 0x43) the converters stop and the values freeze: report both flags.
 * BQ76952: enable FULLSCAN in the alarm mask and use the ALERT pin. Cells at 0x14 in mV, little endian; stack, PACK and LD
 * at 0x34, 0x36, 0x38; current CC2 at 0x3A in the unit that 'DA Configuration' selects; temperatures in 0.1 K. With
 * the CRC option a read has a CRC after every byte.
 *
 * pack_mv must be measured on its own (stack pin, divider), not added up from the cells: the core compares the two to
 * find a lost cell wire. terminal_mv is the outer side of the switches, needed for wake-up and reversed chargers.
 * closed is what the chip really drives (SH367309 BSTATUS3 0x45, BQ76952 FET status 0x7F), not what you asked for.
 * balance_mask is what was bled DURING the conversion: bleeding lowers the measured voltage of that cell.
 *
 * Pitfalls: an open or shorted NTC is LBMS_TEMP_OPEN or LBMS_TEMP_SHORT, never 'some very low number'; an unexpected
 * chip reset (SH367309 BFLAG2.RST, BQ76952 battery status POR) sets LBMS_AFE_RESET_SEEN and config_seq = 0 until the
 * configuration is written again.
 */
static int sample(void *ctx, struct lbms_sample *sample)
{
    (void)ctx;
    (void)sample;
    return LBMS_ERR_UNSUPPORTED; /* no AFE: the core never gets a value, and keeps everything open */
}

/*
 * REQUIRED. Put all power switches into this state; called after every step, also when nothing changed. want->closed is
 * a mask of enum lbms_switch; 0 opens everything. An error is not swallowed: the core then stops feeding the
 * watchdog as long as it wants a switch closed.
 * Limit: 5 ms until the gates move; opening must also work when the bus hangs: use the hardware line.
 *
 * SH367309: CONF 0x40 bits 4 (CHGMOS), 5 (DSGMOS), 6 (PCHMOS): 0 forces off, 1 only permits, the chip's own protections
 * still decide. CTL pin low (as CTLC in the EEPROM says) opens without the bus. Enable its watchdog (ENWDT).
 * BQ76952: DSG off 0x0093, CHG off 0x0094, all off 0x0095, all permitted 0x0096; FET_ENABLE 0x0022 toggles, so look at
 * bit 4 of 0x0057 first. CFETOFF and DFETOFF pins open without the bus. FETs are off while in CONFIG_UPDATE. Documents
 * disagree about the polarity of FET_CONTROL 0x0097: verify with 0x7F before use.
 *
 * Pitfalls: write the whole state, never read-modify-write; the reset state of the pins must be 'open' by resistors, not
 * by software; close pre-charge before discharge only when the core asks for it: it has the timing.
 */
static int switches(void *ctx, const struct lbms_switches *want)
{
    (void)ctx;
    return (want->closed == 0u) ? LBMS_OK : LBMS_ERR_UNSUPPORTED; /* nothing fitted: open is all it can do */
}

/*
 * Bleed exactly these cells (bit 0 = cell at the negative end); 0 stops; called after every step.
 * Limit: 5 ms.
 * SH367309: BALANCEH/L 0x41, 0x42, with BAL = 1 in the EEPROM; all bits clear themselves after a minute, a new write
 * starts it again; the chip takes turns between odd, even and measuring, so neighbours are allowed.
 * BQ76952: subcommand 0x0083 with a mask; no neighbours; repeat within the balance interval (20 s by default).
 * Pitfall: count the heat of the resistors on your board; refuse what they cannot carry (LBMS_ERR_RANGE).
 */
static int balance(void *ctx, uint16_t mask)
{
    (void)ctx;
    return (mask == 0u) ? LBMS_OK : LBMS_ERR_UNSUPPORTED;
}

/*
 * Write the second protection level into the chip and read it back into *got: LBMS_AFE_FITS, LBMS_AFE_COARSER (nearest
 * step on the safe side), LBMS_AFE_FIXED (cannot be changed, *got has what is there), or negative. Once it is in the chip,
 * samples carry want->sequence in config_seq; the core asks again until they do.
 * Limit: 5 ms a call; return LBMS_ERR_TIMEOUT and go on in the background when the chip needs longer.
 *
 * SH367309: thresholds are EEPROM, written in production only (8 V on VPRO, about 100 cycles): compare 0x00..0x18, report
 * LBMS_AFE_FIXED. BQ76952: data memory in CONFIG_UPDATE mode (0x0090 .. 0x0092; the FETs are off meanwhile), cell
 * thresholds in steps of 50.6 mV, currents in steps of 2 mV over the shunt; lost at every chip reset.
 * Pitfall: 'read back' means from the chip, not from the variable that was written.
 */
static int afe_configure(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    (void)ctx;
    (void)want;
    memset(got, 0, sizeof(*got)); /* 0 = this protection is not there */
    return LBMS_ERR_UNSUPPORTED;
}

/*
 * REQUIRED. Feed the processor's watchdog. Called only after a complete step that had fresh values or has opened
 * everything: so feed it here and nowhere else, above all not in a timer interrupt.
 * Limit: a register write. Time-out of the watchdog: 1 to 2 s, running in sleep only if the processor can stop it there.
 * The AFE's own watchdog (SH367309 4..32 s, BQ76952 host watchdog) is fed by bus traffic: a second net when
 * the processor stands still.
 */
static int watchdog(void *ctx)
{
    (void)ctx;
    return LBMS_ERR_UNSUPPORTED;
}

/* ==== panel ================================================================================================ */

/*
 * REQUIRED. Raw levels, no debouncing: *keys = mask of enum lbms_key, *dip = address switch 0..15 (bit 0 = switch 1).
 * Limit: 1 ms. A board without the weak-current switch reports LBMS_KEY_WEAK_SWITCH as set, else the pack sleeps.
 * Pitfall: let a key edge end the waiting in lbms_template_wait(), or short presses are missed.
 */
static int controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    (void)ctx;
    *keys = LBMS_KEY_WEAK_SWITCH;
    *dip = 0u;
    return LBMS_OK;
}

/* All lights (mask of enum lbms_light) and the buzzer, as of now; blinking is the core's. Limit: 1 ms. */
static int lights(void *ctx, uint16_t lights, bool buzzer)
{
    (void)ctx;
    (void)lights;
    (void)buzzer;
    return LBMS_ERR_UNSUPPORTED;
}

/* All dry contacts (bit 0 = contact 1; 1 = closed) and the heater output. Limit: 1 ms. */
static int contacts(void *ctx, uint8_t closed, bool heater)
{
    (void)ctx;
    (void)closed;
    (void)heater;
    return LBMS_ERR_UNSUPPORTED;
}

/* One line of the character display, zero-terminated. Limit: 5 ms: slow displays are written in the background. */
static int display(void *ctx, unsigned row, const char *text)
{
    (void)ctx;
    (void)row;
    (void)text;
    return LBMS_ERR_UNSUPPORTED;
}

/* Display and its light on or off. Limit: 5 ms. */
static int display_power(void *ctx, bool on)
{
    (void)ctx;
    (void)on;
    return LBMS_ERR_UNSUPPORTED;
}

/* ==== serial ports: these three are finished, apart from the hardware ====================================== */

/*
 * Take received bytes. Limit: 1 ms. Ports: enum lbms_port, RS232, RS485, PARALLEL.
 * The receive interrupt puts bytes into the ring (lbms_template_received()); with DMA, copy from its buffer here.
 * Pitfall: clear overrun and framing errors in the interrupt, or some USARTs receive nothing more.
 */
static int serial_read(void *ctx, unsigned port, uint8_t *data, size_t size)
{
    struct lbms_template *board = ctx;

    if (port >= LBMS_SERIAL_PORTS) {
        return LBMS_ERR_ARGUMENT;
    }
    size = (size < LBMS_TEMPLATE_RING_SIZE) ? size : LBMS_TEMPLATE_RING_SIZE;
    return (int)lbms_ring_read(&board->serial[port].received, data, size);
}

/*
 * Queue bytes; result: how many were taken. Limit: 1 ms. Then switch the transmit interrupt on, which calls
 * lbms_template_next_to_send().
 * RS485: driver enable goes high before the first bit and low after the last STOP bit (transmission complete, not
 * 'data register empty'), within one character: the other side may answer at once. Switch the receiver off
 * meanwhile, or drop the echo.
 */
static int serial_write(void *ctx, unsigned port, const uint8_t *data, size_t size)
{
    (void)ctx;
    (void)data;
    (void)size;
    /* With hardware: return (int)lbms_ring_write(&board->serial[port].to_send, data, size), limited as above. */
    return (port < LBMS_SERIAL_PORTS) ? LBMS_ERR_UNSUPPORTED : LBMS_ERR_ARGUMENT;
}

/*
 * Set baud rate and format (enum lbms_serial_format). Limit: 5 ms. Let a running transmission end first. Refuse with
 * LBMS_ERR_RANGE what the clock cannot make within 2 %.
 */
static int serial_setup(void *ctx, unsigned port, uint32_t baud, uint8_t format)
{
    (void)ctx;
    (void)baud;
    (void)format;
    return (port < LBMS_SERIAL_PORTS) ? LBMS_ERR_UNSUPPORTED : LBMS_ERR_ARGUMENT;
}

/* ==== CAN ================================================================================================== */

/*
 * Take one received data frame: LBMS_OK, or LBMS_AGAIN when there is none. Limit: 1 ms. 29-bit identifiers carry
 * LBMS_CAN_EXTENDED. Drop remote frames. The receive interrupt moves frames from the controller's three or so places
 * into a queue of 16.
 */
static int can_read(void *ctx, struct lbms_can_frame *frame)
{
    (void)ctx;
    (void)frame;
    return LBMS_AGAIN;
}

/* Queue one frame: LBMS_OK, or LBMS_AGAIN when there is no room. Limit: 1 ms. Order must be kept for equal identifiers. */
static int can_write(void *ctx, const struct lbms_can_frame *frame)
{
    (void)ctx;
    (void)frame;
    return LBMS_ERR_UNSUPPORTED;
}

/*
 * Result enum lbms_can_state. With recover set and the controller bus-off: start its recovery (128 times 11 recessive
 * bits), do not wait for it. Limit: 1 ms. Switch automatic recovery off: the core decides when.
 * Without an inverter nobody acknowledges: the controller repeats a frame for ever and is error passive
 * (LBMS_CAN_WARNING), which is normal. Frames older than a second should be withdrawn.
 */
static int can_state(void *ctx, bool recover)
{
    (void)ctx;
    (void)recover;
    return LBMS_CAN_ABSENT;
}

/* Set the bit rate, bit/s; sample point at 75 to 87.5 %. Limit: 5 ms. LBMS_ERR_RANGE when the clock cannot make it exactly. */
static int can_setup(void *ctx, uint32_t bitrate)
{
    (void)ctx;
    (void)bitrate;
    return LBMS_ERR_UNSUPPORTED;
}

/* ==== non-volatile memory ================================================================================== */

/*
 * Read. Any address and length inside the area. Limit: 1 ms for 256 bytes.
 * Pitfall: flash with ECC faults when a torn unit is read: catch that fault and return LBMS_ERR_CHECKSUM.
 */
static int flash_read(void *ctx, uint32_t address, void *data, size_t length)
{
    (void)ctx;
    (void)address;
    (void)data;
    (void)length;
    return LBMS_ERR_UNSUPPORTED;
}

/*
 * Program whole units, each once between two erases. Limit: 5 ms (a unit takes 20 to 100 us). Read back and compare.
 * Pitfalls: interrupts that run from the same flash bank stand still meanwhile; below the processor's programming
 * voltage the result is arbitrary: refuse with LBMS_ERR_STATE at a brown-out warning.
 */
static int flash_program(void *ctx, uint32_t address, const void *data, size_t length)
{
    (void)ctx;
    (void)address;
    (void)data;
    (void)length;
    return LBMS_ERR_UNSUPPORTED;
}

/*
 * Erase one block. No limit, but state the worst case in erase_worst_ms: pages of 1 or 2 KB take 20 to 40 ms; sectors of
 * 16 KB 250 to 500 ms, in which a single-bank processor executes nothing and only the AFE protects the pack. The
 * core erases slow blocks only when that is safe.
 */
static int flash_erase(void *ctx, uint16_t block)
{
    (void)ctx;
    (void)block;
    return LBMS_ERR_UNSUPPORTED;
}

/* ==== sleep and reset ====================================================================================== */

/*
 * Keep these bytes where neither sleep nor reset changes them. Called before both. Limit: 1 ms. Finished: the caller
 * has to place struct lbms_template_retained, see docs/porting.md.
 */
static int retain(void *ctx, const void *data, size_t size)
{
    struct lbms_template *board = ctx;

    if (board->retained == NULL) {
        return LBMS_ERR_UNSUPPORTED;
    }
    if (size != sizeof(board->retained->data)) {
        return LBMS_ERR_SPACE;
    }
    memcpy(&board->retained->data, data, size);
    board->retained->version = LBMS_TEMPLATE_VERSION;
    board->retained->crc = lbms_crc32(LBMS_CRC32_START, &board->retained->data, size);
    return LBMS_OK;
}

/*
 * Enter low power until a source in sleep->wake_sources fires; LBMS_ERR_STATE when one is active already.
 * Two ways: return with RAM kept (stop mode), *woke filled with wake_reason and seconds_asleep; or never return, start anew
 * (standby, supply cut) and report LBMS_RESET_WAKE_UP in lbms_template_restore().
 * Limit: none, but the switches are open before, and must stay open by themselves while the processor sleeps.
 *
 * Order: stop transmitters; put the AFE to sleep; arm the sources; look at them once more; sleep. After it: clocks,
 * AFE (wake it, the first transfer may be lost), now_ms set forward.
 * SH367309: SLEEP bit of 0x40; current about 40 uA; a bus START or a charger wakes it; it does not stay asleep with a
 * charger. Ship mode (SHIP pin low): 2 uA, only that pin wakes. BQ76952: SLEEP and DEEPSLEEP; in SHUTDOWN everything
 * is off and only TS2 pulled low or a voltage at LD or PACK wakes it, so the processor's supply must allow that.
 * Pitfalls: a watchdog that cannot be stopped bounds the sleep: wake up, feed, sleep again, and count the seconds;
 * LBMS_WAKE_RS232 usually means an edge interrupt on the receive pin, and the first byte is lost.
 */
static int sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    (void)ctx;
    (void)sleep;
    (void)woke;
    return LBMS_ERR_UNSUPPORTED;
}

/*
 * Restart the processor; does not return. The mark for LBMS_RESET_SOFTWARE goes into retained memory first: many
 * processors cannot tell this reset from others. Until you have the register, the watchdog does it.
 */
static void reset(void *ctx)
{
    (void)ctx;
    for (;;) {
        /* the watchdog is not fed here */
    }
}

/* ==== set-up ================================================================================================ */

static void fill_hal(struct lbms_template *board)
{
    struct lbms_hal *hal = &board->hal;

    hal->ctx = board;
    hal->now_ms = now_ms;
    hal->sample = sample;
    hal->switches = switches;
    hal->controls = controls;
    hal->watchdog = watchdog;
    hal->afe_configure = afe_configure;
    hal->balance = balance;
    hal->lights = lights;
    hal->contacts = contacts;
    hal->wall_get = wall_get;
    hal->wall_set = wall_set;
    hal->serial_read = serial_read;
    hal->serial_write = serial_write;
    hal->serial_setup = serial_setup;
    hal->can_read = can_read;
    hal->can_write = can_write;
    hal->can_state = can_state;
    hal->can_setup = can_setup;
    hal->display = display;
    hal->display_power = display_power;
    hal->retain = retain;
    hal->sleep = sleep;
    hal->reset = reset;
    hal->flash = NULL; /* &board->flash, once its three functions work */
}

void lbms_template_init(struct lbms_template *board, struct lbms_template_retained *retained)
{
    unsigned port;

    /* Here, before anything else: switch pins open, watchdog on. Then clocks, tick, pins, bus to the AFE. */
    memset(board, 0, sizeof(*board));
    board->retained = retained;
    for (port = 0u; port < LBMS_SERIAL_PORTS; port++) {
        struct lbms_template_serial *serial = &board->serial[port];

        (void)lbms_ring_init(&serial->received, serial->received_memory, LBMS_TEMPLATE_RING_SIZE);
        (void)lbms_ring_init(&serial->to_send, serial->to_send_memory, LBMS_TEMPLATE_RING_SIZE);
    }
    board->flash.ctx = board;
    board->flash.block_size = 2048u; /* your pages; two blocks or more, outside the program */
    board->flash.block_count = 16u;
    board->flash.program_unit = 2u;
    board->flash.erase_worst_ms = 40u;
    board->flash.read = flash_read;
    board->flash.program = flash_program;
    board->flash.erase = flash_erase;
    fill_hal(board);
}

/*
 * boot comes from the hardware at every start: reset flags of the processor (clear them afterwards), seconds asleep from
 * the RTC, the crash record of your fault handler.
 */
void lbms_template_restore(struct lbms_template *board, struct lbms_restored *restored)
{
    const struct lbms_template_retained *kept = board->retained;

    lbms_restored_defaults(restored);
    if (kept != NULL && kept->version == LBMS_TEMPLATE_VERSION &&
        kept->crc == lbms_crc32(LBMS_CRC32_START, &kept->data, sizeof(kept->data))) {
        *restored = kept->data;
    }
    memset(&restored->boot, 0, sizeof(restored->boot));
    restored->boot.reset_cause = LBMS_RESET_POWER_ON;
}

/*
 * The processor's wait-for-interrupt belongs here. Look for work and go to sleep with interrupts locked (on Cortex-M a
 * pending interrupt ends WFI also then): a byte that comes between the look and the sleep must not wait.
 */
void lbms_template_wait(struct lbms_template *board, uint32_t timeout_ms)
{
    const uint32_t start_ms = board->now_ms;
    unsigned port;

    while ((uint32_t)(board->now_ms - start_ms) < timeout_ms) {
        for (port = 0u; port < LBMS_SERIAL_PORTS; port++) {
            if (lbms_ring_used(&board->serial[port].received) > 0u) {
                return;
            }
        }
    }
}

void lbms_template_tick(struct lbms_template *board)
{
    board->now_ms = board->now_ms + 1u;
}

void lbms_template_received(struct lbms_template *board, unsigned port, uint8_t byte)
{
    (void)lbms_ring_put(&board->serial[port].received, byte); /* a full ring counts the loss itself */
}

int lbms_template_next_to_send(struct lbms_template *board, unsigned port)
{
    uint8_t byte = 0u;

    return lbms_ring_get(&board->serial[port].to_send, &byte) ? (int)byte : -1;
}
