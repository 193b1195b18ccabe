/* Text to the host that runs the emulator. */
#ifndef LBMS_TESTS_TARGET_HOST_H
#define LBMS_TESTS_TARGET_HOST_H

#include <stdint.h>

void host_text(const char *text);
void host_number(uint64_t value);

#endif
