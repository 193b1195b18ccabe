/* The serial port on registers in memory: what the interrupt does with them. */
#include "losun_bms_port/cortex_m/usart.h"

#include "losun_bms/model/ports.h"
#include "rig.h"
#include "support/suite.h"

#define PCLK_HZ 42000000u
#define SR_IDLE (LBMS_CM_USART_SR_TXE | LBMS_CM_USART_SR_TC)

static struct lbms_cm_usart usart;
static bool event;
static const struct lbms_cm_pin de_pin = {LBMS_CM_DE, LBMS_PORT_RS485, 'B', 5u, LBMS_CM_OUTPUT, 0u, false};

static struct lbms_cm_usart_regs *regs(void)
{
    return &rig.usart_regs[0];
}

static void start(const struct lbms_cm_pin *de)
{
    rig_reset();
    event = false;
    lbms_cm_usart_init(&usart, &rig.places[0], PCLK_HZ, &rig.chip.gpio, de, &event);
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 9600u, LBMS_SERIAL_8N1), LBMS_OK);
}

/* One byte or error arrives. */
static void arrive(uint32_t flags, uint8_t byte)
{
    regs()->SR = SR_IDLE | flags;
    regs()->DR = byte;
    lbms_cm_usart_interrupt(&usart);
    regs()->SR = SR_IDLE;
}

START_TEST(baud_rates_are_rounded_to_the_nearest_and_refused_beyond_2_percent)
{
    uint32_t brr = 0u;

    ck_assert_int_eq(lbms_cm_usart_brr(42000000u, 9600u, &brr), LBMS_OK);
    ck_assert_uint_eq(brr, 4375u);
    ck_assert_int_eq(lbms_cm_usart_brr(8000000u, 115200u, &brr), LBMS_OK);
    ck_assert_uint_eq(brr, 69u); /* 69.44 */
    ck_assert_int_eq(lbms_cm_usart_brr(8000000u, 500000u, &brr), LBMS_OK);
    ck_assert_uint_eq(brr, 16u);
    ck_assert_int_eq(lbms_cm_usart_brr(8000000u, 460800u, &brr), LBMS_ERR_RANGE); /* 17: 2.1 % off */
    ck_assert_int_eq(lbms_cm_usart_brr(8000000u, 500001u, &brr), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_cm_usart_brr(8000000u, 484000u, &brr), LBMS_ERR_RANGE); /* 16.53: 3 % off */
    ck_assert_int_eq(lbms_cm_usart_brr(42000000u, 600u, &brr), LBMS_ERR_RANGE);   /* 70000 */
    ck_assert_int_eq(lbms_cm_usart_brr(42000000u, 0u, &brr), LBMS_ERR_RANGE);
}
END_TEST

START_TEST(the_formats_are_those_of_the_registers)
{
    start(NULL);
    ck_assert_uint_eq(rig.usart_enable[0], 1u << 4);
    ck_assert_uint_eq(regs()->BRR, 4375u);
    ck_assert_uint_eq(regs()->CR1, 0x202Cu); /* UE, RXNEIE, TE, RE */
    ck_assert_uint_eq(regs()->CR2, 0u);
    ck_assert_uint_eq(rig.enabled[37], 1u);
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 19200u, LBMS_SERIAL_8E1), LBMS_OK);
    ck_assert_uint_eq(regs()->CR1, 0x342Cu); /* M, PCE */
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 19200u, LBMS_SERIAL_8O1), LBMS_OK);
    ck_assert_uint_eq(regs()->CR1, 0x362Cu); /* M, PCE, PS */
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 19200u, LBMS_SERIAL_8N2), LBMS_OK);
    ck_assert_uint_eq(regs()->CR2, 0x2000u);
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 19200u, 4u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 1u, LBMS_SERIAL_8N1), LBMS_ERR_RANGE);
    ck_assert_uint_eq(regs()->CR2, 0x2000u); /* nothing changed */
}
END_TEST

START_TEST(received_bytes_come_in_order_and_raise_the_event)
{
    uint8_t data[8];

    start(NULL);
    lbms_cm_usart_interrupt(&usart); /* nothing there */
    ck_assert(!event);
    arrive(LBMS_CM_USART_SR_RXNE, 0x7Eu);
    arrive(LBMS_CM_USART_SR_RXNE, 0x32u);
    ck_assert(event);
    ck_assert_uint_eq(lbms_cm_usart_read(&usart, data, sizeof(data)), 2u);
    ck_assert_uint_eq(data[0], 0x7Eu);
    ck_assert_uint_eq(data[1], 0x32u);
    ck_assert_uint_eq(lbms_cm_usart_read(&usart, data, sizeof(data)), 0u);
}
END_TEST

