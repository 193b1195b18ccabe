/**
 * @file
 * Communication ports of the pack and the frame of its CAN bus.
 */
#ifndef LOSUN_BMS_MODEL_PORTS_H
#define LOSUN_BMS_MODEL_PORTS_H

#include <stdint.h>

/** Ports, used as index and, as 1 << port, in masks. Serial ports come first. */
enum lbms_port {
    LBMS_PORT_RS232 = 0,    /**< upper computer */
    LBMS_PORT_RS485 = 1,    /**< host port: inverter or monitoring */
    LBMS_PORT_PARALLEL = 2, /**< RS485 between packs */
    LBMS_PORT_CAN = 3,      /**< inverter */
    LBMS_PORT_COUNT = 4
};

/** Number of serial ports; their indices are 0..LBMS_SERIAL_PORTS - 1. */
#define LBMS_SERIAL_PORTS 3u

/** Serial character formats. */
enum lbms_serial_format {
    LBMS_SERIAL_8N1 = 0,
    LBMS_SERIAL_8E1 = 1,
    LBMS_SERIAL_8O1 = 2,
    LBMS_SERIAL_8N2 = 3
};

/** What has come in on a serial port. Counters wrap. */
struct lbms_port_counters {
    uint16_t frames;    /**< whole, undamaged, and for this pack */
    uint16_t damaged;   /**< wrong checksum */
    uint16_t malformed; /**< broken off, or with characters or lengths that no frame has */
    uint16_t refused;   /**< for this pack, and answered with an error or not at all */
};

/** Set in lbms_can_frame.id for a frame with a 29-bit identifier. */
#define LBMS_CAN_EXTENDED UINT32_C(0x80000000)

/** One classic CAN data frame. */
struct lbms_can_frame {
    uint32_t id;    /**< 11-bit identifier, or 29-bit identifier with LBMS_CAN_EXTENDED */
    uint8_t length; /**< 0..8 */
    uint8_t data[8];
};

/** State of the CAN controller, result of can_state. */
enum lbms_can_state {
    LBMS_CAN_OK = 0,
    LBMS_CAN_WARNING = 1, /**< error passive */
    LBMS_CAN_BUS_OFF = 2,
    LBMS_CAN_ABSENT = 3 /**< the device has gone (host ports only) */
};

#endif
