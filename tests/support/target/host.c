#include "support/target/host.h"

#include <stddef.h>

#include "losun_bms_port/cortex_m/semihosting.h"

#define DIGITS_MAX 21u

void *_sbrk(ptrdiff_t bytes);

void host_text(const char *text)
{
    lbms_semihosting_print(text);
}

void host_number(uint64_t value)
{
    char digits[DIGITS_MAX];
    size_t at = DIGITS_MAX - 1u;

    digits[at] = '\0';
    do {
        at--;
        digits[at] = (char)('0' + (char)(value % 10u));
        value /= 10u;
    } while (value > 0u);
    host_text(&digits[at]);
}

/* Memory for malloc() of the C library, which some tests use: what is left of RAM. */
extern uint8_t lbms_cm_heap_low[];
extern uint8_t lbms_cm_ram_end[];

void *_sbrk(ptrdiff_t bytes)
{
    static uint8_t *end = lbms_cm_heap_low;
    uint8_t *const block = end;

    if (bytes > (lbms_cm_ram_end - end)) {
        return (void *)-1;
    }
    end += bytes;
    return block;
}