START_TEST(damaged_bytes_are_dropped_and_an_overrun_keeps_the_byte_that_is_there)
{
    uint8_t data[8];

    start(NULL);
    arrive(LBMS_CM_USART_SR_RXNE | LBMS_CM_USART_SR_FE, 1u);
    arrive(LBMS_CM_USART_SR_RXNE | LBMS_CM_USART_SR_PE, 2u);
    arrive(LBMS_CM_USART_SR_RXNE | LBMS_CM_USART_SR_NE, 3u);
    arrive(LBMS_CM_USART_SR_RXNE | LBMS_CM_USART_SR_ORE, 4u);
    arrive(LBMS_CM_USART_SR_ORE, 5u); /* the byte was read before the flag came */
    ck_assert_uint_eq(usart.errors.line, 3u);
    ck_assert_uint_eq(usart.errors.overrun, 2u);
    ck_assert_uint_eq(lbms_cm_usart_read(&usart, data, sizeof(data)), 1u);
    ck_assert_uint_eq(data[0], 4u);
}
END_TEST

START_TEST(a_full_receive_ring_loses_the_newest_and_counts)
{
    unsigned i;

    start(NULL);
    for (i = 0u; i < LBMS_CM_USART_RX_SIZE + 3u; i++) {
        arrive(LBMS_CM_USART_SR_RXNE, (uint8_t)i);
    }
    ck_assert_uint_eq(usart.rx.lost, 3u);
}
END_TEST

/* A chip has TXE set for one byte at a time. */
START_TEST(one_interrupt_sends_one_byte_on_a_chip)
{
    const uint8_t data[2] = {0xA1u, 0xB2u};

    start(NULL);
    ck_assert_uint_eq(lbms_cm_usart_write(&usart, data, 2u), 2u);
    ck_assert_uint_eq(rig.triggered[37], 1u);
    ck_assert((regs()->CR1 & LBMS_CM_USART_CR1_TXEIE) != 0u);
    regs()->SR = 0u; /* the transmitter is busy: nothing is written to it */
    regs()->DR = 0xFFu;
    lbms_cm_usart_interrupt(&usart);
    ck_assert_uint_eq(regs()->DR, 0xFFu);
    ck_assert_uint_eq(lbms_ring_used(&usart.tx), 2u);
}
END_TEST

/* Memory has TXE set always, as the emulator. */
START_TEST(the_driver_is_on_from_the_first_byte_until_the_last_stop_bit)
{
    const uint8_t data[3] = {1u, 2u, 3u};

    start(&de_pin);
    ck_assert(lbms_cm_usart_idle(&usart));
    ck_assert_uint_eq(lbms_cm_usart_write(&usart, data, 3u), 3u);
    ck_assert_uint_eq(rig.gpio[1].BSRR, 1u << 5);
    ck_assert(!lbms_cm_usart_idle(&usart));
    regs()->SR = LBMS_CM_USART_SR_TXE; /* the last byte is on its way */
    lbms_cm_usart_interrupt(&usart);
    ck_assert_uint_eq(regs()->DR, 3u);
    ck_assert((regs()->CR1 & LBMS_CM_USART_CR1_TXEIE) == 0u);
    ck_assert((regs()->CR1 & LBMS_CM_USART_CR1_TCIE) != 0u);
    ck_assert_uint_eq(rig.gpio[1].BSRR, 1u << 5);
    ck_assert(!lbms_cm_usart_idle(&usart));
    regs()->SR = SR_IDLE;
    lbms_cm_usart_interrupt(&usart);
    ck_assert_uint_eq(rig.gpio[1].BSRR, 1u << 21);
    ck_assert((regs()->CR1 & LBMS_CM_USART_CR1_TCIE) == 0u);
    ck_assert(lbms_cm_usart_idle(&usart));
}
END_TEST

START_TEST(more_to_send_before_the_last_stop_bit_keeps_the_driver_on)
{
    const uint8_t byte = 9u;

    start(&de_pin);
    (void)lbms_cm_usart_write(&usart, &byte, 1u);
    regs()->SR = LBMS_CM_USART_SR_TXE;
    lbms_cm_usart_interrupt(&usart);
    (void)lbms_cm_usart_write(&usart, &byte, 1u);
    ck_assert((regs()->CR1 & LBMS_CM_USART_CR1_TCIE) == 0u);
    ck_assert_uint_eq(rig.gpio[1].BSRR, 1u << 5);
}
END_TEST

