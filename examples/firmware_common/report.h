/**
 * @file
 * Lines on RS232, as long as nobody uses the port for PACE: facts about the start, then the state of the pack once a
 * second and when it changes. A request interrupts them, in the middle of a line if need be, and they come again a minute
 * after the last one.
 *
 *     t=62.300 mode=CHARGING closed=CD soc=50.31% pack=53.120V current=50.000A cell=3.320..3.320V
 *     temp=25.0..25.3C alarms=0x00000000 protections=0x00000000 faults=0x00000000
 *
 * (in one line). t is the time since the start in s; it wraps with the milliseconds, after 49 days. Nothing
 * here waits: what the port cannot take now is sent at the next call.
 */
#ifndef FIRMWARE_REPORT_H
#define FIRMWARE_REPORT_H

#include "losun_bms/run.h"
#include "losun_bms/run_link.h"

/**
 * Begin with the facts about this start.
 *
 * @param restored  as given to lbms_init()
 * @param status    result of lbms_init()
 * @param memory    result of lbms_keeper_open()
 * Context: main, once.
 */
void report_start(const struct lbms_restored *restored, int status, int memory);

/** Send what is due. @param bms prepared. @param link its ports. Context: main, after each lbms_run_link(). */
void report_run(const struct lbms *bms, const struct lbms_run_link *link);

#endif
