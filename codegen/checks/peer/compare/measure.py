"""What a command takes: time, memory."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from time import perf_counter


class Failure(Exception):
    """A command that did not do what it was asked for, with what it said."""

    def __init__(self, command, told):
        super().__init__(f"{' '.join(map(str, command))}\n{told}")
        self.told = told

    def reason(self):
        """The first line that tells of an error."""
        lines = [line.strip() for line in self.told.splitlines() if line.strip()]
        return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "it does not say why")


@dataclass
class Cost:
    """What a run took: seconds by the clock, seconds of all processors together, bytes of memory at its peak."""

    wall: float
    cpu: float
    peak: int

    def best(self, other):
        """Of two runs the lesser times, for what disturbs a run only ever adds to them, and the higher peak."""
        if other is None:
            return self
        return Cost(min(self.wall, other.wall), min(self.cpu, other.cpu), max(self.peak, other.peak))


def run(command, **options):
    """Runs a command to its end.

    Linux takes what this process has held at its own peak for the child's, too, so that nothing large is read in here
    before the last peak is measured.
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
    """Tells whoever waits what is being done."""
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
