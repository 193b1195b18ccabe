#include "losun_bms/battery/capacity.h"

#include <math.h>
#include <string.h>

#include "support/suite.h"

#define DESIGN_MAH 100000

/* A pack at a certain moment, full, at the start of its counters. */
static struct lbms_capacity_inputs full_at(uint32_t now_s)
{
    struct lbms_capacity_inputs in;

    memset(&in, 0, sizeof(in));
    in.now_s = now_s;
    in.soc_bp = 10000u;
    in.sd_bp = 100u;
    in.informed = true;
    in.offset_sd_ma = 30u;
    return in;
}

static struct lbms_capacity new_pack(void)
{
    struct lbms_capacity c;

    memset(&c, 0xEE, sizeof(c));
    lbms_capacity_init(&c, DESIGN_MAH, 0, 0, 0u);
    return c;
}

/* Another moment of the same pack: so much later, so much charge moved, with this SOC. */
static bool later(struct lbms_capacity *c, struct lbms_capacity_inputs *in, uint32_t s, int32_t moved_mah,
                  uint16_t soc_bp)
{
    in->now_s += s;
    in->moved_mas = (int32_t)((uint32_t)in->moved_mas + (uint32_t)(moved_mah * 3600));
    in->soc_bp = soc_bp;
    return lbms_capacity_step(c, in);
}

/* The measurement and the Kalman filter of the specification, in double precision. */
struct figures {
    double y, s_y; /* the measurement, Ah */
    double q, sd;  /* after it */
    bool refused;
};

static struct figures expected(double q, double sd, double dz, double dq, double s1, double s2, double sb_a,
                               double dt_h, double efc)
{
    struct figures f;
    double p, gain, step;

    f.y = dq / dz;
    f.s_y =
        sqrt(f.y * f.y * (s1 * s1 + s2 * s2) / (dz * dz) + pow(sb_a * dt_h / dz, 2.0) + pow(0.01 * f.y, 2.0));
    p = sd * sd + pow(0.0005 * DESIGN_MAH / 1000.0, 2.0) * efc;
    f.refused = fabs(f.y - q) > 4.0 * sqrt(p + f.s_y * f.s_y);
    gain = p / (p + f.s_y * f.s_y);
    step = gain * (f.y - q);
    f.sd = (fabs(step) > 0.04 * q) ? sqrt(p) : sqrt((1.0 - gain) * p);
    f.q = q + fmax(-0.04 * q, fmin(0.04 * q, step));
    return f;
}

START_TEST(a_virgin_pack_has_its_design_capacity)
{
    const struct lbms_capacity c = new_pack();

    ck_assert_int_eq(c.capacity_mah, 100000);
    ck_assert_int_eq(c.sd_mah, 5000);
    ck_assert_uint_eq(lbms_capacity_soh_bp(&c), 10000u);
}
END_TEST

START_TEST(stored_values_go_on_within_40_to_120_percent)
{
    struct lbms_capacity c;

    lbms_capacity_init(&c, DESIGN_MAH, 91234, 876, 12345u);
    ck_assert_int_eq(c.capacity_mah, 91234);
    ck_assert_int_eq(c.sd_mah, 876);
    ck_assert_uint_eq(lbms_capacity_soh_bp(&c), 9123u);
    lbms_capacity_init(&c, DESIGN_MAH, 39999, 876, 0u);
    ck_assert_int_eq(c.capacity_mah, 40000);
    lbms_capacity_init(&c, DESIGN_MAH, 120001, 876, 0u);
    ck_assert_int_eq(c.capacity_mah, 120000);
    ck_assert_uint_eq(lbms_capacity_soh_bp(&c), 10000u);
    lbms_capacity_init(&c, DESIGN_MAH, 90000, 0, 0u); /* a capacity without its deviation */
    ck_assert_int_eq(c.sd_mah, 5000);
}
END_TEST