START_TEST(a_write_takes_what_there_is_room_for)
{
    static const uint8_t data[LBMS_CM_USART_TX_SIZE + 10u];

    start(NULL);
    ck_assert_uint_eq(lbms_cm_usart_write(&usart, data, sizeof(data)), LBMS_CM_USART_TX_SIZE);
    ck_assert_uint_eq(lbms_cm_usart_write(&usart, data, 1u), 0u);
}
END_TEST

START_TEST(speed_and_format_wait_for_the_end_of_a_transmission)
{
    const uint8_t byte = 9u;

    start(NULL);
    (void)lbms_cm_usart_write(&usart, &byte, 1u);
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 115200u, LBMS_SERIAL_8N1), LBMS_ERR_STATE);
    lbms_cm_usart_interrupt(&usart);
    ck_assert_int_eq(lbms_cm_usart_setup(&usart, 115200u, LBMS_SERIAL_8N1), LBMS_OK);
}
END_TEST

START_TEST(a_dead_transmitter_does_not_hold_the_bus)
{
    const uint8_t data[2] = {1u, 2u};

    start(&de_pin);
    lbms_cm_usart_watch(&usart, 1000u);
    regs()->SR = 0u; /* never empty */
    (void)lbms_cm_usart_write(&usart, data, 2u);
    lbms_cm_usart_watch(&usart, 5000u); /* first look since the write: the time begins */
    lbms_cm_usart_watch(&usart, 5015u);
    ck_assert_uint_eq(rig.gpio[1].BSRR, 1u << 5);
    lbms_cm_usart_watch(&usart, 5016u); /* 10 ms and 48 bits at 9600 */
    ck_assert_uint_eq(rig.gpio[1].BSRR, 1u << 21);
    ck_assert_uint_eq(usart.errors.stalled, 1u);
    ck_assert(lbms_cm_usart_idle(&usart));
    ck_assert((regs()->CR1 & (LBMS_CM_USART_CR1_TXEIE | LBMS_CM_USART_CR1_TCIE)) == 0u);
}
END_TEST

START_TEST(a_last_stop_bit_that_is_never_reported_does_not_hold_the_bus)
{
    const uint8_t byte = 9u;

    start(&de_pin);
    (void)lbms_cm_usart_write(&usart, &byte, 1u);
    regs()->SR = LBMS_CM_USART_SR_TXE;
    lbms_cm_usart_interrupt(&usart);
    lbms_cm_usart_watch(&usart, 100u);
    lbms_cm_usart_watch(&usart, 200u);
    ck_assert_uint_eq(rig.gpio[1].BSRR, 1u << 21);
    ck_assert_uint_eq(usart.errors.stalled, 1u);
}
END_TEST

START_TEST(a_long_transmission_that_goes_on_is_not_given_up)
{
    static const uint8_t data[100];
    uint32_t now_ms;

    start(&de_pin);
    (void)lbms_cm_usart_write(&usart, data, sizeof(data));
    for (now_ms = 0u; now_ms < 1000u; now_ms += 10u) {
        uint8_t byte;

        ck_assert(lbms_ring_get(&usart.tx, &byte));
        lbms_cm_usart_watch(&usart, now_ms);
    }
    ck_assert_uint_eq(usart.errors.stalled, 0u);
}
END_TEST

START_TEST(an_interrupt_of_an_unused_interface_does_nothing)
{
    lbms_cm_usart_interrupt(NULL);
}
END_TEST

SUITE("cortex_m/usart", CASE("", baud_rates_are_rounded_to_the_nearest_and_refused_beyond_2_percent),
      CASE("", the_formats_are_those_of_the_registers),
      CASE("", received_bytes_come_in_order_and_raise_the_event),
      CASE("", damaged_bytes_are_dropped_and_an_overrun_keeps_the_byte_that_is_there),
      CASE("", a_full_receive_ring_loses_the_newest_and_counts),
      CASE("", one_interrupt_sends_one_byte_on_a_chip),
      CASE("", the_driver_is_on_from_the_first_byte_until_the_last_stop_bit),
      CASE("", more_to_send_before_the_last_stop_bit_keeps_the_driver_on),
      CASE("", a_write_takes_what_there_is_room_for),
      CASE("", speed_and_format_wait_for_the_end_of_a_transmission),
      CASE("", a_dead_transmitter_does_not_hold_the_bus),
      CASE("", a_last_stop_bit_that_is_never_reported_does_not_hold_the_bus),
      CASE("", a_long_transmission_that_goes_on_is_not_given_up),
      CASE("", an_interrupt_of_an_unused_interface_does_nothing))
