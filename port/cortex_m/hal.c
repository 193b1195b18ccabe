/* The entries of struct lbms_hal: the port's own, and those of the program's drivers. */
#include <string.h>

#include "losun_bms/model/restored.h"
#include "losun_bms_port/cortex_m/port.h"
#include "losun_bms_port/cortex_m/retained.h"
#include "losun_bms_port/cortex_m/system.h"
#include "losun_bms_port/cortex_m/time.h"
#include "losun_bms_port/cortex_m/watchdog.h"

static struct lbms_cm *of(void *ctx)
{
    return (struct lbms_cm *)ctx;
}

static uint32_t hal_now_ms(void *ctx)
{
    (void)ctx;
    return lbms_cm_now_ms();
}

static int hal_sample(void *ctx, struct lbms_sample *sample)
{
    const struct lbms_cm_afe *afe = of(ctx)->devices.afe;

    return (afe != NULL) ? afe->sample(afe->ctx, sample) : LBMS_ERR_UNSUPPORTED;
}

/* Without a front end nothing can be closed, so "all open" is what is. */
static int hal_switches(void *ctx, const struct lbms_switches *want)
{
    const struct lbms_cm_afe *afe = of(ctx)->devices.afe;

    if (afe != NULL) {
        return afe->switches(afe->ctx, want);
    }
    return (want->closed == 0u) ? LBMS_OK : LBMS_ERR_UNSUPPORTED;
}

static int hal_afe_configure(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    const struct lbms_cm_afe *afe = of(ctx)->devices.afe;

    return afe->configure(afe->ctx, want, got);
}

static int hal_balance(void *ctx, uint16_t mask)
{
    const struct lbms_cm_afe *afe = of(ctx)->devices.afe;

    return afe->balance(afe->ctx, mask);
}

static int hal_panel_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    const struct lbms_cm_panel *panel = of(ctx)->devices.panel;

    return panel->controls(panel->ctx, keys, dip);
}

static int hal_watchdog(void *ctx)
{
    if (of(ctx)->board->watchdog_ms != 0u) {
        lbms_cm_watchdog_feed(of(ctx)->chip->iwdg);
    }
    return LBMS_OK;
}

static int hal_wall_get(void *ctx, uint32_t *seconds)
{
    const struct lbms_cm_power *power = of(ctx)->devices.power;

    return power->wall_get(power->ctx, seconds);
}

static int hal_wall_set(void *ctx, uint32_t seconds)
{
    const struct lbms_cm_power *power = of(ctx)->devices.power;

    return power->wall_set(power->ctx, seconds);
}

static int hal_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    const struct lbms_cm_power *power = of(ctx)->devices.power;

    return power->sleep(power->ctx, sleep, woke);
}

/* The port behind enum lbms_port, NULL: none, or not fitted. */
static struct lbms_cm_usart *serial_of(void *ctx, unsigned index)
{
    if ((index >= LBMS_SERIAL_PORTS) || (of(ctx)->serial[index].baud == 0u)) {
        return NULL;
    }
    return &of(ctx)->serial[index];
}

static int hal_serial_read(void *ctx, unsigned index, uint8_t *data, size_t size)
{
    struct lbms_cm_usart *usart = serial_of(ctx, index);

    return (usart != NULL) ? (int)lbms_cm_usart_read(usart, data, size) : LBMS_ERR_UNSUPPORTED;
}

static int hal_serial_write(void *ctx, unsigned index, const uint8_t *data, size_t size)
{
    struct lbms_cm_usart *usart = serial_of(ctx, index);

    return (usart != NULL) ? (int)lbms_cm_usart_write(usart, data, size) : LBMS_ERR_UNSUPPORTED;
}

static int hal_serial_setup(void *ctx, unsigned index, uint32_t baud, uint8_t format)
{
    struct lbms_cm_usart *usart = serial_of(ctx, index);

    return (usart != NULL) ? lbms_cm_usart_setup(usart, baud, format) : LBMS_ERR_UNSUPPORTED;
}

static int hal_can_read(void *ctx, struct lbms_can_frame *frame)
{
    const struct lbms_cm_can *can = of(ctx)->devices.can;

    return can->read(can->ctx, frame);
}