static void expect_like(int32_t moved_mah, uint16_t soc_bp, uint16_t sd_bp, uint16_t offset_sd_ma, uint32_t s,
                        uint32_t efc_centi)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(1000u);
    struct figures f;

    in.offset_sd_ma = offset_sd_ma;
    ck_assert(!lbms_capacity_step(&c, &in));
    in.sd_bp = sd_bp;
    in.efc_centi = efc_centi;
    f = expected(100.0, 5.0, (soc_bp - 10000) / 10000.0, moved_mah / 1000.0, 0.01, sd_bp / 10000.0,
                 offset_sd_ma / 1000.0, s / 3600.0, efc_centi / 100.0);
    ck_assert(later(&c, &in, s, moved_mah, soc_bp) == !f.refused);
    if (!f.refused) {
        ck_assert_double_eq_tol((double)c.capacity_mah, 1000.0 * f.q, 3.0);
        ck_assert_double_eq_tol((double)c.sd_mah, 1000.0 * f.sd, 3.0);
    } else {
        ck_assert_int_eq(c.capacity_mah, 100000);
    }
}

START_TEST(a_measurement_is_weighed_by_its_variance)
{
    expect_like(-79000, 2000u, 100u, 30u, 36000u, 0u);     /* 98.75 Ah */
    expect_like(-81000, 2000u, 50u, 0u, 36000u, 0u);       /* 101.25 Ah */
    expect_like(-39600, 6000u, 150u, 30u, 86400u, 50u);    /* a short swing says less */
    expect_like(-79000, 2000u, 100u, 200u, 86400u, 0u);    /* nor does one with an unknown offset */
    expect_like(-79000, 2000u, 100u, 30u, 36000u, 50000u); /* the longer ago, the less the old value counts */
    expect_like(-98000, 0u, 0u, 0u, 36000u, 0u);
}
END_TEST

START_TEST(only_the_cycles_since_the_last_measurement_add_doubt)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);
    struct figures f;

    in.offset_sd_ma = 0u;
    lbms_capacity_step(&c, &in);
    in.efc_centi = 90000u;
    ck_assert(later(&c, &in, 36000u, -79000, 2000u));
    f = expected(100.0, 5.0, -0.8, -79.0, 0.01, 0.01, 0.0, 10.0, 900.0);
    in.efc_centi = 100000u;
    ck_assert(later(&c, &in, 36000u, 81000, 10000u));
    f = expected(f.q, f.sd, 0.8, 81.0, 0.01, 0.01, 0.0, 10.0, 100.0);
    ck_assert_double_eq_tol((double)c.capacity_mah, 1000.0 * f.q, 5.0);
    ck_assert_double_eq_tol((double)c.sd_mah, 1000.0 * f.sd, 5.0);
}
END_TEST

START_TEST(a_measurement_moves_the_capacity_by_4_percent_at_most)
{
    expect_like(-72000, 2000u, 100u, 30u, 36000u, 0u); /* 90 Ah: to 96 Ah, and no surer than before */
    expect_like(-86000, 2000u, 100u, 30u, 36000u, 0u); /* 107.5 Ah */
}
END_TEST

START_TEST(a_measurement_beyond_4_sigma_is_refused)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);
    const double sigma = sqrt(5.0 * 5.0 + 2.0 * pow(80.0 * 0.01 / 0.8, 2.0) + 0.8 * 0.8 + 0.0); /* of 80 Ah */

    ck_assert_double_gt(20.0, 3.8 * sigma); /* the case below lies just inside, the one after outside */
    in.offset_sd_ma = 0u;
    lbms_capacity_step(&c, &in);
    ck_assert(later(&c, &in, 3600u, -64000, 2000u)); /* 80 Ah */
    ck_assert_int_eq(c.capacity_mah, 96000);

    c = new_pack();
    in = full_at(0u);
    in.offset_sd_ma = 0u;
    lbms_capacity_step(&c, &in);
    ck_assert(!later(&c, &in, 3600u, -62000, 2000u)); /* 77.5 Ah */
    ck_assert_int_eq(c.capacity_mah, 100000);
    expect_like(-64000, 2000u, 100u, 0u, 3600u, 0u);
    expect_like(-62000, 2000u, 100u, 0u, 3600u, 0u);
    expect_like(64000, 2000u, 100u, 0u, 3600u, 0u); /* charge in the wrong direction */
}
END_TEST

