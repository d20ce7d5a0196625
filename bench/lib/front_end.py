"""How quick the front end is, ours only: lines a second from lexer to checker, memory, and a whole process."""

import json

from lib import small
from lib.contestants import output
from lib.tables import load, progress, show

EXAMPLES = ("front_end",)


def run(ours, runs, as_json):
    """Prints the table or one JSON object."""
    progress("the corpus")
    figures = json.loads(output(ours.example("front_end")))
    process = small.validate_ms(ours, runs)
    progress("")
    if as_json:
        print(json.dumps({**figures, "validateMs": process}, indent=2))
        return
    corpus, rates, memory = figures["corpus"], figures["linesPerSecond"], figures["peakMemoryPerByte"]
    print(f"{corpus['programs']:,} programs of {corpus['lines']:,} lines in all, {corpus['bytes']:,} bytes, one core.\n")
    rows = [
        ["lexer, layout, parser", f"{rates['parsed']:,.0f} lines/s"],
        ["… and resolver and checker", f"{rates['checked']:,.0f} lines/s"],
    ]
    if memory is not None:
        rows.append(["memory at its peak", f"{memory:.1f} times the text"])
    rows.append([f"process: validate of {small.LINES} lines", f"{process:.1f} ms"])
    show(["", "median"], rows)
    print(load())
