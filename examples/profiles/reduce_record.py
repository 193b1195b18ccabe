#!/usr/bin/env python3
"""Reduce a measured record to a profile: time_s,current_A, only the rows where the current changes, and the last row.

    reduce_record.py RECORD.csv PROFILE.csv

The numbers are copied as text, so nothing is rounded. RECORD.csv needs the columns time_s and current_A.
"""
import csv
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], newline="") as source:
        rows = [(row["time_s"], row["current_A"]) for row in csv.DictReader(source)]
    with open(sys.argv[2], "w", newline="") as target:
        target.write("time_s,current_A\n")
        previous = None
        for index, (time, current) in enumerate(rows):
            if current != previous or index == len(rows) - 1:
                target.write(f"{time},{current}\n")
            previous = current


if __name__ == "__main__":
    main()
