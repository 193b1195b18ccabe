/*
 * Memory of the pack in a file: the image of a flash of 28 pages of 2 KB, as a GD32F303 has them. Twelve pages hold the
 * values, sixteen the event records.
 */
#ifndef VIRTUAL_PACK_NVM_H
#define VIRTUAL_PACK_NVM_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/flash.h"
#include "losun_bms_port/posix_flash.h"

/* Pages of a flash that are used as a flash of their own. */
struct nvm_part {
    const struct lbms_flash *whole;
    uint16_t first_block;
    struct lbms_flash flash;
};

struct nvm {
    struct lbms_posix_flash flash;
    struct nvm_part values, records;
    bool open;
    bool blank; /* nothing has ever been programmed */
};

/* LBMS_OK, or as lbms_posix_flash_open(): nvm->flash.error has one line. Must not be moved while open. */
int nvm_open(struct nvm *nvm, const char *path);

void nvm_close(struct nvm *nvm);

#endif
