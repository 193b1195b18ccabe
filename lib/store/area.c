#include "losun_bms/store/area.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "slot.h"

#define HEADER_SIZE ((size_t)LBMS_AREA_HEADER_SLOTS * LBMS_SLOT)
#define PIECE       64u

/* Slots of the header. The fourth stays blank. */
enum { MARK = 0, LABEL = 1, LABEL_COPY = 2 };

static uint32_t bank_address(const struct lbms_area *area, uint8_t bank)
{
    return (uint32_t)bank * area->bank_size;
}

/* The number of an intact slot of this key and of our own format. */
static bool read_number(const struct lbms_area *area, const uint8_t *slot, uint8_t key, uint32_t *number,
                        bool *foreign)
{
    if ((lbms_slot_key(slot) != key) || !lbms_slot_intact(slot)) {
        return false;
    }
    if ((slot[1] != area->format) || (slot[2] != area->bank_blocks)) {
        *foreign = true;
        return false;
    }
    *number = (uint32_t)slot[3] | ((uint32_t)slot[4] << 8) | ((uint32_t)slot[5] << 16);
    return true;
}

void lbms_area_header(const struct lbms_area *area, uint8_t bank, struct lbms_bank_header *header)
{
    uint8_t bytes[HEADER_SIZE + LBMS_SLOT]; /* and the first slot behind it: data without a label are dirt */
    bool marked;

    memset(header, 0, sizeof(*header));
    if (area->flash->read(area->flash->ctx, bank_address(area, bank), bytes, sizeof(bytes)) != LBMS_OK) {
        return;
    }
    marked = read_number(area, &bytes[MARK * LBMS_SLOT], SLOT_KEY_MARK, &header->erases, &header->foreign);
    if (read_number(area, &bytes[LABEL * LBMS_SLOT], SLOT_KEY_LABEL, &header->label, &header->foreign) ||
        read_number(area, &bytes[LABEL_COPY * LBMS_SLOT], SLOT_KEY_LABEL, &header->label, &header->foreign)) {
        header->state = LBMS_BANK_USED;
    } else if (marked && lbms_slot_blank(&bytes[LABEL * LBMS_SLOT], sizeof(bytes) - LBMS_SLOT)) {
        header->state = LBMS_BANK_READY;
    } else {
        header->state = LBMS_BANK_DIRTY;
    }
}

static bool possible(const struct lbms_flash *flash, uint8_t bank_blocks)
{
    const unsigned unit = (flash != NULL) ? flash->program_unit : 0u;

    if ((unit != 1u) && (unit != 2u) && (unit != 4u) && (unit != 8u)) {
        return false;
    }
    return (bank_blocks > 0u) && ((flash->block_count / bank_blocks) >= 2u) &&
           (flash->block_size >= (2u * PIECE)) && ((flash->block_size % PIECE) == 0u);
}

int lbms_area_open(struct lbms_area *area, const struct lbms_flash *flash, uint8_t bank_blocks,
                   uint8_t format)
{
    unsigned banks;
    uint8_t bank;

    memset(area, 0, sizeof(*area));
    area->preparing = LBMS_AREA_NONE;
    if (!possible(flash, bank_blocks)) {
        return LBMS_ERR_ARGUMENT;
    }
    banks = flash->block_count / (unsigned)bank_blocks;
    area->flash = flash;
    area->bank_blocks = bank_blocks;
    area->bank_size = flash->block_size * bank_blocks;
    area->banks = (uint8_t)((banks < LBMS_AREA_BANKS) ? banks : LBMS_AREA_BANKS);
    area->format = format;
    for (bank = 0u; bank < area->banks; bank++) {
        struct lbms_bank_header header;

        lbms_area_header(area, bank, &header);
        area->state[bank] = header.state;
        area->foreign = area->foreign || header.foreign;
        if (header.erases > area->erases_max) {
            area->erases_max = header.erases;
        }
    }
    return area->foreign ? LBMS_ERR_FORMAT : LBMS_OK;
}

uint8_t lbms_area_find(const struct lbms_area *area, bool largest, uint32_t *label)
{
    uint8_t found = LBMS_AREA_NONE;
    uint8_t bank;

    for (bank = 0u; bank < area->banks; bank++) {
        struct lbms_bank_header header;

        if (area->state[bank] == (uint8_t)LBMS_BANK_USED) {
            lbms_area_header(area, bank, &header);
            if ((header.state == (uint8_t)LBMS_BANK_USED) &&
                ((found == LBMS_AREA_NONE) || ((header.label > *label) == largest))) {
                found = bank;
                *label = header.label;
            }
        }
    }
    return found;
}

