/**
 * @file
 * The register map of PACE Modbus RTU V1.3, for the pack and for its clients.
 *
 * Registers 0..36 tell measured values and states, 60..114 are parameters, 150..179 texts. What lies between reads as 0.
 */
#ifndef LOSUN_BMS_LINK_PACE_REGISTERS_H
#define LOSUN_BMS_LINK_PACE_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/command.h"
#include "losun_bms/model/view.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Registers that there are. */
#define LBMS_PACE_REGISTERS 180u
/** Parameters: the first register, and how many. */
#define LBMS_PACE_PARAM_REGISTER  60u
#define LBMS_PACE_PARAM_REGISTERS 55u
/** Registers that lbms_pace_read_registers() gives at a time. */
#define LBMS_PACE_REGISTERS_MOST 16u

/**
 * Content of registers.
 *
 * @param view    the pack
 * @param first   first register; those beyond LBMS_PACE_REGISTERS are 0
 * @param count   1..LBMS_PACE_REGISTERS_MOST
 * @param values  receives them
 * Context: any.
 */
void lbms_pace_read_registers(const struct lbms_view *view, uint16_t first, uint8_t count, uint16_t *values);

/**
 * The command that writes registers.
 *
 * @param first    first register
 * @param count    of them
 * @param values   contents
 * @param command  kind and items are filled in
 * @return LBMS_OK; LBMS_ERR_MISSING: not all of them are registers that can be written; LBMS_ERR_SPACE: more than
 *         one command holds; LBMS_ERR_RANGE: a serial number that is no ASCII
 * Context: any.
 */
int lbms_pace_write_registers(uint16_t first, uint8_t count, const uint16_t *values,
                              struct lbms_command *command);

/**
 * The parameter in a register.
 *
 * @param reg    register
 * @param value  content; receives it in the unit of the parameter
 * @return enum lbms_param; LBMS_PARAM_NONE when there is none
 * Context: any.
 */
uint8_t lbms_pace_register_param(uint16_t reg, int32_t *value);

#ifdef __cplusplus
}
#endif

#endif
