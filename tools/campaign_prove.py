#!/usr/bin/env python3
"""Break the library on purpose and see whether the random campaigns notice: the proof of their judge (docs/campaign.md).

    tools/campaign_prove.py [--days N] [--jobs N] [NAME ...]     default: 50 days, 2 jobs, every break

Each break replaces one piece of a source file; the campaign is linked with it and must fail. Needs a build of the host
preset. Exit status 1 when a break goes unnoticed or its text is no longer found.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOST = ROOT / "build/host"
TABLE = "lib/battery/protection_table.c"
ROW = "lib/battery/protection_row.c"
MEASURE = "lib/battery/measure.c"
SWITCHES = "lib/power/switch_control.c"
LIMITS = "lib/battery/limits.c"
BALANCE = "lib/battery/balance.c"

# Name, file, text, replacement.
BREAKS = [
    ("a high cell opens the discharge path", TABLE,
     "Q(CELL_HIGH),  CHARGE, ", "Q(CELL_HIGH),  DISCHARGE, "),
    ("a low cell trips after 5 s", TABLE, "P(CELL_UV_DELAY_MS)", "P(CELL_DEAD_DELAY_MS)"),
    ("over-current 2 watches the charge current", TABLE,
     "{LBMS_BIT_DISCHARGE_OC2,     OVER,          Q(DISCHARGE)", "{LBMS_BIT_DISCHARGE_OC2,     OVER,          Q(CHARGE)"),
    ("a short circuit leaves the charge path", TABLE,
     "{LBMS_BIT_SHORT_CIRCUIT,     OVER,          Q(NONE),       BOTH", "{LBMS_BIT_SHORT_CIRCUIT,     OVER,          Q(NONE),       DISCHARGE"),
    ("no margin for a lost sensor", MEASURE, "m->temp_max_dc + margin_dc", "m->temp_max_dc"),
    ("cold cells are charged", TABLE,
     "{LBMS_BIT_CHARGE_UT,         UNDER,         Q(TEMP_LOW),   CHARGE,", "{LBMS_BIT_CHARGE_UT,         UNDER,         Q(TEMP_LOW),   NOTHING,"),
    ("two lost sensors are one", MEASURE, "(cells > 1u)", "(cells > 2u)"),
    ("samples never grow old", MEASURE, "!newly || (age_ms > step->stale_ms)", "!newly"),
    ("implausible cells are believed", MEASURE,
     "silent || lost_cells || stuck", "silent || stuck"),
    ("the sum of the cells is not compared", MEASURE, "stuck || sum_differs(measure, step)", "stuck"),
    ("frozen voltages are believed", MEASURE, "lost_cells || stuck ||", "lost_cells ||"),
    ("the reported switches are not compared", "lib/battery/hardware.c",
     "return WATCH(SWITCH_STATE);", "return 0u;"),
    ("thresholds are not read back", "lib/battery/hardware.c", "    if (accepted) {", "    if (accepted || !accepted) {"),
    ("a welded switch goes unseen", "lib/battery/hardware.c",
     "return WATCH(CHARGE_WELDED);", "return 0u;"),
    ("a dead cell is charged", TABLE,
     "Q(CELL_LOW),   BOTH, ", "Q(CELL_LOW),   DISCHARGE, "),
    ("the weak-current switch is ignored", "lib/power/mode.c", "if (!in->switch_on) {", "if (false) {"),
    ("no pre-charge", SWITCHES,
     "if ((params->v[LBMS_PARAM_PRECHARGE_FITTED] == 0) ||", "if ((params->v[LBMS_PARAM_PRECHARGE_FITTED] >= 0) ||"),
    ("a body diode closes a switch although both paths are blocked", SWITCHES,
     "(for_discharge == LBMS_PATH_CHARGE)", "((for_discharge & LBMS_PATH_CHARGE) != 0u)"),
    ("force-off holds one path only", "lib/bms.c",
     "core->charge.blocked | core->forced_off", "core->charge.blocked | (core->forced_off & 1u)"),
    ("bits come without their delay", ROW, "return condition && (*time_ms >= delay_ms);", "return condition;"),
    ("an alarm level trips", TABLE, "P(CHG_OT_PROTECT_DC),       P(TEMP_DELAY_MS)", "P(CHG_OT_ALARM_DC),         P(TEMP_DELAY_MS)"),
    ("over-voltage goes with the voltage alone", ROW,
     "inside && (help || (step->in->soc_bp < step->params->v[LBMS_PARAM_OV_RELEASE_SOC_BP]))", "inside"),
    ("an over-current is tried again at once", ROW,
     "(help || (!locked && lbms_row_passed(state->since, lbms_row_ms(step, row->release_delay))))", "(help || !locked)"),
    ("trips in a row do not lock", ROW, "state->trips >= step->params->v[row->lock]", "false"),
    ("a lock ends with the time", ROW, "return !lbms_row_forced(step, row) && !locked &&\n               (help",
     "return !lbms_row_forced(step, row) &&\n               (help"),
    ("a watchdog reset ends a lock", "lib/battery/protection_memory.c", "!fault && ((saved.locks & bit) != 0u)", "false"),
    ("CCL stays with a blocked path", LIMITS, "in->full || ((in->blocked & LBMS_PATH_CHARGE) != 0u)", "in->full"),
    ("a curve is too high", "lib/battery/derating.c", "{3500, 5000}", "{3500, 8000}"),
    ("limits rise at once", LIMITS, "if (target <= ramp->value) {", "if (target <= INT32_MAX) {"),
    ("DCL goes on to the protection", LIMITS, "if (low || ((in->", "if (((in->"),
    ("full after any time", "lib/battery/full.c",
     "LBMS_PARAM_FULL_CHARGE_HOLD_S", "LBMS_PARAM_CURRENT_STATE_DELAY_MS"),
    ("an empty pack is charged past the limiter", "lib/battery/gentle.c", "    gentle->active = true;", "    gentle->active = false;"),
    ("heating goes on in warmth", "lib/battery/heater.c", "((int32_t)in->m->temp_low_dc >= params->v[LBMS_PARAM_HEATER_OFF_DC])) {",
     "((int32_t)in->m->temp_low_dc >= INT16_MAX)) {"),
    ("heating without a charger", "lib/battery/heater.c", "!heater->given_up && in->charger_present", "!heater->given_up"),
    ("neighbours are bled", BALANCE, "params->v[LBMS_PARAM_BALANCE_NEIGHBOURS] == 0", "params->v[LBMS_PARAM_BALANCE_NEIGHBOURS] < 0"),
    ("bleeding without a charger", BALANCE, "in->charger_present || (full && !over) || at_rest", "true"),
    ("bleeding with a fault", BALANCE, " && ((in->faults & FORBIDDING_FAULTS) == 0u)", ""),
    ("orderings are not checked", "lib/model/params.c", "product->order_count", "0u"),
    ("a refused write stays", "lib/model/params.c", "take_back(params, items, before, count);", "(void)before;"),
    ("nothing clears a service fault", "lib/battery/protection.c", "!lbms_row_inside_release(&step, row)", "true"),
    ("the applied mask is another", "lib/run.c", "hal->balance(hal->ctx, out->balance_mask)",
     "hal->balance(hal->ctx, (uint16_t)(out->balance_mask << 1))"),
    ("switches that do not obey do not stop the watchdog", "lib/run.c", "if (applied && (fresh || open))", "if (fresh || open)"),
    ("a reversed charger is connected", TABLE,
     "{LBMS_FAULT_REVERSED,        FAULT,         Q(REVERSED),   BOTH", "{LBMS_FAULT_REVERSED,        FAULT,         Q(REVERSED),   NOTHING"),
    ("too high a charger is connected", TABLE,
     "Q(CHARGER),    CHARGE, ", "Q(CHARGER),    NOTHING, "),
]


def build(path, text, folder):
    source = folder / pathlib.Path(path).name
    source.write_text(text)
    program = folder / "campaign"
    lib = ROOT / pathlib.Path(path).parent
    command = ["gcc", "-std=c99", "-O2", "-w", f"-I{ROOT}/include", f"-I{lib}", str(source),
               str(HOST / "examples/CMakeFiles/campaign.dir/campaign/main.c.o"), str(HOST / "examples/libcampaign_parts.a"),
               str(HOST / "lib/liblosun_bms.a"), "-lm", "-o", str(program)]
    subprocess.run(command, check=True)
    return program


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", default="50")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    missed = 0
    for name, path, old, new in BREAKS:
        if options.names and not any(wanted in name for wanted in options.names):
            continue
        text = (ROOT / path).read_text()
        if text.count(old) != 1:
            print(f"{name}: its text is {text.count(old)} times in {path}")
            missed += 1
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            program = build(path, text.replace(old, new), folder)
            ran = subprocess.run([program, "--days", options.days, "--jobs", options.jobs, "--shrink", "0"], cwd=folder,
                                 capture_output=True, text=True)
        found = sorted(line for line in ran.stdout.splitlines() if line.startswith("seed "))
        print(f"{name}: {found[0] if found else 'NOT NOTICED'}", flush=True)
        missed += 0 if found else 1
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
