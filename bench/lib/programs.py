"""The programs: their names, which of them belong together, and what makes each do a hundredth of its work.

A program is `NAME.prism` with its twins `NAME.lua` and `NAME.js` in the folder above.
"""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LANGUAGES = ("prism", "lua", "js")

# The numbers in a program and its twins that say how much there is to do, and what they are in small.
IN_SMALL = {
    "answers": {80_000: 800},
    "closures": {300_000: 3_000, 299_999: 2_999},
    "confidence": {50_000_000: 500_000},
    "dispatch": {500_000: 5_000},
    "ensemble": {300_000: 3_000, 299_999: 2_999},
    "fib": {35: 25},
    "json": {10_000: 100},
    "library": {60_000: 600},
    "loop_sum": {60_000_000: 600_000, 59_999_999: 599_999},
    "mandelbrot": {800: 80},
    "merge": {150_000: 1_500},
    "nbody": {500_000: 5_000},
    "panel": {15_000: 150},
    "plain": {50_000_000: 500_000},
    "sieve": {2_000_000: 20_000},
    "sort": {300_000: 3_000, 299_999: 2_999, 150_000: 1_500, 150_001: 1_501},
    "spectral": {500: 50},
    "strings": {300_000: 3_000, 299_999: 2_999},
    "templates": {60_000: 600},
    "words": {20_000: 200},
}

NAMES = sorted(IN_SMALL)

# Loops, calls and arithmetic; the mean over them has a target of its own.
NUMERIC = ("confidence", "fib", "loop_sum", "mandelbrot", "nbody", "plain", "sieve", "spectral")

# The same loop with and without confidence: the ratio of their times is what confidence costs.
COST = ("confidence", "plain")


def write_in_small(name, folder):
    """Writes the program and its twins, with a hundredth of the work, into the folder."""
    for language in LANGUAGES:
        text = (HERE / f"{name}.{language}").read_text()
        small = re.sub(r"\b\d+\b", lambda number: str(IN_SMALL[name].get(int(number[0]), number[0])), text)
        if small == text:
            raise SystemExit(f"{name}.{language}: none of the numbers that lib/programs.py lists for it is in there")
        (Path(folder) / f"{name}.{language}").write_text(small)