uint8_t lbms_area_next(const struct lbms_area *area, uint8_t after, uint8_t state)
{
    const unsigned begin = (after == LBMS_AREA_NONE) ? 0u : (after + 1u);
    unsigned i;

    for (i = 0u; i < area->banks; i++) {
        const unsigned bank = (begin + i) % area->banks;

        if (area->state[bank] == state) {
            return (uint8_t)bank;
        }
    }
    return LBMS_AREA_NONE;
}

void lbms_area_failed(struct lbms_area *area, uint8_t bank)
{
    if (area->trouble < UINT16_MAX) {
        area->trouble++;
    }
    area->failures[bank]++;
    area->state[bank] = (area->failures[bank] < LBMS_AREA_PATIENCE) ? LBMS_BANK_DIRTY : LBMS_BANK_BAD;
    if (area->preparing == bank) {
        area->preparing = LBMS_AREA_NONE;
    }
}

int lbms_area_program(const struct lbms_area *area, uint32_t address, const uint8_t *slot, uint8_t *done)
{
    const struct lbms_flash *flash = area->flash;
    uint8_t written[LBMS_SLOT];

    if (flash->program(flash->ctx, address + *done, &slot[*done], flash->program_unit) != LBMS_OK) {
        *done = 0u;
        return LBMS_ERR_IO;
    }
    *done = (uint8_t)(*done + flash->program_unit);
    if (*done < LBMS_SLOT) {
        return LBMS_AGAIN;
    }
    *done = 0u;
    if ((flash->read(flash->ctx, address, written, sizeof(written)) != LBMS_OK) ||
        (memcmp(written, slot, sizeof(written)) != 0)) {
        return LBMS_ERR_IO; /* a stuck bit */
    }
    return LBMS_OK;
}

/* The count of the bank itself, or when that is lost the largest of all: wear is never told too small. */
static void begin_prepare(struct lbms_area *area, uint8_t bank)
{
    struct lbms_bank_header header;

    lbms_area_header(area, bank, &header);
    area->preparing = bank;
    area->state[bank] = LBMS_BANK_DIRTY;
    area->erased_blocks = 0u;
    area->checked = 0u;
    area->mark_done = 0u;
    area->erases = (header.erases > 0u) ? (header.erases + 1u) : area->erases_max;
    if (area->erases == 0u) {
        area->erases = 1u;
    }
    if (area->erases > LBMS_AREA_LABEL_MAX) {
        area->erases = LBMS_AREA_LABEL_MAX;
    }
    if (area->erases > area->erases_max) {
        area->erases_max = area->erases;
    }
}

static int erase_next(struct lbms_area *area)
{
    const unsigned block = ((unsigned)area->preparing * area->bank_blocks) + area->erased_blocks;

    area->erased_blocks++;
    return area->flash->erase(area->flash->ctx, (uint16_t)block);
}

static int check_next(struct lbms_area *area)
{
    const uint32_t address = bank_address(area, area->preparing) + area->checked;
    uint8_t piece[PIECE];

    area->checked += PIECE;
    if (area->flash->read(area->flash->ctx, address, piece, sizeof(piece)) != LBMS_OK) {
        return LBMS_ERR_IO;
    }
    return lbms_slot_blank(piece, sizeof(piece)) ? LBMS_OK : LBMS_ERR_IO;
}

/* LBMS_OK when the mark is complete. */
static int mark_next(struct lbms_area *area)
{
    uint8_t slot[LBMS_SLOT];

    lbms_slot_make_number(area, slot, SLOT_KEY_MARK, area->erases);
    return lbms_area_program(area, bank_address(area, area->preparing), slot, &area->mark_done);
}

int lbms_area_prepare(struct lbms_area *area, uint8_t bank, bool may_erase)
{
    int status;

    if (area->state[bank] == (uint8_t)LBMS_BANK_READY) {
        return LBMS_OK;
    }
    if (area->preparing != bank) {
        if (!may_erase) {
            return LBMS_ERR_STATE;
        }
        begin_prepare(area, bank);
    }
    if (area->erased_blocks < area->bank_blocks) {
        if (!may_erase) {
            return LBMS_ERR_STATE;
        }
        status = erase_next(area);
    } else if (area->checked < area->bank_size) {
        status = check_next(area);
    } else {
        status = mark_next(area);
        if (status == LBMS_OK) {
            area->state[bank] = LBMS_BANK_READY;
            area->preparing = LBMS_AREA_NONE;
            return LBMS_OK;
        }
    }
    if (status < 0) {
        lbms_area_failed(area, bank);
        return LBMS_ERR_IO;
    }
    return LBMS_AGAIN;
}
