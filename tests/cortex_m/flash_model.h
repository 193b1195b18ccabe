/*
 * The flash interface of a chip as the reference manuals describe it (RM0008, RM0090), with bit numbers of its own: what a
 * job does to the memory and to the status.
 */
#ifndef LBMS_TESTS_CORTEX_M_FLASH_MODEL_H
#define LBMS_TESTS_CORTEX_M_FLASH_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms_port/cortex_m/flash.h"

#define MODEL_BLOCK  256u
#define MODEL_BLOCKS 4u

struct flash_model {
    bool f4; /* else F1 */
    struct lbms_cm_flash_regs regs;
    uint8_t memory[MODEL_BLOCK * MODEL_BLOCKS];
    uint8_t first_sector;
    bool sealed;         /* the keys do not open it */
    bool stuck;          /* a job never ends */
    bool protected_;     /* blocks may not be written */
    unsigned unlocks;    /* how often it was opened */
    unsigned jobs;       /* that have had an effect */
    unsigned stray;      /* jobs while it was locked */
    uint32_t polls;      /* of the last job */
    uint32_t acr_before; /* ACR when the last job ran */
};

extern struct flash_model flash_model;

/* Locked after a reset, everything erased. */
void flash_model_reset(bool f4);

#endif
