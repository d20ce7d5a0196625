"""The contest: all contestants print the same, then each program is timed as a whole process, all in turn."""

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time

from lib.contestants import commands, output
from lib.programs import COST, HERE, NUMERIC
from lib.tables import geometric_mean, load, progress, show


def run(names, ours, installed, runs, by_cpu, as_json):
    """Compares outputs, times all, prints the tables or one JSON object."""
    by_name = {name: commands(name, ours, installed) for name in names}
    for name in names:
        check(name, by_name[name])
    times = measure(by_name, runs, processor_seconds if by_cpu else time.perf_counter)
    result = evaluate(times, list(ours.variants()), installed)
    if as_json:
        clock = "processor" if by_cpu else "wall"
        machine = {"load": os.getloadavg()[0], "processors": os.cpu_count()}
        print(json.dumps({"runs": runs, "clock": clock, "machine": machine, "seconds": times, **result}, indent=2))
    else:
        report(result, runs, by_cpu)


def check(name, by_who, folder=HERE):
    """All must print the same."""
    expected = None
    for who, command in by_who.items():
        printed = words(output(command, folder))
        expected = expected or (who, printed)
        if printed != expected[1]:
            sys.exit(f"{name}: {who} prints {' '.join(printed)}, {expected[0]} {' '.join(expected[1])}")


def words(text):
    """Blanks and tabs apart, and Lua's `1.0` for 1, the outputs must be equal."""
    return [re.sub(r"^(-?\d+)\.0$", r"\1", word) for word in text.split()]


def measure(by_name, runs, clock):
    """Seconds of each run, program by program, the contestants in turn, so that what disturbs one disturbs all."""
    times = {}
    for name, by_who in by_name.items():
        times[name] = {who: [] for who in by_who}
        for turn in range(runs):
            for who, command in by_who.items():
                progress(f"{name}: {who}, run {turn + 1} of {runs}")
                start = clock()
                subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.DEVNULL)
                times[name][who].append(clock() - start)
    progress("")
    return times


def processor_seconds():
    """What processes that have ended have used, on all processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def evaluate(times, ours, installed):
    """Medians; ratios of each of ours to each peer, and to each other; their means."""
    medians = {name: {who: statistics.median(runs) for who, runs in by_who.items()} for name, by_who in times.items()}
    pairs = [(our, peer) for our in ours for peer in installed]
    if len(ours) == 2:
        pairs.append((ours[1], ours[0]))
    ratios = {
        name: {f"{one} / {other}": by_who[one] / by_who[other] for one, other in pairs}
        for name, by_who in medians.items()
    }
    means = {}
    for title, members in {"all": list(ratios), "numeric": [name for name in NUMERIC if name in ratios]}.items():
        if members:
            columns = [f"{one} / {other}" for one, other in pairs]
            means[title] = {column: geometric_mean([ratios[name][column] for name in members]) for column in columns}
    result = {"median": medians, "ratio": ratios, "geometricMean": means}
    if all(name in medians for name in COST):
        result["costOfConfidence"] = {our: medians[COST[0]][our] / medians[COST[1]][our] for our in ours}
    return result


def report(result, runs, by_cpu):
    clock = "of processors" if by_cpu else "on the clock"
    medians, ratios, means = result["median"], result["ratio"], result["geometricMean"]
    contestants = list(next(iter(medians.values())))
    print(f"Seconds {clock} for the whole process, median of {runs}.\n")
    show(["", *contestants], [[name, *(f"{one:.3f}" for one in by_who.values())] for name, by_who in medians.items()])

    columns = list(next(iter(ratios.values())))
    if columns:
        print("\nRatios; below 1 the first is faster.\n")
        rows = [[name, *(f"{one:.2f}" for one in of.values())] for name, of in ratios.items()]
        rows += [
            [f"geometric mean, {title}", *(f"{one:.2f}" for one in of.values())] for title, of in means.items()
        ]
        show(["", *columns], rows)
    for our, cost in result.get("costOfConfidence", {}).items():
        print(f"\n{COST[0]} / {COST[1]}, {our}: {cost:.2f}", end="")
    print(f"\n{load()}")
