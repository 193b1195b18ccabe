/**
 * @file
 * The core: a pure step from inputs to outputs.
 *
 * lbms_step() reads no clock, calls no board function, allocates nothing and uses no floating point. The same
 * start value and the same inputs give the same outputs, bit for bit, on every target; so a recorded stream of
 * inputs replays a field failure on a desktop.
 */
#ifndef LOSUN_BMS_BMS_H
#define LOSUN_BMS_BMS_H

#include "losun_bms/base/debounce.h"
#include "losun_bms/battery/balance.h"
#include "losun_bms/battery/charge.h"
#include "losun_bms/battery/flow.h"
#include "losun_bms/battery/hardware.h"
#include "losun_bms/battery/limits.h"
#include "losun_bms/battery/measure.h"
#include "losun_bms/battery/protection.h"
#include "losun_bms/battery/soc.h"
#include "losun_bms/model/inputs.h"
#include "losun_bms/model/outputs.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/snapshot.h"
#include "losun_bms/panel/contacts.h"
#include "losun_bms/panel/dip.h"
#include "losun_bms/panel/leds.h"
#include "losun_bms/power/button.h"
#include "losun_bms/power/mode.h"
#include "losun_bms/power/sleep.h"
#include "losun_bms/power/switch_control.h"
#include "losun_bms/power/wake.h"
#include "losun_bms/power/window.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Everything that one pack remembers between two steps. Allocated by the caller, written only by the functions below. */
struct lbms_core {
    const struct lbms_product *product;
    struct lbms_params params;
    struct lbms_debounce keys;
    struct lbms_button button;
    struct lbms_measure measure;
    struct lbms_flow_state flow;
    struct lbms_hardware hardware;
    struct lbms_protection protection;
    struct lbms_charge charge;
    struct lbms_soc soc;
    struct lbms_mode_machine mode;
    struct lbms_sleep_control sleep;
    struct lbms_wake_control wake;
    struct lbms_window window;
    struct lbms_switch_control switches;
    struct lbms_limits limits;
    struct lbms_balance balance;
    struct lbms_leds leds;
    struct lbms_dip dip;
    struct lbms_contacts contacts;
    struct lbms_afe_config afe;    /**< hardware thresholds asked for */
    struct lbms_snapshot snapshot; /**< of the last step; read it, never write it */
    uint8_t start_wake_reason;     /**< why this start happened, for the first step */
    uint8_t forced_off;            /**< paths held open by a command, mask of enum lbms_path */
    uint8_t resets;                /**< unexpected resets in a row, this start included */
    uint16_t resets_age_s;         /**< time from the first of them to this start */
    uint32_t start_s;              /**< uptime of the first step */
    uint16_t unstored;     /**< sequence of a parameter command that waits until it is stored; 0: none */
    bool self_test_failed; /**< program, memory, or too many resets: until the next start */
    bool params_changed;   /**< what was derived from the parameters is out of date */
    bool started;          /**< the first step has been made */
    bool start_began;      /**< the step before entered STARTING: the address switch is read again */
};

/**
 * Prepare a core.
 *
 * @param core      memory of the core, owned by the caller, need not be cleared
 * @param product   product profile; must stay valid as long as the core
 * @param restored  what survived the last power-down; copied
 * @return LBMS_OK; LBMS_ERR_ARGUMENT for a NULL pointer; LBMS_ERR_RANGE or LBMS_ERR_ORDER when the stored
 *         parameters are not acceptable: the core then works with the product's defaults
 * Context: main, before the first step.
 */
int lbms_core_init(struct lbms_core *core, const struct lbms_product *product,
                   const struct lbms_restored *restored);

/**
 * One step: decide everything from these inputs.
 *
 * May be called at any rate from 10 ms to 1 s, and at once when a key changed, a command waits or the AFE raised its
 * alert; delays do not depend on the rate. The pack described at the end of the step is core->snapshot.
 *
 * @param core     core, prepared by lbms_core_init()
 * @param inputs   what the world says now; not kept
 * @param outputs  receives what is wanted; every field is written
 * Context: one context for one core; two cores are independent. Not for interrupts.
 */
void lbms_step(struct lbms_core *core, const struct lbms_inputs *inputs, struct lbms_outputs *outputs);

/**
 * What must survive a power-down now, to be handed to lbms_core_init() at the next start.
 *
 * @param core      core
 * @param restored  receives parameters, lifetime data and sleep reason; boot facts are set to a power-on
 * Context: the context of lbms_step().
 */
void lbms_core_save(const struct lbms_core *core, struct lbms_restored *restored);

#ifdef __cplusplus
}
#endif

#endif
