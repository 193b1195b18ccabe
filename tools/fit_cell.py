#!/usr/bin/env python3
"""Fit the cell model of the state-of-charge estimator to tests of a cell (docs/cell-characterisation.md).

    fit_cell.py --ocv SLOW.csv [--ocv COLD.csv ...] [--dynamic STEPS.csv ...] --name NAME [options]

Records are CSV files with the columns time_s,current_A,voltage_V,temp_C (and soc_ref, 0..1, if known); positive current
charges, an empty field repeats the value above.

--ocv      slow cycle: from full to empty and back with one small current. The record nearest to 25 degC gives the
           tables, the others dU/dT.
--dynamic  steps, pulses and rests, beginning full (or with soc_ref). The record nearest to 25 degC gives resistances,
           time constants and the rate of the hysteresis; the others are printed as factors f(T) to compare.

Without --dynamic these are taken from the options --r0-mohm ... --g. Result: a cell file for soc_eval (--out) and a C
initialiser of struct lbms_cell_model (--c-out). Needs Python 3 and nothing else.
"""
import argparse
import csv
import math
import re
import sys
from operator import mul

POINTS = 101
REFERENCE_C = 25.0
HALF_MIN_V = 0.001
HALF_MAX_V = 0.032  # at the steep ends the branches differ by kinetics and counting, not by hysteresis
REST_PART = 400.0   # below capacity / this a current is a rest
UNITS = {"r0": "r0_mohm", "r1": "r1_mohm", "tau1": "tau1_s", "r2": "r2_mohm", "tau2": "tau2_s", "g": "g"}
COLUMNS = ("time_s", "current_A", "voltage_V", "temp_C")


class BadRecord(Exception):
    """What is wrong, with file and line."""


class Record:
    """Columns of a CSV file as lists: t, i, v, temp, and soc or None."""

    def __init__(self, path):
        self.path = path
        with open(path, newline="") as file:
            lines = ((number, text) for number, text in enumerate(file, 1) if text.strip() and text[0] != "#")
            head = next(lines, None)
            if head is None:
                raise BadRecord(f"{path}: empty: no header line")
            names = [name.strip() for name in next(csv.reader([head[1]]))]
            missing = [name for name in COLUMNS if name not in names]
            if missing:
                raise BadRecord(f"{path}:{head[0]}: no column {missing[0]} in the header")
            wanted = [name for name in (*COLUMNS, "soc_ref") if name in names]
            columns, above = {name: [] for name in wanted}, {}
            for number, text in lines:
                fields = dict(zip(names, next(csv.reader([text]))))
                for name in wanted:
                    value = fields.get(name, "").strip() or above.get(name, "")
                    try:
                        columns[name].append(float(value))
                    except ValueError:
                        raise BadRecord(f"{path}:{number}: {name}: '{value}' is not a number") from None
                    above[name] = value
                if len(columns["time_s"]) > 1 and columns["time_s"][-1] <= columns["time_s"][-2]:
                    raise BadRecord(f"{path}:{number}: time_s does not ascend")
        self.t, self.i, self.v, self.temp = (columns[name] for name in COLUMNS)
        self.soc = columns.get("soc_ref")
        if len(self.t) < 2:
            raise BadRecord(f"{path}: at least 2 rows are needed")
        self.mean_c = sum(self.temp) / len(self.temp)

    def charge_ah(self):
        """Charge since the first row, at every row: each current counts for the time before its row."""
        total, result = 0.0, [0.0]
        for k in range(1, len(self.t)):
            total += self.i[k] * (self.t[k] - self.t[k - 1]) / 3600.0
            result.append(total)
        return result


def interpolate(xs, ys, x):
    """Linear between ascending xs, constant outside."""
    low, high = 0, len(xs) - 1
    if x <= xs[low]:
        return ys[low]
    if x >= xs[high]:
        return ys[high]
    while high - low > 1:
        middle = (low + high) // 2
        if xs[middle] <= x:
            low = middle
        else:
            high = middle
    return ys[low] + (ys[high] - ys[low]) * (x - xs[low]) / (xs[high] - xs[low])


def at(table, z):
    """Table of 1 % steps at z = 0..1."""
    x = min(max(z, 0.0), 1.0) * (POINTS - 1)
    row = min(int(x), POINTS - 2)
    return table[row] + (table[row + 1] - table[row]) * (x - row)


