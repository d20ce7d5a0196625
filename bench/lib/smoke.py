"""The smoke test: every program once with a hundredth of its work, by every contestant; only outputs are compared."""

from tempfile import TemporaryDirectory

from lib.contest import check
from lib.contestants import commands
from lib.programs import write_in_small
from lib.tables import progress


def run(names, ours, installed):
    """Ends this script if two of them print different words."""
    with TemporaryDirectory() as folder:
        for name in names:
            progress(name)
            write_in_small(name, folder)
            check(name, commands(name, ours, installed), folder)
    progress("")
    contestants = [*ours.variants(), *installed]
    print(f"{len(names)} programs print the same with {', '.join(contestants)}")
