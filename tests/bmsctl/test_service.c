/* bmsctl against the virtual pack over a pseudo-terminal: production and service. */
#include <string.h>

#include "rig.h"
#include "support/suite.h"

START_TEST(service_work_needs_the_code_and_is_recorded)
{
    start("");
    pause_ms(9000); /* awake */
    ck_assert_int_eq(ctl("calibrate zero"), 1);
    ck_assert(says("RTN 09H") && says("--code"));
    ck_assert_int_eq(ctl("-c geheim calibrate zero"), 0);
    ck_assert_int_eq(ctl("calibrate pack 10"), 1); /* the level is still open, but 10 V is impossible */
    ck_assert_int_eq(ctl("calibrate charge 20"), 1);
    ck_assert_int_eq(ctl("calibrate pack"), 2);
    ck_assert_int_eq(ctl("calibrate charge 4.9"), 2);
    ck_assert_int_eq(ctl("calibrate everything"), 2);
    ck_assert_int_eq(ctl("capacity set 40 96.5 100 --csv"), 0);
    ck_assert(says("remaining,40.0") && says("full,96.50,Ah") && says("design,100.00,Ah"));
    ck_assert_int_eq(ctl("capacity set 97 96.5 100"), 1);
    ck_assert_int_eq(ctl("capacity set 97 96.5"), 2);
    ck_assert_int_eq(ctl("cycles set 77"), 0);
    ck_assert_int_eq(ctl("cycles set 65536"), 2);
    ck_assert_int_eq(ctl("serial board 123456789012345678901"), 2);
    ck_assert_int_eq(ctl("serial pack 'ABC 42'"), 0);
    ck_assert_int_eq(ctl("serial pack XYZ"), 1); /* once only */
    ck_assert_int_eq(ctl("info"), 0);
    ck_assert(says("ABC 42"));
    ck_assert_int_eq(ctl("health --csv"), 0);
    ck_assert(says("cycles,77"));
    ck_assert_int_eq(ctl("clear faults"), 0);
    ck_assert_int_eq(ctl("history --csv"), 0);
    ck_assert(says("calibrated: zero of the current") && says("capacities set: 40.00 of 96.50 Ah remain") &&
              says("cycle count set to 77") && says("serial number of the pack written"));
    ck_assert_int_eq(ctl("clear history"), 1); /* nobody has said yes */
    ck_assert_int_eq(ctl("--yes clear history"), 0);
    ck_assert_int_eq(ctl("history"), 0);
    ck_assert(says("the records before this one were cleared"));
    ck_assert_ptr_null(strstr(out, "started"));
    ck_assert_int_eq(ctl("clear everything"), 2);
    ck_assert_int_eq(ctl("access close"), 0);
    ck_assert_int_eq(ctl("cycles set 78"), 1);
    stop();
}
END_TEST

SUITE("bmsctl/service", CASE("R-PROT-10", service_work_needs_the_code_and_is_recorded))
