#!/usr/bin/env python3
"""Write solar_day.csv: battery power of a house with solar panels over one day, one row a minute, 0 is midnight.

    make_solar_day.py [FILE]

Battery power = sun - load, positive charges. The day suits a pack of 5 kWh that holds about 45 % at midnight: it
runs down during the night, is charged on a morning that clears up late, is full soon after noon, so that the charger
holds its voltage, and is used in the evening. Invented, not measured; always the same numbers.
"""
import math
import os
import random
import sys

SEED = 20240621
MINUTES = 24 * 60
SUNRISE_H, SUNSET_H = 6.5, 18.5
PEAK_W = 4600.0

# Appliances: first and last moment in hours, power in W.
APPLIANCES = (
    (6.90, 7.00, 1500.0),  # kettle
    (7.30, 7.45, 1100.0),  # hair dryer
    (10.60, 11.40, 900.0),  # washing machine heats
    (12.20, 12.75, 1700.0),  # cooking
    (15.50, 16.20, 800.0),  # dish washer
    (18.40, 19.10, 1550.0),  # cooking
    (19.20, 22.50, 240.0),  # television, light
    (20.10, 20.25, 1600.0),  # vacuum cleaner
    (21.30, 21.70, 900.0),  # heater in the bath
)


def clear_sky(hour):
    """Part of the sun that passes when no cloud drifts by: fog until ten, clear from half past twelve on."""
    if hour < 10.0:
        return 0.27
    if hour < 12.5:
        return 0.27 + (hour - 10.0) / 2.5 * 0.68
    return 0.95


def sun_w(hour, cloud):
    if not SUNRISE_H < hour < SUNSET_H:
        return 0.0
    height = math.sin((hour - SUNRISE_H) / (SUNSET_H - SUNRISE_H) * math.pi)
    return PEAK_W * height * clear_sky(hour) * cloud


def load_w(hour, noise):
    base = 185.0 if hour < 6.5 or hour >= 23.0 else 240.0
    fridge = 60.0 if (hour * 60.0) % 45.0 < 14.0 else 0.0
    used = sum(power for first, last, power in APPLIANCES if first <= hour < last)
    return base + fridge + used + noise


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "solar_day.csv")
    if len(sys.argv) > 1:
        path = sys.argv[1]
    rng = random.Random(SEED)
    cloud = 1.0
    with open(path, "w", newline="") as out:
        out.write("time_s,power_W\n")
        for minute in range(MINUTES):
            hour = minute / 60.0
            if minute % 5 == 0:
                cloud = 0.65 + 0.35 * rng.random()
            noise = 25.0 * rng.random()
            out.write(f"{60 * minute},{round(sun_w(hour, cloud) - load_w(hour, noise))}\n")
        out.write(f"{60 * MINUTES},0\n")


if __name__ == "__main__":
    main()
