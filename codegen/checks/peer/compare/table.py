"""The table: a column for each tool, a row for each measurement."""

from tools import OURS

BY_HAND = "by hand"


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def milliseconds(value):
    return f"{value * 1000:.2f} ms"


def microseconds(value):
    return f"{value * 1e6:.1f} µs"


def mebibytes(value):
    return f"{value / 2**20:.2f} MiB"


def kibibytes(value):
    return f"{value / 2**10:.1f} KiB"


def whole(value):
    return f"{value:,.0f}"


class Table:
    """Prints rows immediately, and notes at the end."""

    def __init__(self, sides):
        self.sides = [*sides, BY_HAND]
        self.notes = []
        self.line(["", *self.sides, "aim, in brackets"])
        self.line(["---"] * (len(self.sides) + 2))

    def row(self, what, values, show, aim=""):
        """Adds a row with each value, or the reason why there is none, and the ratio of ours to it in brackets."""
        ours = values.get(OURS)

        def cell(side):
            value = values.get(side, "")
            if isinstance(value, str):
                return value
            if side == OURS or not isinstance(ours, (int, float)):
                return show(value)
            return f"{show(value)} ({ours / value:.2f})"

        self.cells(what, {side: cell(side) for side in self.sides}, aim)

    def cells(self, what, cells, aim):
        """Prints a row of formatted cells."""
        self.line([what, *(cells.get(side, "") for side in self.sides), aim])

    def line(self, cells):
        print(f"| {' | '.join(cells)} |", flush=True)

    def note(self, text):
        self.notes.append(text)

    def end(self):
        for note in self.notes:
            print(f"\n{note}")
