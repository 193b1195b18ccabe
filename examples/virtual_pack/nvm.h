/*
 * Memory of the pack in a flash file: two slots, of which the older one is overwritten. This is the example's own,
 * until the library has a store.
 *
 * Slot = one erase block: sequence number, CRC-32 of sequence number and rest, the header of a recording
 * (losun_bms/trace/trace.h), which holds struct lbms_restored in a form that does not depend on the compiler.
 */
#ifndef VIRTUAL_PACK_NVM_H
#define VIRTUAL_PACK_NVM_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"
#include "losun_bms_port/posix_flash.h"

enum nvm_found {
    NVM_NEW,    /* nothing was ever saved here */
    NVM_LOADED, /* *restored is filled */
    NVM_INVALID /* neither slot can be used: damaged, or of another program or version */
};

struct nvm {
    struct lbms_posix_flash flash;
    bool open;
    bool failed;       /* the last save has failed: told once */
    uint32_t sequence; /* of the newest slot, 0 = none */
    uint16_t newest;   /* slot */
};

/* LBMS_OK, or as lbms_posix_flash_open(): nvm->flash.error has one line. */
int nvm_open(struct nvm *nvm, const char *path);

/* Find what was saved last. */
enum nvm_found nvm_load(struct nvm *nvm, const struct lbms_product *product, struct lbms_restored *restored);

/* Save. False when that did not work; the slot that was the newest is still there then. */
bool nvm_save(struct nvm *nvm, const struct lbms_product *product, const struct lbms_restored *restored);

void nvm_close(struct nvm *nvm);

#endif
