"""The profile, ours only: stages, bytes and copies of each program, and what the processor had to do for it.

Stages and counts come from the engine's example `profile`, which runs a program as the command does. What the
processor did is counted by `perf stat`; where that can't count (many virtual machines hide the counters), by valgrind's
simulation of a processor, which is slow, so with a hundredth of the work.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Callable

from lib.contestants import output
from lib.programs import HERE, write_in_small
from lib.tables import load, progress, show

EXAMPLES = ("profile",)

# Names of figures with those that `perf stat` and cachegrind have for them; cachegrind knows no time, so no cycles.
PERF = {
    "instructions": "instructions:u",
    "cycles": "cycles:u",
    "branch misses": "branch-misses:u",
    "cache misses": "cache-misses:u",
}
CACHEGRIND = {
    "instructions": r"I\s+refs",
    "branch misses": r"Mispredicts",
    "first-level misses": r"D1\s+misses",
    "last-level misses": r"LLd misses",
}
CACHEGRIND_COMMAND = [
    "valgrind",
    "--tool=cachegrind",
    "--cache-sim=yes",
    "--branch-sim=yes",
    "--cachegrind-out-file=/dev/null",
    "--smc-check=all-non-file",
]


@dataclass(frozen=True)
class Counter:
    """What counts for the processor: its figures, whether it is so slow that programs do a hundredth, and the way."""

    title: str
    figures: tuple
    in_small: bool
    count: Callable


def run(names, ours, as_json):
    """Prints the tables or one JSON object."""
    stages = {}
    for name in names:
        progress(f"{name}: stages")
        stages[name] = json.loads(output([*ours.example("profile"), f"{name}.prism"]))
    counter = usable_counter()
    counted = {}
    if counter:
        counted = {variant: count_all(names, ours, flags, counter) for variant, flags in ours.variants().items()}
    progress("")
    if as_json:
        how = counter.title if counter else None
        print(json.dumps({"programs": stages, "processor": {"how": how, "counts": counted}}, indent=2))
        return
    report_stages(stages)
    for variant, by_name in counted.items():
        print(f"\nThe processor, {variant}: {counter.title}.\n")
        show(["", *counter.figures], [[name, *map(short, of.values())] for name, of in by_name.items()])
    if not counter:
        print("\nNothing counts what the processor does: `perf` has no counters here, and there is no `valgrind`.")
    print(load())


def report_stages(stages):
    print("Front end: text to verified bytecode; its share is of all, from the making of the library to the end.")
    print("Steps are fuel; copied are elements and members of arrays and objects that someone else could see.\n")
    heads = ["", "front end ms", "share", "run ms", "steps", "peak KiB", "allocations", "copied"]
    rows = []
    for name, of in stages.items():
        front_end = of["compileMs"] + of["verifyMs"]
        whole = front_end + of["libraryMs"] + of["machineMs"] + of["runMs"]
        share, peak = f"{front_end / whole:.1%}", f"{of['peakMemory'] / 1024:,.0f}"
        steps, allocations, copied = (short(of[figure]) for figure in ("steps", "allocations", "copied"))
        rows.append([name, f"{front_end:.2f}", share, f"{of['runMs']:.0f}", steps, peak, allocations, copied])
    show(heads, rows)


def short(number):
    """With three digits: 950, 12.3k, 4.56M."""
    for unit in ("", "k", "M", "G"):
        if number < 1000 or unit == "G":
            break
        number /= 1000
    return f"{number:.3g}{unit}" if unit else f"{number}"


def usable_counter():
    """`perf` where it can count, else valgrind, else nothing."""
    if which("perf"):
        probe = subprocess.run(perf_command(["true"]), capture_output=True, text=True)
        if probe.returncode == 0 and "<not " not in probe.stderr:
            return Counter("counted by perf stat", tuple(PERF), False, count_by_perf)
    if which("valgrind"):
        title = "simulated by cachegrind with a hundredth of the work, less those of an empty program"
        return Counter(title, tuple(CACHEGRIND), True, count_by_cachegrind)
    return None


def count_all(names, ours, flags, counter):
    """The figures of each program, with these flags of ours."""
    counted = {}
    with TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.prism"
        empty.write_text("null\n")
        start = counter.count([*ours.run(empty), *flags]) if counter.in_small else {}
        for name in names:
            progress(f"{name}: {counter.title}")
            if counter.in_small:
                write_in_small(name, folder)
            file = (Path(folder) if counter.in_small else HERE) / f"{name}.prism"
            figures = counter.count([*ours.run(file), *flags])
            counted[name] = {figure: max(0, number - start.get(figure, 0)) for figure, number in figures.items()}
    return counted


def perf_command(command):
    return ["perf", "stat", "--field-separator", ",", "--event", ",".join(PERF.values()), "--", *command]


def count_by_perf(command):
    lines = [line.split(",") for line in errors_of(perf_command(command)).splitlines()]
    by_event = {fields[2]: fields[0] for fields in lines if len(fields) > 2}
    return {figure: int(by_event[event]) for figure, event in PERF.items()}


def count_by_cachegrind(command):
    text = errors_of([*CACHEGRIND_COMMAND, *command])
    lines = {figure: rf"^==\d+== {name}:\s+([\d,]+)" for figure, name in CACHEGRIND.items()}
    found = {figure: re.search(line, text, re.MULTILINE) for figure, line in lines.items()}
    return {figure: int(match[1].replace(",", "")) for figure, match in found.items()}


def errors_of(command):
    """What the command prints to standard error; ends this script if it fails."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"`{' '.join(command)}` failed:\n{done.stderr}")
    return done.stderr
