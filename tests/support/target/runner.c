/* Runs the tests of one file on the target, one after the other in one program, and ends the emulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "losun_bms_port/cortex_m/retained.h"
#include "losun_bms_port/cortex_m/semihosting.h"
#include "losun_bms_port/cortex_m/system.h"
#include "support/suite.h"
#include "support/target/host.h"

static jmp_buf back;

/*
 * ---- failed assertions
 * ---------------------------------------------------------------------------------------
 */

static void fail(const struct check_place *place)
{
    host_text(place->file);
    host_text(":");
    host_number((uint64_t)place->line);
    host_text(": ");
    host_text(place->text);
}

static void leave(void)
{
    host_text("\n");
    longjmp(back, 1);
}

void check_true(const struct check_place *place, bool good)
{
    if (!good) {
        fail(place);
        leave();
    }
}

/* A number as wide as its format says; on this target int, long and size_t are equally wide. */
static void print_number(char kind, int value)
{
    const bool negative = ((kind == 'd') || (kind == 'i')) && (value < 0);

    host_text(negative ? "-" : "");
    host_number(negative ? (0u - (unsigned)value) : (unsigned)value);
}

static void print_formatted(const char *format, va_list values)
{
    for (; *format != '\0'; format++) {
        char one[2] = {*format, '\0'};

        if (one[0] != '%') {
            host_text(one);
            continue;
        }
        do {
            format++;
        } while ((*format == 'l') || (*format == 'z') || ((*format >= '0') && (*format <= '9')));
        if (*format == 's') {
            host_text(va_arg(values, const char *));
        } else if (*format == 'c') {
            one[0] = (char)va_arg(values, int);
            host_text(one);
        } else {
            print_number(*format, va_arg(values, int));
        }
    }
}

void check_message(const struct check_place *place, bool good, const char *format, ...)
{
    if (!good) {
        va_list values;

        fail(place);
        host_text(": ");
        va_start(values, format);
        print_formatted(format, values);
        va_end(values);
        leave();
    }
}

void check_uint(const struct check_place *place, bool good, uint64_t left, uint64_t right)
{
    if (!good) {
        fail(place);
        host_text(": ");
        host_number(left);
        host_text(", ");
        host_number(right);
        leave();
    }
}

void check_int(const struct check_place *place, bool good, int64_t left, int64_t right)
{
    if (!good) {
        fail(place);
        host_text((left < 0) ? ": -" : ": ");
        host_number((left < 0) ? (0u - (uint64_t)left) : (uint64_t)left);
        host_text((right < 0) ? ", -" : ", ");
        host_number((right < 0) ? (0u - (uint64_t)right) : (uint64_t)right);
        leave();
    }
}

/* Millionths, as far as 64 bits hold them. */
static int64_t millionths(double value)
{
    const double most = 9e12;
    const double held = (value < -most) ? -most : ((value < most) ? value : most);

    return (int64_t)(held * 1e6);
}

void check_double(const struct check_place *place, bool good, double left, double right)
{
    check_int(place, good, millionths(left), millionths(right));
}

void check_str(const struct check_place *place, bool equal, const char *left, const char *right)
{
    if ((left == NULL) || (right == NULL) || ((strcmp(left, right) == 0) != equal)) {
        fail(place);
        host_text(": ");
        host_text((left != NULL) ? left : "NULL");
        host_text(", ");
        host_text((right != NULL) ? right : "NULL");
        leave();
    }
}

/*
 * ---- the tests
 * -----------------------------------------------------------------------------------------------
 */

/* A test that faulted has restarted the chip: tell it instead of beginning again. */
static void stop_after_crash(void)
{
    struct lbms_restored restored;

    (void)lbms_cm_restore(lbms_cm_retained(), 0u, &restored);
    if (restored.boot.reset_cause != LBMS_RESET_POWER_ON) {
        host_text("restarted, cause ");
        host_number(restored.boot.reset_cause);
        host_text(", exception ");
        host_number(restored.boot.crash.kind);
        host_text(", pc ");
        host_number(restored.boot.crash.pc);
        host_text("\n");
        lbms_semihosting_exit(EXIT_FAILURE);
    }
}

static bool passes(const TTest *test)
{
    if (setjmp(back) != 0) {
        host_text("  in ");
        host_text(test->name);
        host_text("\n");
        return false;
    }
    test->run();
    return true;
}

int suite_run(const char *name, const struct suite_case *cases, size_t count)
{
    volatile size_t passed = 0u;
    volatile size_t i;

    stop_after_crash();
    for (i = 0u; i < count; i++) {
        passed += passes(cases[i].test) ? 1u : 0u;
    }
    host_text(name);
    host_text(": ");
    host_number(passed);
    host_text(" of ");
    host_number(count);
    host_text(" passed, stack ");
    host_number(lbms_cm_stack_size() - lbms_cm_stack_unused());
    host_text(" bytes\n");
    lbms_semihosting_exit(((passed == count) && (count > 0u)) ? EXIT_SUCCESS : EXIT_FAILURE);
    return EXIT_FAILURE;
}
