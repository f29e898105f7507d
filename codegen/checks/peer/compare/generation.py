"""From a document to the text of a crate."""

from dataclasses import dataclass

from measure import Failure, in_turns, say
from table import mebibytes, seconds
from tools import Document, Tool


@dataclass(frozen=True)
class Crate:
    """What a generator has made of a document."""

    tool: Tool
    document: Document

    @property
    def name(self):
        return self.tool.crate(self.document)

    @property
    def directory(self):
        return self.tool.directory(self.document)


def measure(tools, documents, rounds, table):
    """Lets each generator write each crate, and gives the crates that are there afterwards."""
    measured = {document: of_document(tools, document, rounds) for document in documents}
    crates = []
    for document, costs in measured.items():
        told = {tool.name: "refused" for tool, cost in costs.items() if isinstance(cost, Failure)}
        for tool, cost in costs.items():
            if isinstance(cost, Failure):
                table.note(f"{tool.name} refuses {document.name}: {cost.reason()}")
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
    # Only now, when all peaks are measured, is anything large read.
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
