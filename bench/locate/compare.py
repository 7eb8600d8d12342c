"""Runs the contenders in turn on one core, checks that they agree, and prints times and ratios."""

import argparse
import os
import platform
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path

import numpy as np
import shapely

from postgis import JOINS, PostGis


def main():
    args = arguments()
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    data = args.work / "data"
    print(machine(core))
    print(capture(args.binary, "make", data, str(args.grids), str(args.points)))
    grids, points = load(data)
    contenders = {"yizhi": lambda: ours(args.binary, data), "shapely, tree of grids": tree_of_grids(grids, points)}
    contenders["shapely, tree of points"] = tree_of_points(grids, points)
    database = PostGis(args.postgres, args.work, grids, points) if args.postgres else None
    if database:
        print(database.version())
        contenders |= {name: partial(database.join, statement) for name, statement in JOINS.items()}
    else:
        print("PostGIS: skipped, not installed")
    try:
        report(*rounds(contenders, args.rounds, len(points)))
    finally:
        if database:
            database.stop()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--postgres", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--grids", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=1_000_000)
    return parser.parse_args()


def machine(core):
    info = Path("/proc/cpuinfo").read_text()
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    versions = f"Python {platform.python_version()}, shapely {shapely.__version__}, GEOS {shapely.geos_version_string}"
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {model}, {memory:.0f} GiB, core {core}, load {load:.1f}; {versions}"


def capture(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def load(data):
    coords = np.fromfile(data / "coords").reshape(-1, 2)
    offsets = np.fromfile(data / "offsets", dtype="<i8")
    grids = shapely.from_ragged_array(shapely.GeometryType.POLYGON, coords, (offsets, np.arange(len(offsets))))
    if not shapely.is_valid(grids).all():
        raise SystemExit("some generated grids are not valid")
    return grids, shapely.points(np.fromfile(data / "points").reshape(-1, 2))


# Each contender returns (seconds to prepare, seconds to look all points up, pairs of point and grid).


def ours(binary, data):
    build, lookup = map(float, capture(binary, "run", data).split())
    answers = np.fromfile(data / "answers", dtype="<i8")
    found = np.flatnonzero(answers >= 0)
    return build, lookup, np.stack([found, answers[found]])


def tree_of_grids(grids, points):
    def run():
        start = time.perf_counter()
        tree = shapely.STRtree(grids)
        tree.query(points[:1])
        built = time.perf_counter()
        pairs = tree.query(points, predicate="intersects")
        return built - start, time.perf_counter() - built, pairs

    return run


def tree_of_points(grids, points):
    """The other way round: the tree holds the points, so that it belongs to the look-up and not to the preparation;
    grids are prepared geometries beforehand."""
    start = time.perf_counter()
    shapely.prepare(grids)
    prepared = time.perf_counter() - start

    def run():
        start = time.perf_counter()
        tree = shapely.STRtree(points)
        pairs = tree.query(grids, predicate="intersects")
        return prepared, time.perf_counter() - start, pairs[::-1]

    return run


def rounds(contenders, count, points):
    prepare = {name: [] for name in contenders}
    lookup = {name: [] for name in contenders}
    for number in range(count):
        answers = {}
        for name, run in contenders.items():
            prepared, seconds, answers[name] = run()
            prepare[name].append(prepared)
            lookup[name].append(seconds)
        check(answers, points)
        print(f"round {number + 1}: " + ", ".join(f"{name} {lookup[name][-1]:.3f} s" for name in contenders), flush=True)
    return prepare, lookup


def check(answers, points):
    """Every pair we give must be a pair the others give, and every point they place must be placed by us. They may
    give several grids for a point on a border, we give one."""
    mine = np.full(points, -1)
    mine[answers["yizhi"][0]] = answers["yizhi"][1]
    for name, pairs in answers.items():
        agreed = np.zeros(points, dtype=bool)
        agreed[pairs[0][mine[pairs[0]] == pairs[1]]] = True
        placed = np.zeros(points, dtype=bool)
        placed[pairs[0]] = True
        if not (np.array_equal(placed, mine >= 0) and np.array_equal(agreed, mine >= 0)):
            raise SystemExit(f"{name} disagrees about {np.sum(placed != (mine >= 0)) + np.sum(placed & ~agreed)} points")


def report(prepare, lookup):
    print(f"\n{'':24} {'prepare s':>10} {'look up s':>22} {'ratio to yizhi':>24}")
    for name, seconds in lookup.items():
        ratios = [theirs / mine for theirs, mine in zip(seconds, lookup["yizhi"])]
        prepared = statistics.median(prepare[name])
        print(f"{name:24} {prepared:10.2f} {spread(seconds, 3):>22} {spread(ratios, 1):>24}")
    print("median (lowest–highest) of the rounds; all answers agree")


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


if __name__ == "__main__":
    main()
