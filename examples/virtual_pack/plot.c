#include "virtual_pack/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"

#define BARS_MAX      16u
#define WORD_BITS     32u
#define CELL_SHARE    "0.0625" /* of the pack voltage */
#define DAY_S         86400.0
#define HOUR_S        3600.0
#define MINUTE_S      60.0
#define MARGIN_TOP    0.955
#define MARGIN_BOTTOM 0.055

/* One bar of the lowest panel: a condition over time. */
struct bar {
    const char *kind, *name; /* kind "" for switches */
    const char *colour;
    int column;
    unsigned bit; /* WORD_BITS: any bit of the column */
};

bool plot_possible(void)
{
    return system("command -v gnuplot >/dev/null 2>&1") == 0;
}

/* A text in single quotes, in which gnuplot knows one special character. */
static void put_quoted(FILE *out, const char *text)
{
    (void)fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            (void)fputc('\'', out);
        }
        (void)fputc((*text == '\n') ? ' ' : *text, out);
    }
    (void)fputc('\'', out);
}

/* gnuplot would run a name that begins with < or | as a command. */
static void put_path(FILE *out, const char *path)
{
    char whole[1024];

    (void)snprintf(whole, sizeof(whole), "%s%s", (path[0] == '/') ? "" : "./", path);
    put_quoted(out, whole);
}

static void add_bar(struct bar *bars, size_t *count, const char *kind, const char *name, const char *colour,
                    int column, unsigned bit)
{
    if (*count < BARS_MAX) {
        struct bar *bar = &bars[(*count)++];

        bar->kind = kind;
        bar->name = name;
        bar->colour = colour;
        bar->column = column;
        bar->bit = bit;
    }
}

static void add_mask(struct bar *bars, size_t *count, const char *kind, const char *(*name)(uint8_t),
                     uint32_t mask, const char *colour, int column)
{
    uint8_t bit;

    for (bit = 0; bit < WORD_BITS; bit++) {
        if ((mask & LBMS_MASK(bit)) != 0) {
            add_bar(bars, count, kind, name(bit), colour, column, bit);
        }
    }
}

/* States of the pack that deserve a bar. */
static const struct state {
    uint16_t mask;
    unsigned bit;
    const char *name;
} states[] = {
    {LBMS_STATE_FULL, 0, "full"},
    {LBMS_STATE_GENTLE, 1, "gentle charging"},
    {LBMS_STATE_LIMITER, 2, "charge limiter"},
    {LBMS_STATE_HEATING, 3, "heating"},
    {LBMS_STATE_RECHARGE, 4, "forced recharge"},
    {LBMS_STATE_STOP_LOW, 5, "stop before protection"},
};

static void add_states(struct bar *bars, size_t *count, uint16_t seen)
{
    size_t i;

    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if ((seen & states[i].mask) != 0) {
            add_bar(bars, count, "", states[i].name, "#0277bd", CSV_STATE, states[i].bit);
        }
    }
}

/* From the lowest bar to the highest one: only what has happened. */
static size_t choose_bars(const struct csv_seen *seen, struct bar bars[BARS_MAX])
{
    size_t count = 0;

    if (seen->balance != 0) {
        add_bar(bars, &count, "", "balancing", "#7e57c2", CSV_BALANCE, WORD_BITS);
    }
    if (seen->precharge) {
        add_bar(bars, &count, "", "pre-charge", "#26a69a", CSV_PRECHARGE_CLOSED, WORD_BITS);
    }
    if (seen->limiter) {
        add_bar(bars, &count, "", "limiter switch", "#26a69a", CSV_LIMITER_CLOSED, WORD_BITS);
    }
    add_bar(bars, &count, "", "discharge switch", "#2e7d32", CSV_DISCHARGE_CLOSED, WORD_BITS);
    add_bar(bars, &count, "", "charge switch", "#2e7d32", CSV_CHARGE_CLOSED, WORD_BITS);
    add_states(bars, &count, seen->state);
    add_mask(bars, &count, "alarm: ", lbms_bit_name, seen->alarms, "#f9a825", CSV_ALARMS);
    add_mask(bars, &count, "", lbms_bit_name, seen->protections, "#e53935", CSV_PROTECTIONS);
    add_mask(bars, &count, "fault: ", lbms_fault_name, seen->faults, "#8e0000", CSV_FAULTS);
    return count;
}

/* The time axis. */
static const struct unit {
    double longer_than_s, unit_s;
    const char *name;
    const char *tics;
} units[] = {
    {4.0 * DAY_S, DAY_S, "days", "autofreq"}, {36.0 * HOUR_S, HOUR_S, "hours", "12"},
    {12.0 * HOUR_S, HOUR_S, "hours", "3"},    {2.0 * HOUR_S, HOUR_S, "hours", "autofreq"},
    {120.0, MINUTE_S, "minutes", "autofreq"}, {-1.0, 1.0, "seconds", "autofreq"},
};

