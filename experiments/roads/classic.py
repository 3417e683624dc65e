"""The continuous network design problem of Sioux Falls (Suwansirikul, Friesz and Tobin 1987) as CSV files.

    python -m experiments.roads.classic DIR OUT

DIR has `SiouxFalls2_net2.txt` and `SiouxFalls2_demand2.txt`; OUT gets `roads.csv` and `trips.csv`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

PRICES = {16: 26, 17: 40, 19: 26, 20: 40, 25: 25, 26: 25, 29: 48, 39: 34, 48: 48, 74: 34}  # d by link
MOST = 25  # largest enlargement of a link


def convert(source: Path, into: Path) -> None:
    """Write roads.csv, with the columns most and fixed for limits, and trips.csv."""
    into.mkdir(parents=True, exist_ok=True)
    rows = [line.split() for line in _lines(source / "SiouxFalls2_net2.txt")[1:]]
    with (into / "roads.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["source", "target", "capacity", "free_flow_time", "b", "power", "d", "most", "fixed"]
        )
        for number, tail, head, time, b, capacity, power, *_ in rows:
            price = PRICES.get(int(number), 0)
            most = float(capacity) + MOST
            writer.writerow([tail, head, capacity, time, b, power, price, most, int(price == 0)])
    with (into / "trips.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["origin", "destination", "volume"])
        for origin, line in enumerate(_lines(source / "SiouxFalls2_demand2.txt"), start=1):
            for destination, volume in enumerate(line.split(), start=1):
                if float(volume) > 0:
                    writer.writerow([origin, destination, volume])


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
