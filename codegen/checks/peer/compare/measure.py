"""Measures the time and memory of commands."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from time import perf_counter


class Failure(Exception):
    """A failed command with its output."""

    def __init__(self, command, told):
        super().__init__(f"{' '.join(map(str, command))}\n{told}")
        self.told = told

    def reason(self):
        """Returns the first line with an error message."""
        lines = [line.strip() for line in self.told.splitlines() if line.strip()]
        return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no error message")


@dataclass
class Cost:
    """The cost of a run: wall-clock seconds, CPU seconds of all processors, and peak memory in bytes."""

    wall: float
    cpu: float
    peak: int

    def best(self, other):
        """Returns the lower times of two runs, since disturbances only increase them, and the higher peak."""
        if other is None:
            return self
        return Cost(min(self.wall, other.wall), min(self.cpu, other.cpu), max(self.peak, other.peak))


def run(command, **options):
    """Runs a command until it ends.

    Linux includes the peak of this process in that of the child, so nothing large must be read here before the last
    peak is measured.
    """
    with tempfile.TemporaryFile() as words:
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": words}
        begun = perf_counter()
        child = subprocess.Popen(command, **(streams | options))
        _, status, usage = os.wait4(child.pid, 0)
        wall = perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            words.seek(0)
            raise Failure(command, words.read().decode(errors="replace"))
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def say(step):
    """Prints the current step."""
    print(f"{step} ...", file=sys.stderr, flush=True)


def in_turns(rounds, contenders, work):
    """Lets the contenders do their work in turns, so that whatever else the machine does falls on all of them.

    Gives the best of each, or why it failed.
    """
    costs = {}
    for number in range(rounds):
        for contender in contenders if number % 2 == 0 else reversed(contenders):
            if isinstance(costs.get(contender), Failure):
                continue
            try:
                costs[contender] = work(contender).best(costs.get(contender))
            except Failure as failure:
                costs[contender] = failure
    return costs
