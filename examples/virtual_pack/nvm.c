#include "virtual_pack/nvm.h"

#include <string.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/base/crc.h"
#include "losun_bms/trace/trace.h"

#define BLOCK_SIZE     2048u
#define SLOTS          2u
#define UNIT           8u
#define SEQUENCE_SIZE  4u
#define PREFIX_SIZE    8u
#define SLOT_SIZE      (PREFIX_SIZE + LBMS_TRACE_HEADER_MAX + UNIT)
#define ERASED         0xFFu
#define ERASE_WORST_MS 20u

int nvm_open(struct nvm *nvm, const char *path)
{
    struct lbms_posix_flash_options options;
    int status;

    memset(&options, 0, sizeof(options));
    options.path = path;
    options.block_size = BLOCK_SIZE;
    options.block_count = SLOTS;
    options.program_unit = UNIT;
    options.erase_worst_ms = ERASE_WORST_MS;
    memset(nvm, 0, sizeof(*nvm));
    status = lbms_posix_flash_open(&nvm->flash, &options);
    nvm->open = status == LBMS_OK;
    return status;
}

static uint32_t check_of(const uint8_t *slot, size_t payload)
{
    const uint32_t crc = lbms_crc32(LBMS_CRC32_START, slot, SEQUENCE_SIZE);

    return lbms_crc32(crc, slot + PREFIX_SIZE, payload);
}

/* Sequence number of a good slot, 0 of any other one. */
static uint32_t read_slot(struct nvm *nvm, uint16_t number, const struct lbms_product *product,
                          struct lbms_restored *restored, bool *blank)
{
    const struct lbms_flash *flash = &nvm->flash.flash;
    uint8_t slot[SLOT_SIZE];
    struct lbms_trace trace;
    struct lbms_reader reader;
    uint32_t sequence;
    uint32_t crc;
    int payload;
    size_t i;

    if (flash->read(flash->ctx, number * BLOCK_SIZE, slot, sizeof(slot)) != LBMS_OK) {
        return 0;
    }
    for (i = 0; i < sizeof(slot); i++) {
        *blank = *blank && slot[i] == ERASED;
    }
    lbms_reader_init(&reader, slot, PREFIX_SIZE);
    sequence = lbms_get_u32le(&reader);
    crc = lbms_get_u32le(&reader);
    payload = lbms_trace_open(&trace, product, restored, slot + PREFIX_SIZE, sizeof(slot) - PREFIX_SIZE);
    return (payload > 0 && crc == check_of(slot, (size_t)payload)) ? sequence : 0;
}

enum nvm_found nvm_load(struct nvm *nvm, const struct lbms_product *product, struct lbms_restored *restored)
{
    bool blank = true;
    uint16_t number;

    for (number = 0; number < SLOTS; number++) {
        struct lbms_restored found;
        const uint32_t sequence = read_slot(nvm, number, product, &found, &blank);

        if (sequence > nvm->sequence) {
            nvm->sequence = sequence;
            nvm->newest = number;
            *restored = found;
        }
    }
    if (nvm->sequence > 0) {
        return NVM_LOADED;
    }
    return blank ? NVM_NEW : NVM_INVALID;
}

bool nvm_save(struct nvm *nvm, const struct lbms_product *product, const struct lbms_restored *restored)
{
    const struct lbms_flash *flash = &nvm->flash.flash;
    const uint16_t number = (nvm->sequence == 0) ? 0 : (uint16_t)((nvm->newest + 1u) % SLOTS);
    uint8_t slot[SLOT_SIZE];
    struct lbms_trace trace;
    struct lbms_writer writer;
    size_t length;
    int payload;

    memset(slot, ERASED, sizeof(slot));
    payload = lbms_trace_begin(&trace, product, restored, slot + PREFIX_SIZE, LBMS_TRACE_HEADER_MAX);
    if (payload < 0) {
        return false;
    }
    lbms_writer_init(&writer, slot, PREFIX_SIZE);
    lbms_put_u32le(&writer, nvm->sequence + 1u);
    lbms_put_u32le(&writer, check_of(slot, (size_t)payload));
    length = (PREFIX_SIZE + (size_t)payload + UNIT - 1u) / UNIT * UNIT;
    if (flash->erase(flash->ctx, number) != LBMS_OK ||
        flash->program(flash->ctx, number * BLOCK_SIZE, slot, length) != LBMS_OK) {
        return false;
    }
    nvm->sequence++;
    nvm->newest = number;
    return true;
}

void nvm_close(struct nvm *nvm)
{
    if (nvm->open) {
        lbms_posix_flash_close(&nvm->flash);
        nvm->open = false;
    }
}
