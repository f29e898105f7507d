"""Measures the compilation of generated crates."""

import os
import re
import shutil
from itertools import groupby

from measure import Failure, in_turns, run, say
from table import kibibytes, mebibytes, milliseconds, seconds, whole
from tools import OURS, ROOT

RUNTIME = "crm-clients-runtime"
CHECK = ("check", "--quiet")
RELEASE = ("build", "--release", "--quiet")


def measure(crates, rounds, table):
    """Measures each crate alone, after its dependencies are built."""
    for document, group in groupby(crates, lambda crate: crate.document):
        group = list(group)
        operations = {crate.tool.name: crate.tool.operations(document) for crate in group}
        refused = {}
        for crate in group:
            say(f"{document.name}: dependencies of {crate.tool.name}'s crate")
            try:
                begin(crate)
            except Failure as failure:
                errors = len(re.findall(r"^error(?:\[|: (?!could not compile))", failure.told, flags=re.M))
                refused[crate.tool.name] = f"does not compile: {errors} errors"
                table.note(f"{crate.tool.name}'s crate of {document.name} does not compile: {failure.reason()}")
        compiled = [crate for crate in group if crate.tool.name not in refused]
        say(f"{document.name}: builds")
        rows = Rows(document.name, operations, refused, table)
        rows.total("lines", {crate.tool.name: lines(crate) for crate in group}, whole)
        costs = {arguments: alone(compiled, arguments, rounds) for arguments in (CHECK, RELEASE)}
        with_runtime = {arguments: alone_with_runtime(compiled, arguments, rounds) for arguments in (CHECK, RELEASE)}
        for arguments, what in [(CHECK, "cargo check"), (RELEASE, "release build")]:
            rows.costs(what, costs[arguments])
            rows.costs(f"{what}, including our runtime", costs[arguments] | with_runtime[arguments])
        sizes = {crate.tool.name: rlib(crate).stat().st_size for crate in compiled}
        rows.total("release rlib", sizes, mebibytes)
        rows.each("release rlib", sizes, kibibytes, "0.50 of oas3-gen's")


class Rows:
    """The table rows of one document."""

    def __init__(self, document, operations, refused, table):
        self.document, self.operations, self.refused, self.table = document, operations, refused, table

    def total(self, what, values, show):
        self.table.row(f"{self.document}: {what}", self.refused | values, show)

    def each(self, what, values, show, aim):
        each = {name: value / self.operations[name] for name, value in values.items()}
        self.table.row(f"{self.document}: {what}, an operation", self.refused | each, show, aim)

    def costs(self, what, costs):
        wall = {name: cost.wall for name, cost in costs.items()}
        self.total(what, wall, seconds)
        self.each(what, wall, milliseconds, "0.50 of oas3-gen's")
        cpu = {name: cost.cpu for name, cost in costs.items()}
        self.each(f"{what}, processor time", cpu, milliseconds, "0.50 of oas3-gen's")


def cargo(directory, *arguments):
    """Runs cargo for a package, with a target directory shared by all measured packages."""
    settings = {"CARGO_TARGET_DIR": str(target(directory)), "CARGO_PROFILE_RELEASE_STRIP": "true"}
    return run(["cargo", *arguments], cwd=directory, env=os.environ | settings)


def target(directory):
    return directory.parent / "target"


def begin(crate):
    """Builds a crate and its dependencies, with the versions of our lock file where available."""
    shutil.copy(ROOT / "Cargo.lock", crate.directory)
    for arguments in (CHECK, RELEASE):
        cargo(crate.directory, *arguments)


def profile(arguments):
    """Returns the profile arguments for `cargo clean`."""
    return ["--release"] if "--release" in arguments else []


def alone(crates, arguments, rounds):
    def build(crate):
        cargo(crate.directory, "clean", "--quiet", *profile(arguments), "--package", crate.name)
        return cargo(crate.directory, *arguments)

    return by_tool(in_turns(rounds, crates, build))


def alone_with_runtime(crates, arguments, rounds):
    def build(crate):
        cargo(crate.directory, "clean", "--quiet", *profile(arguments), "--package", crate.name, "--package", RUNTIME)
        return cargo(crate.directory, *arguments)

    ours = [crate for crate in crates if crate.tool.name == OURS]
    return by_tool(in_turns(rounds, ours, build))


def by_tool(costs):
    """Rebuilds a crate, which must succeed because it has compiled before."""
    if failure := next((cost for cost in costs.values() if isinstance(cost, Failure)), None):
        raise failure
    return {crate.tool.name: cost for crate, cost in costs.items()}


def rlib(crate):
    return target(crate.directory) / "release" / f"lib{crate.name.replace('-', '_')}.rlib"


def lines(crate):
    return sum(len(file.read_text().splitlines()) for file in (crate.directory / "src").rglob("*.rs"))
