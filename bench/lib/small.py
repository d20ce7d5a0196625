"""What is to be small and quick, ours only: starting, checking, and runs that wait."""

import json
import statistics
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from lib.contestants import output
from lib.tables import load, progress, show

EXAMPLES = ("start",)

# A part of a pattern, as people write them; a file of 200 lines has many.
PART = """\
// What to do with an order, and how sure that is.
fn total_NUMBER(order) {
  let sum = 0
  for line in order.lines {
    sum += line.price * line.count
    if (line.fragile) { sum += 2.5 }
  }
  return sum > 100 ? sum : sum + 4.9
}
fn judged_NUMBER(left, right) {
  let best = left ~||> right
  uncertain if (best) {
    high { return best }
    medium { return best ~> (<~ best) * 0.9 }
    low { return null ~> 0 }
  }
}
let order_NUMBER = {lines: [{price: 12.5, count: NUMBER, fragile: false}], note: "gift"}
print("${total_NUMBER(order_NUMBER)} ${order_NUMBER.note}", judged_NUMBER(1 ~> 0.6, 2 ~> 0.8))

"""
LINES = 200


def run(ours, runs, as_json):
    """Prints the table or one JSON object."""
    with TemporaryDirectory() as folder:
        one_line = Path(folder) / "one_line.prism"
        one_line.write_text("print(1 + 1)\n")
        processes = {
            "run of one line": median_ms(ours.run(one_line), runs),
            f"validate of {LINES} lines": validate_ms(ours, runs),
        }
    progress("start of runs")
    start = json.loads(output(ours.example("start")))
    progress("")
    if as_json:
        print(json.dumps({"processMs": processes, **start}, indent=2))
        return
    bytes_each, nanoseconds = start["suspendedBytes"], start["startNanoseconds"]
    rows = [[f"process: {title}", f"{ms:.1f} ms"] for title, ms in processes.items()]
    rows.append(["a short run, once compiled", f"{nanoseconds['median'] / 1000:.1f} µs"])
    if bytes_each["resident"] is not None:
        rows.append([f"a suspended run, of {start['runs']}", f"{bytes_each['resident'] / 1024:.1f} KiB"])
    rows.append(["… of that, values of the program", f"{bytes_each['counted'] / 1024:.1f} KiB"])
    show(["", "median"], rows)
    print(load())


def validate_ms(ours, runs):
    """Milliseconds that a process takes to check a pattern of `LINES` lines."""
    with TemporaryDirectory() as folder:
        pattern = Path(folder) / "pattern.prism"
        pattern.write_text(text_of(LINES))
        return median_ms([str(ours.binary), "pattern", "validate", str(pattern)], runs)


def text_of(lines):
    """A program of so many lines, or a part more."""
    parts = -(-lines // PART.count("\n"))
    return "".join(PART.replace("NUMBER", str(number)) for number in range(1, parts + 1))


def median_ms(command, runs):
    """Milliseconds that the whole process takes; its output goes nowhere."""
    # Whole processes are short: more runs than of programs are quick, and steadier.
    runs *= 4
    times = []
    for turn in range(runs):
        progress(f"{command[1]}, run {turn + 1} of {runs}")
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
