"""Tables on a terminal, means, and the line that shows what is going on."""

import math
import os
import sys


def show(heads, rows):
    """Prints rows of texts under their heads: the first column to the left, figures to the right."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for first, *rest in lines:
        cells = (f"{cell:>{width}}" for cell, width in zip(rest, widths[1:]))
        print(f"{first:<{widths[0]}}  {'  '.join(cells)}".rstrip())


def geometric_mean(numbers):
    """Of numbers above 0."""
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def progress(text):
    """Shows what is going on, where someone watches; an empty text takes it away."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def load():
    """The machine's load: above the number of processors, measure again."""
    return f"load when it ended: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