START_TEST(three_refusals_in_a_row_make_the_old_value_uncertain)
{
    struct lbms_capacity c;
    struct lbms_capacity_inputs in = full_at(0u);
    unsigned i;

    lbms_capacity_init(&c, DESIGN_MAH, 100000, 300, 0u); /* well known, but the cells were exchanged: 88 Ah */
    in.offset_sd_ma = 0u;
    lbms_capacity_step(&c, &in);
    for (i = 1u; i <= 2u; i++) {
        ck_assert(!later(&c, &in, 3600u, (i % 2u == 1u) ? -70400 : 70400, (i % 2u == 1u) ? 2000u : 10000u));
        ck_assert_int_eq(c.sd_mah, 300);
    }
    ck_assert(!later(&c, &in, 3600u, -70400, 2000u));
    ck_assert_int_eq(c.sd_mah, 5000);
    for (i = 0u; i < 10u; i++) {
        ck_assert(later(&c, &in, 3600u, (i % 2u == 0u) ? 70400 : -70400, (i % 2u == 0u) ? 10000u : 2000u));
    }
    ck_assert_double_eq_tol((double)c.capacity_mah, 88000.0, 1500.0);
}
END_TEST

START_TEST(a_good_measurement_between_two_bad_ones_clears_the_count)
{
    struct lbms_capacity c;
    struct lbms_capacity_inputs in = full_at(0u);

    lbms_capacity_init(&c, DESIGN_MAH, 100000, 300, 0u);
    lbms_capacity_step(&c, &in);
    ck_assert(!later(&c, &in, 3600u, -60000, 2000u));
    ck_assert(!later(&c, &in, 3600u, 60000, 10000u));
    ck_assert(later(&c, &in, 3600u, -80000, 2000u));
    ck_assert(!later(&c, &in, 3600u, 60000, 10000u));
    ck_assert(!later(&c, &in, 3600u, -60000, 2000u));
    ck_assert_int_lt(c.sd_mah, 400);
}
END_TEST

START_TEST(a_swing_of_40_percent_is_needed)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);

    lbms_capacity_step(&c, &in);
    in.sd_bp = 101u; /* not a better older end */
    in.offset_sd_ma = 0u;
    ck_assert(!later(&c, &in, 3600u, -39990, 6001u));
    ck_assert(later(&c, &in, 36u, -10, 6000u));
    in.sd_bp = 102u;
    in.soc_bp = 2001u; /* the older end is that last moment */
    ck_assert(!lbms_capacity_step(&c, &in));
    ck_assert(later(&c, &in, 3600u, -40000, 2000u));
}
END_TEST

START_TEST(a_charge_measures_as_a_discharge_does)
{
    struct lbms_capacity down = new_pack();
    struct lbms_capacity up = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);

    lbms_capacity_step(&down, &in);
    ck_assert(later(&down, &in, 36000u, -78800, 2000u));
    in = full_at(0u);
    in.soc_bp = 2000u;
    lbms_capacity_step(&up, &in);
    ck_assert(later(&up, &in, 36000u, 78800, 10000u));
    ck_assert_int_eq(up.capacity_mah, down.capacity_mah);
    ck_assert_int_lt(up.capacity_mah, 100000);
}
END_TEST

START_TEST(only_certain_and_informed_moments_count)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);

    lbms_capacity_step(&c, &in);
    in.sd_bp = 151u;
    ck_assert(!later(&c, &in, 3600u, -79000, 2000u));
    in.sd_bp = 150u;
    in.informed = false; /* a SOC that has only been counted */
    ck_assert(!lbms_capacity_step(&c, &in));
    in.informed = true;
    ck_assert(lbms_capacity_step(&c, &in));
}
END_TEST

