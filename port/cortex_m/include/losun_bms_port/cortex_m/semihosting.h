/**
 * @file
 * Services of a debugger or emulator (Arm semihosting): command line, text, files, exit.
 *
 * For tests only: on a chip without a debugger the first call is a hard fault. Nothing of it is linked unless
 * called.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_SEMIHOSTING_H
#define LOSUN_BMS_PORT_CORTEX_M_SEMIHOSTING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Show a text on the host. @param text zero-terminated. Context: any. */
void lbms_semihosting_print(const char *text);

/** End the emulation. @param status exit status of the emulator, 0..255. Context: any; does not return. */
void lbms_semihosting_exit(int status);

/**
 * Command line of the program.
 *
 * @param text  receives the arguments, separated by spaces, zero-terminated; the first is the program's name
 * @param size  room, bytes
 * @return LBMS_OK; LBMS_ERR_UNSUPPORTED: none, text is ""
 * Context: any.
 */
int lbms_semihosting_arguments(char *text, size_t size);

/**
 * Open a file of the host for reading.
 *
 * @param path  zero-terminated
 * @return handle; negative: cannot be opened
 * Context: any.
 */
int lbms_semihosting_open(const char *path);

/**
 * Read from a file.
 *
 * @param handle  from lbms_semihosting_open()
 * @param data    room for size bytes
 * @param size    bytes wanted
 * @return bytes read; fewer than wanted: the end of the file
 * Context: any.
 */
size_t lbms_semihosting_read(int handle, void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