static int hal_can_write(void *ctx, const struct lbms_can_frame *frame)
{
    const struct lbms_cm_can *can = of(ctx)->devices.can;

    return can->write(can->ctx, frame);
}

static int hal_can_state(void *ctx, bool recover)
{
    const struct lbms_cm_can *can = of(ctx)->devices.can;

    return can->state(can->ctx, recover);
}

static int hal_can_setup(void *ctx, uint32_t bitrate)
{
    const struct lbms_cm_can *can = of(ctx)->devices.can;

    return can->setup(can->ctx, bitrate);
}

static int hal_retain(void *ctx, const void *data, size_t size)
{
    (void)ctx;
    return lbms_cm_retain(lbms_cm_retained(), data, size);
}

static void hal_reset(void *ctx)
{
    (void)ctx;
    lbms_cm_restart((uint8_t)LBMS_RESET_SOFTWARE);
}

/* Entries that this board has because somebody brought a driver. */
static void fill_devices(struct lbms_cm *port)
{
    const struct lbms_cm_devices *devices = &port->devices;
    struct lbms_hal *hal = &port->hal;

    if (devices->afe != NULL) {
        hal->afe_configure = (devices->afe->configure != NULL) ? hal_afe_configure : NULL;
        hal->balance = (devices->afe->balance != NULL) ? hal_balance : NULL;
    }
    if (devices->can != NULL) {
        hal->can_read = hal_can_read;
        hal->can_write = hal_can_write;
        hal->can_state = hal_can_state;
        hal->can_setup = hal_can_setup;
    }
    if (devices->power != NULL) {
        hal->wall_get = (devices->power->wall_get != NULL) ? hal_wall_get : NULL;
        hal->wall_set = (devices->power->wall_set != NULL) ? hal_wall_set : NULL;
        hal->sleep = (devices->power->sleep != NULL) ? hal_sleep : NULL;
    }
    hal->flash = devices->flash;
    hal->log_flash = devices->log_flash;
}

void lbms_cm_fill_hal(struct lbms_cm *port)
{
    const struct lbms_cm_board *board = port->board;
    struct lbms_hal *hal = &port->hal;

    memset(hal, 0, sizeof(*hal));
    hal->ctx = port;
    hal->now_ms = hal_now_ms;
    hal->sample = hal_sample;
    hal->switches = hal_switches;
    hal->controls = (port->devices.panel != NULL) ? hal_panel_controls : lbms_cm_controls;
    hal->watchdog = hal_watchdog;
    hal->serial_read = hal_serial_read;
    hal->serial_write = hal_serial_write;
    hal->serial_setup = hal_serial_setup;
    hal->retain = hal_retain;
    hal->reset = hal_reset;
    if ((lbms_cm_find_pin(board, LBMS_CM_LIGHT, -1) != NULL) ||
        (lbms_cm_find_pin(board, LBMS_CM_BUZZER, -1) != NULL)) {
        hal->lights = lbms_cm_lights;
    }
    if ((lbms_cm_find_pin(board, LBMS_CM_CONTACT, -1) != NULL) ||
        (lbms_cm_find_pin(board, LBMS_CM_HEATER, -1) != NULL)) {
        hal->contacts = lbms_cm_contacts;
    }
    fill_devices(port);
}

const char *lbms_cm_not_fitted(const struct lbms_cm *port, unsigned index)
{
    const struct lbms_hal *hal = &port->hal;
    const struct {
        const char *name;
        bool fitted;
    } entries[] = {
        {"sample", port->devices.afe != NULL},
        {"switches", port->devices.afe != NULL},
        {"afe_configure", hal->afe_configure != NULL},
        {"balance", hal->balance != NULL},
        {"lights", hal->lights != NULL},
        {"contacts", hal->contacts != NULL},
        {"wall", hal->wall_get != NULL},
        {"can", hal->can_read != NULL},
        {"flash", hal->flash != NULL},
        {"log_flash", hal->log_flash != NULL},
        {"display", hal->display != NULL},
        {"sleep", hal->sleep != NULL},
    };
    size_t i;

    for (i = 0u; i < (sizeof(entries) / sizeof(entries[0])); i++) {
        if (entries[i].fitted) {
            continue;
        }
        if (index == 0u) {
            return entries[i].name;
        }
        index--;
    }
    return NULL;
}