static const struct unit *choose_unit(double length_s)
{
    const struct unit *unit = units;

    while (length_s <= unit->longer_than_s) {
        unit++;
    }
    return unit;
}

static void put_head(FILE *out, const struct plot *plot, const struct unit *unit, unsigned height)
{
    const bool svg = strcmp(plot->file + strlen(plot->file) - 4, ".svg") == 0;

    (void)fprintf(out, "set terminal %s size 1200,%u %s font 'sans,%d'\nset output ",
                  svg ? "svg" : "pngcairo", height, svg ? "dynamic background rgb 'white'" : "noenhanced",
                  svg ? 13 : 11);
    put_path(out, plot->file);
    (void)fputs("\ncsv = ", out);
    put_path(out, plot->csv);
    (void)fprintf(out,
                  "\nset datafile separator ','\n"
                  "t(s) = s / %.1f\nv(n) = valid(n) ? column(n) : NaN\n"
                  "set encoding utf8\n"
                  "set xrange [0:%.6f]\nset xtics %s\n"
                  "set grid xtics ytics lc rgb '#dddddd' lt 1\n"
                  "set border lc rgb '#555555'\n"
                  "set tics textcolor rgb '#333333'\n"
                  "set key at screen 0.855, graph 0.97 left top Left reverse samplen 2 noenhanced\n"
                  "set lmargin screen 0.2\nset rmargin screen 0.84\n"
                  "set y2range [0:1]\nunset y2tics\nset format x ''\n"
                  "set multiplot title ",
                  unit->unit_s, plot->seen.last_s / unit->unit_s, unit->tics);
    put_quoted(out, plot->title);
    (void)fputs(" noenhanced\n", out);
}

/* The next panel below; shares are of the height between the margins. */
static void put_panel(FILE *out, double *top, double share, const char *label)
{
    const double gap = 0.02;
    const double bottom = *top - share * (MARGIN_TOP - MARGIN_BOTTOM);

    (void)fprintf(out, "set tmargin screen %.4f\nset bmargin screen %.4f\nset ylabel '%s' offset -1,0\n",
                  *top, bottom + gap, label);
    *top = bottom;
}

/* Begins a plot command: the time asleep is grey behind everything. */
static void put_plot(FILE *out, const struct csv_seen *seen, const char *sleep_title)
{
    (void)fputs("plot ", out);
    if (seen->asleep) {
        (void)fprintf(out,
                      "csv skip 1 using (t($%d)):%d axes x1y2 with filledcurves y1=0 lc rgb '#e8eaf6' %s, ",
                      CSV_TIME, CSV_ASLEEP, sleep_title);
    }
}

/* A limit told to the inverter, behind the values of its panel. */
static void put_limit(FILE *out, const struct csv_seen *seen, int column, const char *factor,
                      const char *name)
{
    if (seen->limits) {
        (void)fprintf(out,
                      ", csv skip 1 using (t($%d)):(%s * v(%d)) with lines dt 3 lc rgb '#888888' title '%s'",
                      CSV_TIME, factor, column, name);
    }
}

static void put_values(FILE *out, const struct csv_seen *seen, double *top, double share)
{
    put_panel(out, top, share, "current / A");
    (void)fputs("set xzeroaxis lt 1 lc rgb '#888888'\n", out);
    put_plot(out, seen, "title 'asleep'");
    (void)fprintf(out, "csv skip 1 using (t($%d)):(v(%d)) with lines lc rgb '#1565c0' title 'charging > 0'",
                  CSV_TIME, CSV_CURRENT_A);
    put_limit(out, seen, CSV_CCL_A, "1", "CCL");
    put_limit(out, seen, CSV_DCL_A, "-1", "DCL");
    (void)fputs("\n", out);
    put_panel(out, top, share, "cell voltage / V");
    (void)fputs("unset xzeroaxis\nset format y '%.2f'\n", out);
    put_plot(out, seen, "notitle");
    (void)fprintf(out,
                  "csv skip 1 using (t($%d)):(v(%d)) with lines lc rgb '#e53935' title 'highest cell', "
                  "csv skip 1 using (t($%d)):(v(%d)) with lines lc rgb '#333333' title 'mean', "
                  "csv skip 1 using (t($%d)):(v(%d)) with lines lc rgb '#1565c0' title 'lowest cell'",
                  CSV_TIME, CSV_CELL_MAX_V, CSV_TIME, CSV_CELL_MEAN_V, CSV_TIME, CSV_CELL_MIN_V);
    put_limit(out, seen, CSV_CVL_V, CELL_SHARE, "CVL / 16");
    put_limit(out, seen, CSV_DVL_V, CELL_SHARE, "DVL / 16");
    (void)fputs("\n", out);
    put_panel(out, top, share, "state of charge / %");
    (void)fputs("set format y '%g'\nset yrange [-3:103]\nset ytics 20\n", out);
    put_plot(out, seen, "notitle");
    (void)fprintf(out,
                  "csv skip 1 using (t($%d)):(v(%d)) with lines lw 2 lc rgb '#2e7d32' title 'estimate', "
                  "csv skip 1 using (t($%d)):(v(%d)) with lines dt 2 lw 2 lc rgb '#e53935' title 'true'\n",
                  CSV_TIME, CSV_SOC_PCT, CSV_TIME, CSV_TRUE_SOC_PCT);
}