START_TEST(the_older_end_is_renewed_when_the_drift_has_made_it_worse)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);

    in.offset_sd_ma = 100u;
    lbms_capacity_step(&c, &in);
    in.sd_bp = 120u;
    /* 1.0 % then and 1.2 % now: equal after sqrt(1.44 - 1) = 0.663 % of drift, 6.63 h at 100 mA */
    later(&c, &in, 23400u, 0, 9999u);
    ck_assert_uint_eq(c.point.soc_bp, 10000u);
    later(&c, &in, 720u, 0, 9998u);
    ck_assert_uint_eq(c.point.soc_bp, 9998u);
    ck_assert_uint_eq(c.point.sd_bp, 120u);
    in.sd_bp = 119u; /* a surer one at once */
    later(&c, &in, 1u, 0, 9997u);
    ck_assert_uint_eq(c.point.soc_bp, 9997u);
}
END_TEST

START_TEST(the_count_of_charge_and_the_time_may_wrap)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity plain = new_pack();
    struct lbms_capacity_inputs in = full_at(UINT32_MAX - 10u);

    in.moved_mas = INT32_MIN + 1000;
    lbms_capacity_step(&c, &in);
    ck_assert(later(&c, &in, 36000u, -79000, 2000u));
    ck_assert_int_gt(in.moved_mas, 0);
    in = full_at(0u);
    lbms_capacity_step(&plain, &in);
    ck_assert(later(&plain, &in, 36000u, -79000, 2000u));
    ck_assert_int_eq(c.capacity_mah, plain.capacity_mah);
    ck_assert_int_eq(c.sd_mah, plain.sd_mah);
}
END_TEST

START_TEST(an_aged_pack_is_learned_in_a_week_of_full_swings)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);
    uint32_t state = 20250201u;
    unsigned day;

    lbms_capacity_step(&c, &in);
    for (day = 0u; day < 7u; day++) { /* 85 Ah; the SOC at the lower end wrong by up to 1.5 % */
        const int32_t wrong_bp = (int32_t)((state = state * 1664525u + 1013904223u) >> 8) % 151;
        const uint16_t low_bp = (uint16_t)(1000 + ((day % 2u == 0u) ? wrong_bp : -wrong_bp));

        later(&c, &in, 43200u, -76500, low_bp);
        in.efc_centi += 90u;
        later(&c, &in, 43200u, 76500, 10000u);
    }
    ck_assert_double_eq_tol((double)c.capacity_mah, 85000.0, 0.02 * 85000.0);
    ck_assert_uint_eq(lbms_capacity_soh_bp(&c), (uint16_t)((c.capacity_mah + 5) / 10));
}
END_TEST

START_TEST(a_capacity_stays_within_its_limits)
{
    struct lbms_capacity c;
    struct lbms_capacity_inputs in = full_at(0u);
    unsigned i;

    lbms_capacity_init(&c, DESIGN_MAH, 41000, 5000, 0u);
    lbms_capacity_step(&c, &in);
    for (i = 0u; i < 20u; i++) { /* 38 Ah */
        c.sd_mah = 5000;
        later(&c, &in, 3600u, (i % 2u == 0u) ? -30400 : 30400, (i % 2u == 0u) ? 2000u : 10000u);
    }
    ck_assert_int_eq(c.capacity_mah, 40000);
}
END_TEST

START_TEST(an_offset_of_which_nothing_is_known_for_years_says_nothing)
{
    struct lbms_capacity c = new_pack();
    struct lbms_capacity_inputs in = full_at(0u);

    in.offset_sd_ma = UINT16_MAX;
    lbms_capacity_step(&c, &in);
    in.sd_bp = 150u;
    c.point.sd_bp = 0u;
    c.point.at_s = 0u;
    later(&c, &in, INT32_MAX, -40000, 2000u);
    ck_assert_int_eq(c.capacity_mah, 100000);
    ck_assert_int_eq(c.sd_mah, 5000);
    in.sd_bp = 0u;
    c.point.sd_bp = 0u;
    later(&c, &in, UINT32_MAX, 76000, 10000u); /* 136 years are not -1 s */
    ck_assert_int_eq(c.capacity_mah, 100000);
    ck_assert_int_eq(c.sd_mah, 5000);
}
END_TEST

