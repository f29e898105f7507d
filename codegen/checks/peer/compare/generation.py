"""Measures the generation of crates from documents."""

from dataclasses import dataclass

from measure import Failure, in_turns, say
from table import mebibytes, seconds
from tools import Document, Tool


@dataclass(frozen=True)
class Crate:
    """A crate that a generator wrote for a document."""

    tool: Tool
    document: Document

    @property
    def name(self):
        return self.tool.crate(self.document)

    @property
    def directory(self):
        return self.tool.directory(self.document)


def measure(tools, documents, rounds, table):
    """Runs each generator for each document and returns the generated crates."""
    measured = {document: of_document(tools, document, rounds) for document in documents}
    crates = []
    for document, costs in measured.items():
        told = {tool.name: "refused" for tool, cost in costs.items() if isinstance(cost, Failure)}
        for tool, cost in costs.items():
            if isinstance(cost, Failure):
                table.note(f"{tool.name} rejects {document.name}: {cost.reason()}")
            else:
                crates.append(Crate(tool, document))
        costs = {tool.name: cost for tool, cost in costs.items() if tool.name not in told}
        aim = "0.25 of progenitor's, 0.50 of others'"
        for what, show, value in [
            ("generation", seconds, lambda cost: cost.wall),
            ("generation, processor time", seconds, lambda cost: cost.cpu),
            ("generation, peak memory", mebibytes, lambda cost: cost.peak),
        ]:
            values = told | {name: value(cost) for name, cost in costs.items()}
            table.row(f"{document.name}: {what}", values, show, "1.00" if show is mebibytes else aim)
    # Read large files only now that all peaks are measured.
    for crate in crates:
        crate.tool.finish(crate.document)
    return crates


def of_document(tools, document, rounds):
    say(f"{document.name}: generation")
    refused = {}
    for tool in tools:
        try:
            tool.prepare(document)
        except Failure as failure:
            refused[tool] = failure

    def generate(tool):
        tool.clear(document)
        return tool.generate(document)

    return refused | in_turns(rounds, [tool for tool in tools if tool not in refused], generate)
