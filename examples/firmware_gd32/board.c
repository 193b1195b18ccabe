/*
 * Wiring of a board with GD32F303RC or STM32F103RC, which have the same pins. An example: a vendor replaces
 * this table by his own. This generation of pins has no numbers of alternate functions: a serial interface
 * has fixed pins.
 */
#include "firmware_common/board.h"
#if defined(BOARD_STM32F103)
#include "losun_bms_port/stm32f1.h"
#else
#include "losun_bms_port/gd32f30x.h"
#endif

/* Bit numbers of enum lbms_key and enum lbms_light. */
enum { KEY_BUTTON = 0, KEY_MENU = 1, KEY_ENTER = 2, KEY_DOWN = 3, KEY_ESC = 4, KEY_WEAK_SWITCH = 5 };
enum { L1 = 0, L2 = 1, L3 = 2, L4 = 3, L5 = 4, L6 = 5, L_ALM = 6, L_RUN = 7, L_ON = 8 };

#define LOW  true  /* active low */
#define HIGH false /* active high */

/* clang-format off */
static const struct lbms_cm_pin pins[] = {
    /* role             index               port no. mode                    AF  active */
    /* RS232: UART4 (GD32: UART3) */
    {LBMS_CM_TX,        LBMS_PORT_RS232,    'C', 10, LBMS_CM_ALTERNATE_OUT,  0,  HIGH},
    {LBMS_CM_RX,        LBMS_PORT_RS232,    'C', 11, LBMS_CM_ALTERNATE_IN,   0,  HIGH},
    /* RS485 to the inverter: USART2 (GD32: USART1) */
    {LBMS_CM_TX,        LBMS_PORT_RS485,    'A', 2,  LBMS_CM_ALTERNATE_OUT,  0,  HIGH},
    {LBMS_CM_RX,        LBMS_PORT_RS485,    'A', 3,  LBMS_CM_ALTERNATE_IN,   0,  HIGH},
    {LBMS_CM_DE,        LBMS_PORT_RS485,    'A', 4,  LBMS_CM_OUTPUT,         0,  HIGH},
    /* RS485 between packs: USART3 (GD32: USART2) */
    {LBMS_CM_TX,        LBMS_PORT_PARALLEL, 'B', 10, LBMS_CM_ALTERNATE_OUT,  0,  HIGH},
    {LBMS_CM_RX,        LBMS_PORT_PARALLEL, 'B', 11, LBMS_CM_ALTERNATE_IN,   0,  HIGH},
    {LBMS_CM_DE,        LBMS_PORT_PARALLEL, 'B', 12, LBMS_CM_OUTPUT,         0,  HIGH},
    /* Keys and switches */
    {LBMS_CM_KEY,       KEY_BUTTON,         'C', 13, LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_KEY,       KEY_WEAK_SWITCH,    'C', 0,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_KEY,       KEY_MENU,           'C', 1,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_KEY,       KEY_ENTER,          'C', 2,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_KEY,       KEY_DOWN,           'C', 3,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_KEY,       KEY_ESC,            'C', 4,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_DIP,       0,                  'B', 0,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_DIP,       1,                  'B', 1,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_DIP,       2,                  'B', 2,  LBMS_CM_INPUT_UP,       0,  LOW},
    {LBMS_CM_DIP,       3,                  'B', 3,  LBMS_CM_INPUT_UP,       0,  LOW},
    /* Lights */
    {LBMS_CM_LIGHT,     L1,                 'C', 5,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L2,                 'C', 6,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L3,                 'C', 7,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L4,                 'C', 8,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L5,                 'C', 9,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L6,                 'A', 8,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L_ALM,              'B', 15, LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L_RUN,              'C', 12, LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_LIGHT,     L_ON,               'D', 2,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_BUZZER,    0,                  'B', 4,  LBMS_CM_OUTPUT,         0,  HIGH},
    /* Dry contacts and heater */
    {LBMS_CM_CONTACT,   0,                  'B', 5,  LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_CONTACT,   1,                  'B', 13, LBMS_CM_OUTPUT,         0,  HIGH},
    {LBMS_CM_HEATER,    0,                  'B', 14, LBMS_CM_OUTPUT,         0,  HIGH},
};
/* clang-format on */

#if defined(BOARD_STM32F103)
const struct lbms_cm_chip *const board_chip = &lbms_stm32f103;
#else
const struct lbms_cm_chip *const board_chip = &lbms_gd32f303;
#endif

const struct lbms_cm_board board_wiring = {
    .name = "example board GD32",
    .hse_hz = 8000000u,
    .crystal_us = 0u,
    .watchdog_ms = 4000u,
    .pins = pins,
    .pin_count = sizeof(pins) / sizeof(pins[0]),
    .serial =
        {
            [LBMS_PORT_RS232] = {4u, LBMS_SERIAL_8N1, 9600u},
            [LBMS_PORT_RS485] = {2u, LBMS_SERIAL_8N1, 9600u},
            [LBMS_PORT_PARALLEL] = {3u, LBMS_SERIAL_8N1, 9600u},
        },
    .hclk_hz = 0u,
};