def branch(record, charge, direction):
    """The part of a slow cycle with this direction: (charge from its start, voltage), and the charge of all of it."""
    small = max(abs(value) for value in record.i) / 3.0
    rows = [k for k, value in enumerate(record.i) if value * direction > small]
    if len(rows) < POINTS:
        raise BadRecord(f"{record.path}: no slow {'charge' if direction > 0 else 'discharge'} found")
    start = charge[rows[0] - 1] if rows[0] else 0.0
    moved = [direction * (charge[k] - start) for k in rows]
    return moved, [record.v[k] for k in rows], moved[-1]


class SlowCycle:
    """Rest voltage and half width of one slow cycle, still with the voltage drop of its current."""

    def __init__(self, path):
        record = Record(path)
        charge = record.charge_ah()
        down, down_v, self.capacity_ah = branch(record, charge, -1)
        up, up_v, up_ah = branch(record, charge, 1)
        self.temp_c = record.mean_c
        currents = sorted(abs(value) for value in record.i)
        self.current_a = currents[len(currents) // 2]
        self.rest_v, self.half_v = [], []
        for row in range(POINTS):
            z = row / (POINTS - 1)
            falling = interpolate(down, down_v, (1.0 - z) * self.capacity_ah)
            rising = interpolate(up, up_v, z * up_ah)  # efficiency: the charge may take a little more
            self.rest_v.append((rising + falling) / 2.0)
            self.half_v.append((rising - falling) / 2.0)


def monotone(table):
    """The nearest table that does not fall: runs that fall are replaced by their mean."""
    blocks = []
    for value in table:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            blocks[-1] = [(blocks[-1][0] * blocks[-1][1] + mean * count) / (blocks[-1][1] + count),
                          blocks[-1][1] + count]
    return [mean for mean, count in blocks for _ in range(count)]


def entropy(cycles):
    """dU/dT of every row by regression over the temperatures; 0 where the curve is steep and counting errors decide."""
    if len(cycles) < 2 or max(c.temp_c for c in cycles) - min(c.temp_c for c in cycles) < 10.0:
        return [0.0] * POINTS
    mean_c = sum(c.temp_c for c in cycles) / len(cycles)
    spread = sum((c.temp_c - mean_c) ** 2 for c in cycles)
    result = []
    for row in range(POINTS):
        slope = sum((c.temp_c - mean_c) * c.rest_v[row] for c in cycles) / spread
        result.append(slope if abs(slope) < 5e-4 and 8 <= row <= 96 else 0.0)
    return result


def low_pass(record, tau):
    """Current through a resistor-capacitor pair of 1 ohm."""
    x, result, previous = 0.0, [], record.t[0]
    keep, step = 1.0, None
    for t, i in zip(record.t, record.i):
        if t - previous != step:
            step = t - previous
            keep = math.exp(-step / tau)
        x = i + (x - i) * keep
        previous = t
        result.append(x)
    return result


def hysteresis(record, g, capacity_ah):
    """Branch -1..1; it begins on the side of the first current."""
    first = next((i for i in record.i if abs(i) > capacity_ah / REST_PART), 0.0)
    h, result, previous = math.copysign(1.0, first), [], record.t[0]
    for t, i in zip(record.t, record.i):
        keep = math.exp(-g * abs(i) * (t - previous) / (3600.0 * capacity_ah))
        h = keep * h + (1.0 - keep) * ((i > 0.0) - (i < 0.0))
        previous = t
        result.append(h)
    return result


def dot(a, b):
    return sum(map(mul, a, b))


def solve(matrix, right):
    """Gauss with pivots, for a few unknowns."""
    n = len(right)
    rows = [list(line) + [value] for line, value in zip(matrix, right)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda r: abs(rows[r][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        if abs(rows[k][k]) < 1e-30:
            raise BadRecord("the record does not tell the resistances apart: it needs steps and rests")
        for r in range(k + 1, n):
            factor = rows[r][k] / rows[k][k]
            rows[r] = [x - factor * y for x, y in zip(rows[r], rows[k])]
    result = [0.0] * n
    for k in reversed(range(n)):
        result[k] = (rows[k][n] - sum(rows[k][c] * result[c] for c in range(k + 1, n))) / rows[k][k]
    return result


class Dynamics:
    """Resistances, time constants and the rate of the hysteresis of one record."""

    TAU1 = (5, 8, 12, 16, 20, 25, 30, 36, 44, 54, 66, 80)
    TAU2 = (600, 900, 1200, 1500, 1800, 2200, 2700, 3300, 4000, 5000, 6000, 7500)
    G = (5, 6, 8, 10, 12, 14, 16, 18, 20, 23, 26, 30)

    def __init__(self, path, capacity_ah, rest_v, half_v, slope_v, drop_a):
        self.record = Record(path)
        self.temp_c = self.record.mean_c
        self.capacity_ah, self.drop_a = capacity_ah, drop_a
        soc = self.record.soc or [1.0 + q / capacity_ah for q in self.record.charge_ah()]
        # the steep ends say nothing about resistance, and a small error of counting would say it
        self.weight = [1.0 if 0.12 < z < 0.95 else 0.0 for z in soc]
        self.rest = [at(rest_v, z) + at(slope_v, z) * (c - REFERENCE_C) for z, c in zip(soc, self.record.temp)]
        self.half = [at(half_v, z) for z in soc]
        self.cache = {}

    def series(self, kind, value):
        """Regressors are needed again and again in the search."""
        if (kind, value) not in self.cache:
            if kind == "g":
                made = hysteresis(self.record, value, self.capacity_ah)
            else:
                made = low_pass(self.record, value)
            self.cache[kind, value] = [w * x for w, x in zip(self.weight, made)]
        return self.cache[kind, value]

    def fit(self, tau1, tau2, g):
        """(squared error, r0, r1, r2): the voltage above the rest voltage, as a sum of three responses.

        The half width of the slow cycle still holds the drop of its small current through all three.
        """
        h = self.series("g", g)
        target = [w * (v - u) - m * x for w, v, u, m, x in zip(self.weight, self.record.v, self.rest, self.half, h)]
        parts = [[w * i for w, i in zip(self.weight, self.record.i)], self.series("tau", tau1),
                 self.series("tau", tau2)]
        parts = [[x - self.drop_a * y for x, y in zip(part, h)] for part in parts]
        right = [dot(part, target) for part in parts]
        matrix = [[dot(a, b) for b in parts] for a in parts]
        r = solve(matrix, right)
        rest = dot(target, target) - sum(a * b for a, b in zip(r, right))
        return (rest if min(r) > 0.0 else math.inf), r

    def search(self):
        """One parameter after the other along its grid until nothing gets better."""
        best = [20, 2700, 12]
        grids = (self.TAU1, self.TAU2, self.G)
        error, r = self.fit(*best)
        improved = True
        while improved:
            improved = False
            for k, grid in enumerate(grids):
                for value in grid:
                    trial = best[:k] + [value] + best[k + 1:]
                    trial_error, trial_r = self.fit(*trial)
                    if trial_error < error * (1.0 - 1e-9):
                        best, error, r, improved = trial, trial_error, trial_r, True
        if not math.isfinite(error):
            raise BadRecord(f"{self.record.path}: no positive resistances fit")
        count = sum(self.weight)
        self.error_v = math.sqrt(max(error, 0.0) / count) if count else math.inf
        return {"r0": r[0] * 1e3, "r1": r[1] * 1e3, "tau1": best[0], "r2": r[2] * 1e3, "tau2": best[1], "g": best[2]}

    def factor(self, found):
        """Mean scale of R0 and R1 against another record with the same time constants."""
        _, r = self.fit(found["tau1"], found["tau2"], found["g"])
        return (r[0] + r[1]) * 1e3 / (found["r0"] + found["r1"])


def cell_file(name, capacity_ah, found, rest_v, half_v, slope_v):
    """Text of a cell file."""
    lines = [f"# {name}: written by tools/fit_cell.py; values at 25 degC", f"capacity_ah {capacity_ah:.4f}"]
    lines += [f"{UNITS[key]} {found[key]:.4f}" for key in UNITS]
    lines += ["# soc_pct rest_mv half_mv du_dt_uv_per_k", "table"]
    for row in range(POINTS):
        lines.append(f"{row} {rest_v[row] * 1e3:.1f} {half_v[row] * 1e3:.1f} {slope_v[row] * 1e6:.0f}")
    return "\n".join(lines) + "\n"


def numbers(values, width=108):
    """Rows of a C array."""
    lines, line = [], "           "
    for value in values:
        if len(line) + len(f" {value},") > width:
            lines.append(line)
            line = "           "
        line += f" {value},"
    return "\n".join(lines + [line])


def clamp_round(value, low, high):
    return int(min(max(round(value), low), high))


def c_file(name, capacity_ah, found, rest_v, half_v, slope_v):
    """Text of a C file with the initialiser."""
    scale = capacity_ah / 100.0 * 1e3  # milliohm of this cell -> microohm of one of 100 Ah
    identifier = re.sub(r"\W", "_", name.lower())
    resistances = {key: clamp_round(found[key] * scale, 0, 65535) for key in ("r0", "r1", "r2")}
    return f"""/* {name}, {capacity_ah:.3f} Ah: written by tools/fit_cell.py. */
#include "losun_bms/battery/cell_model.h"

const struct lbms_cell_model lbms_cell_{identifier} = {{
    .name = "{name}",
    .rest_dmv =
        {{
{numbers(clamp_round(v * 1e4, 0, 65535) for v in rest_v)}
        }},
    .half_2dmv =
        {{
{numbers(clamp_round(v * 5e3, 0, 255) for v in half_v)}
        }},
    .entropy_4uv_k =
        {{
{numbers(clamp_round(v * 2.5e5, -128, 127) for v in slope_v)}
        }},
    .hysteresis_rate = {clamp_round(found["g"], 1, 255)}u,
    .r0_uohm = {resistances["r0"]}u,
    .r1_uohm = {resistances["r1"]}u,
    .r2_uohm = {resistances["r2"]}u,
    .tau1_s = {clamp_round(found["tau1"], 1, 20000)}u,
    .tau2_s = {clamp_round(found["tau2"], 1, 20000)}u,
    .r_factor = lbms_cell_r_factor,
    .r_factor_count = LBMS_CELL_R_FACTOR_POINTS,
}};
"""


def nearest_first(things):
    return sorted(things, key=lambda thing: abs(thing.temp_c - REFERENCE_C))


def fit(options):
    cycles = nearest_first([SlowCycle(path) for path in options.ocv])
    base = cycles[0]
    capacity_ah = options.capacity_ah or base.capacity_ah
    slope_v = entropy(cycles)
    rest_v = monotone([u - s * (base.temp_c - REFERENCE_C) for u, s in zip(base.rest_v, slope_v)])
    print(f"capacity {base.capacity_ah:.3f} Ah in the slow cycle with {base.current_a:.4f} A at {base.temp_c:.0f} degC")
    found = {key: getattr(options, UNITS[key]) for key in UNITS}
    if options.dynamic:
        raw_half = [min(max(h, HALF_MIN_V), HALF_MAX_V) for h in base.half_v]
        runs = nearest_first([Dynamics(path, capacity_ah, rest_v, raw_half, slope_v, base.current_a)
                              for path in options.dynamic])
        found = runs[0].search()
        print(f"fitted at {runs[0].temp_c:.0f} degC with {runs[0].error_v * 1e3:.1f} mV RMS: " +
              ", ".join(f"{UNITS[key]} {found[key]:.3g}" for key in UNITS))
        for run in runs[1:]:
            print(f"f({run.temp_c:.0f} degC) = {run.factor(found):.2f}")
    drop_v = base.current_a * (found["r0"] + found["r1"] + found["r2"]) / 1e3
    half_v = [min(max(h - drop_v, HALF_MIN_V), HALF_MAX_V) for h in base.half_v]
    return options.name, capacity_ah, found, rest_v, half_v, slope_v


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocv", action="append", required=True, metavar="FILE")
    parser.add_argument("--dynamic", action="append", metavar="FILE")
    parser.add_argument("--name", required=True)
    parser.add_argument("--capacity-ah", type=float, help="instead of the charge of the slow cycle")
    for key, default in (("r0", 0.5), ("r1", 0.4), ("tau1", 30.0), ("r2", 0.9), ("tau2", 1800.0), ("g", 15.0)):
        parser.add_argument("--" + UNITS[key].replace("_", "-"), type=float, default=default)
    parser.add_argument("--out", metavar="FILE", help="cell file for soc_eval")
    parser.add_argument("--c-out", metavar="FILE", help="C file for the firmware")
    options = parser.parse_args()
    try:
        result = fit(options)
        for path, make in ((options.out, cell_file), (options.c_out, c_file)):
            if path:
                with open(path, "w") as file:
                    file.write(make(*result))
    except (BadRecord, OSError) as problem:
        sys.exit(f"fit_cell.py: {problem}")


if __name__ == "__main__":
    main()