START_TEST(what_the_voltages_speak_for_is_followed_from_1_percent_on)
{
    struct lbms_capacity c = new_pack();

    ck_assert(!lbms_capacity_follow(&c, 0u)); /* an estimator that does not know */
    ck_assert(!lbms_capacity_follow(&c, 991u));
    ck_assert(!lbms_capacity_follow(&c, 1009u));
    ck_assert_int_eq(c.capacity_mah, 100000);
    ck_assert(lbms_capacity_follow(&c, 990u));
    ck_assert_int_eq(c.capacity_mah, 99000);
    ck_assert(lbms_capacity_follow(&c, 1010u));
    ck_assert_int_eq(c.capacity_mah, 99990);
    ck_assert_int_eq(c.sd_mah, 5000);
}
END_TEST

START_TEST(nothing_is_followed_beyond_105_percent_of_the_design)
{
    struct lbms_capacity c = new_pack();

    ck_assert(lbms_capacity_follow(&c, 1049u));
    ck_assert(lbms_capacity_follow(&c, 1049u));
    ck_assert_int_eq(c.capacity_mah, 105000);
    ck_assert(!lbms_capacity_follow(&c, 1100u));
    ck_assert_int_eq(c.capacity_mah, 105000);
    lbms_capacity_init(&c, DESIGN_MAH, 110000, 500, 0u); /* certain moments have told so */
    ck_assert(!lbms_capacity_follow(&c, 1100u));
    ck_assert_int_eq(c.capacity_mah, 110000);
    ck_assert(lbms_capacity_follow(&c, 980u));
    ck_assert_int_eq(c.capacity_mah, 107800);
    lbms_capacity_init(&c, DESIGN_MAH, 41000, 500, 0u);
    ck_assert(lbms_capacity_follow(&c, 800u));
    ck_assert_int_eq(c.capacity_mah, 40000);
}
END_TEST

START_TEST(resistance_is_told_relative_to_the_new_pack)
{
    ck_assert_uint_eq(lbms_capacity_resistance_permille(1000u, 0u), 1000u);
    ck_assert_uint_eq(lbms_capacity_resistance_permille(1400u, 0u), 1400u);
    ck_assert_uint_eq(lbms_capacity_resistance_permille(1400u, 1120u), 1250u);
    ck_assert_uint_eq(lbms_capacity_resistance_permille(900u, 1200u), 750u);
    ck_assert_uint_eq(lbms_capacity_resistance_permille(UINT16_MAX, 1u), 9999u);
}
END_TEST

SUITE("battery/capacity", CASE("R-TECH-14", a_virgin_pack_has_its_design_capacity),
      CASE("R-PRM-03", stored_values_go_on_within_40_to_120_percent),
      CASE("", a_measurement_is_weighed_by_its_variance),
      CASE("", only_the_cycles_since_the_last_measurement_add_doubt),
      CASE("", a_measurement_moves_the_capacity_by_4_percent_at_most),
      CASE("", a_measurement_beyond_4_sigma_is_refused),
      CASE("", three_refusals_in_a_row_make_the_old_value_uncertain),
      CASE("", a_good_measurement_between_two_bad_ones_clears_the_count),
      CASE("", a_swing_of_40_percent_is_needed), CASE("", a_charge_measures_as_a_discharge_does),
      CASE("", only_certain_and_informed_moments_count),
      CASE("", the_older_end_is_renewed_when_the_drift_has_made_it_worse),
      CASE("", the_count_of_charge_and_the_time_may_wrap),
      CASE("R-TECH-14", an_aged_pack_is_learned_in_a_week_of_full_swings),
      CASE("", a_capacity_stays_within_its_limits),
      CASE("", an_offset_of_which_nothing_is_known_for_years_says_nothing),
      CASE("R-TECH-14", what_the_voltages_speak_for_is_followed_from_1_percent_on),
      CASE("", nothing_is_followed_beyond_105_percent_of_the_design),
      CASE("R-TECH-14", resistance_is_told_relative_to_the_new_pack))
