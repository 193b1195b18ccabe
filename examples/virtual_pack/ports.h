/*
 * The ports of the pack: serial lines and CAN of the POSIX port behind the HAL of the simulated board, each with a
 * receive buffer like a UART's, so that bytes are counted and wake the pack whether or not the core reads them.
 */
#ifndef VIRTUAL_PACK_PORTS_H
#define VIRTUAL_PACK_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms_port/posix_can.h"
#include "losun_bms_port/posix_serial.h"
#include "plant/board.h"
#include "virtual_pack/answers.h"
#include "virtual_pack/journal.h"

#define PORTS_BUFFER_SIZE 512
#define PORTS_FRAMES      32
#define PORTS_LINE_SIZE   360

struct port_serial {
    bool fitted;
    struct lbms_posix_serial line;
    uint8_t buffer[PORTS_BUFFER_SIZE];
    size_t buffered;
    unsigned long bytes_in, bytes_out, overrun;
};

struct ports {
    struct port_serial serial[LBMS_SERIAL_PORTS];
    bool can_fitted, any_fitted;
    struct answers answers; /* when it has a file, RS232 answers from it instead of the pack */
    bool fresh;             /* the last ports_poll() has received something */
    struct lbms_posix_can can;
    struct lbms_can_frame frame[PORTS_FRAMES]; /* received and not yet read */
    size_t frames;
    unsigned long frames_overrun;
};

/* Nothing fitted. Fills board->hal and takes board->user. */
void ports_init(struct ports *ports, struct plant_board *board);

/* Open one; target as the POSIX port wants it. 0, or -1: ports_error() has one line. */
int ports_open_serial(struct ports *ports, struct plant_board *board, unsigned port, const char *target,
                      bool paced);
int ports_open_can(struct ports *ports, struct plant_board *board, const char *target);
const char *ports_serial_error(const struct ports *ports, unsigned port);
const char *ports_can_error(const struct ports *ports);

/* "rs232: /dev/pts/3 (link /tmp/x)". False when this port (enum lbms_port) is not fitted. */
bool ports_describe(const struct ports *ports, unsigned port, char text[PORTS_LINE_SIZE]);

/* "rs232", "rs485", "parallel", "can" */
const char *ports_name(unsigned port);

/* Take what has come; tell what was lost. At the beginning of every piece of simulated time. */
void ports_poll(struct ports *ports, struct plant_board *board, struct journal *journal);

/* File descriptors to wait on; at most LBMS_PORT_COUNT. @return how many */
size_t ports_descriptors(const struct ports *ports, int fd[LBMS_PORT_COUNT]);

void ports_close(struct ports *ports);

#endif
