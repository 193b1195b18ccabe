#!/usr/bin/env python3
"""Reduce a measured record: the columns that soc_eval reads, and nothing where a value is that of the row above.

    reduce_record.py RECORD.csv REDUCED.csv

The numbers are copied as text; soc_ref alone is rounded, to 0.01 %.
"""
import csv
import sys

COLUMNS = ("time_s", "current_A", "voltage_V", "temp_C", "soc_ref")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], newline="") as source, open(sys.argv[2], "w") as target:
        target.write(",".join(COLUMNS) + "\n")
        above = {}
        for row in csv.DictReader(source):
            row["soc_ref"] = f"{float(row['soc_ref']):.4f}"
            target.write(",".join("" if row[name] == above.get(name) else row[name] for name in COLUMNS) + "\n")
            above = row


if __name__ == "__main__":
    main()