/* Modes that have occurred, one row each. */
static void put_modes(FILE *out, const struct csv_seen *seen, double *top, double share)
{
    unsigned rows = 0;
    uint8_t mode;

    put_panel(out, top, share, "");
    (void)fputs("set ytics scale 0 noenhanced (", out);
    for (mode = 0; mode < LBMS_MODE_COUNT; mode++) {
        if ((seen->modes & (1u << mode)) != 0) {
            (void)fprintf(out, "%s'%s' %u", (rows > 0) ? ", " : "", lbms_mode_name(mode), rows);
            rows++;
        }
    }
    (void)fprintf(out, ")\nset yrange [-0.5:%.1f]\nrow(m) = ", rows - 0.5);
    rows = 0;
    for (mode = 0; mode < LBMS_MODE_COUNT; mode++) {
        if ((seen->modes & (1u << mode)) != 0) {
            (void)fprintf(out, "m == %u ? %u : ", mode, rows);
            rows++;
        }
    }
    (void)fputs("NaN\n", out);
    put_plot(out, seen, "notitle");
    (void)fprintf(out, "csv skip 1 using (t($%d)):(row($%d)) with steps lw 2 lc rgb '#6a1b9a' notitle\n",
                  CSV_TIME, CSV_MODE);
}

static void put_bars(FILE *out, const struct bar *bars, size_t count, double *top, double share,
                     const char *unit)
{
    size_t i;

    put_panel(out, top, share, "");
    (void)fprintf(out, "set format x '%%g'\nset xlabel 'time / %s'\nset yrange [-0.6:%.1f]\nset ytics (",
                  unit, (double)count - 0.4);
    for (i = 0; i < count; i++) {
        (void)fprintf(out, "%s'%s%s' %u", (i > 0) ? ", " : "", bars[i].kind, bars[i].name, (unsigned)i);
    }
    (void)fputs(")\nplot ", out);
    for (i = 0; i < count; i++) {
        char on[48];

        if (bars[i].bit < WORD_BITS) {
            (void)snprintf(on, sizeof(on), "(int($%d) & %lu) != 0", bars[i].column, 1ul << bars[i].bit);
        } else {
            (void)snprintf(on, sizeof(on), "$%d > 0", bars[i].column);
        }
        (void)fprintf(out,
                      "%scsv skip 1 using (t($%d)):(%u - 0.35 * (%s)):(%u + 0.35 * (%s)) with filledcurves "
                      "lc rgb '%s' notitle",
                      (i > 0) ? ", " : "", CSV_TIME, (unsigned)i, on, (unsigned)i, on, bars[i].colour);
    }
    (void)fputs("\nunset multiplot\n", out);
}

bool plot_draw(const struct plot *plot)
{
    const unsigned panel_px = 200;
    const unsigned row_px = 24;
    struct bar bars[BARS_MAX];
    const size_t count = choose_bars(&plot->seen, bars);
    const unsigned bars_px = row_px * ((unsigned)count + 1u);
    const unsigned total_px = 4u * panel_px + bars_px;
    const double share = (double)panel_px / total_px;
    double top = MARGIN_TOP;
    const struct unit *unit = choose_unit(plot->seen.last_s);
    FILE *out;

    if (plot->seen.rows < 2) {
        return false;
    }
    out = popen("gnuplot -d >/dev/null 2>&1", "w");
    if (out == NULL) {
        return false;
    }
    put_head(out, plot, unit, total_px + 100u);
    put_values(out, &plot->seen, &top, share);
    put_modes(out, &plot->seen, &top, share);
    put_bars(out, bars, count, &top, 1.0 - 4.0 * share, unit->name);
    return pclose(out) == 0 && access(plot->file, R_OK) == 0;
}
