"""Who is timed: our binary, once with and once without the JIT where it has one, and the peers that are installed."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which

from lib.programs import HERE

# Each with the language that it runs and the package of Debian that has it.
PEERS = {"lua5.4": ("lua", "lua5.4"), "luajit": ("lua", "luajit"), "node": ("js", "nodejs")}


@dataclass(frozen=True)
class Ours:
    """A parallax binary, and what else was built with it."""

    binary: Path
    flags: tuple

    @staticmethod
    def at(binary, flags):
        """A binary that is there already; examples are looked for where cargo puts them."""
        return Ours(Path(binary).resolve(), tuple(flags))

    @staticmethod
    def built(flags, examples):
        """The release binary of this tree, with examples of the engine."""
        chosen = [word for example in examples for word in ("--example", example)]
        packages = ["--package", "parallax", *(["--package", "prism-engine"] if examples else [])]
        build = ["cargo", "build", "--release", *packages, "--bin", "parallax", *chosen]
        subprocess.run(build, cwd=HERE, check=True)
        query = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
        metadata = json.loads(subprocess.run(query, cwd=HERE, check=True, capture_output=True).stdout)
        return Ours(Path(metadata["target_directory"]) / "release" / "parallax", tuple(flags))

    def run(self, file):
        """The command that runs a program and prints what it prints."""
        return [str(self.binary), "run", str(file), "--quiet", "--fuel", "unlimited", *self.flags]

    def example(self, name):
        """An example of the engine that was built beside the binary."""
        path = self.binary.parent / "examples" / name
        if not path.exists():
            sys.exit(
                f"{path} is missing: leave out --binary, or build it with "
                f"`cargo build --release --package prism-engine --example {name}`"
            )
        return [str(path)]

    @cache
    def variants(self):
        """Names of ours with the flags that tell them apart."""
        has_jit = "--jit" in output([str(self.binary), "run", "--help"])
        if has_jit and not any(flag.startswith("--jit") for flag in self.flags):
            return {"jit off": ["--jit=off"], "jit on": ["--jit=on"]}
        return {"prism": []}


def peers():
    """The names of those that are installed."""
    found = [peer for peer in PEERS if which(peer)]
    packages = [package for peer, (_, package) in PEERS.items() if peer not in found]
    if packages:
        print(f"not installed, left out: get them with `apt-get install {' '.join(packages)}`\n", file=sys.stderr)
    return found


def commands(name, ours, installed):
    """What runs the program: a command a contestant, ours first. The files are relative to the programs' folder."""
    by_who = {variant: ours.run(f"{name}.prism") + flags for variant, flags in ours.variants().items()}
    return by_who | {peer: [peer, f"{name}.{PEERS[peer][0]}"] for peer in installed}


def output(command, folder=HERE):
    """What the command prints; ends this script if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}")
    return done.stdout
