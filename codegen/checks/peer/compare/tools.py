"""The generators: their commands, and the steps to make their output a crate."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from measure import run

ROOT = Path(__file__).resolve().parents[3]
OURS = "ours"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@dataclass(frozen=True)
class Document:
    """A document: for a vendored API, ours reads the vendored one with its overlay, and others the published one."""

    name: str
    file: Path
    published: Path
    overlay: Path | None

    @classmethod
    def of(cls, argument):
        name, _, given = argument.partition("=")
        vendored = next((ROOT / "specs" / name).glob("openapi.*"), None)
        if not given and not vendored:
            raise SystemExit(f"`{name}` is not a vendored API; use NAME=FILE")
        published = Path(given).resolve() if given else vendored
        return cls(name, vendored or published, published, vendored and vendored.with_name("overlay.yaml"))

    @property
    def arguments(self):
        """The arguments of our commands."""
        return [self.file, *(["--overlay", self.overlay] if self.overlay else [])]


class Tool:
    """The common part of all generators."""

    def __init__(self, target, work):
        self.work = work
        self.xtask = target / "release" / "xtask"

    def crate(self, document):
        return f"{document.name}-{self.name}"

    def directory(self, document):
        return self.work / self.crate(document)

    def arguments(self, document):
        """Returns the arguments of our commands for its input."""
        return [document.published]

    def clear(self, document):
        """Removes its earlier output."""
        shutil.rmtree(self.directory(document), ignore_errors=True)
        self.directory(document).mkdir(parents=True)

    def prepare(self, document):
        """Creates its input, if that is not the document itself."""

    def finish(self, document):
        """Makes its output a crate, if it is not one."""

    def operations(self, document):
        """Returns the number of operations in its input."""
        lowered = self.work / f"{self.crate(document)}.lowered.json"
        run([self.xtask, "lower", *self.arguments(document), "--output", lowered])
        paths = json.loads(lowered.read_text())["paths"]
        return sum(len(METHODS & item.keys()) for item in paths.values())


class Ours(Tool):
    name = OURS

    def arguments(self, document):
        return document.arguments

    def generate(self, document):
        options = ["--name", self.crate(document), "--out", self.directory(document)]
        return run([self.xtask, "generate", *options, "--spec", *document.arguments])


class Progenitor(Tool):
    """Progenitor's library in a program that takes the adapted document and returns a crate, both as JSON."""

    name = "progenitor"

    def arguments(self, document):
        return document.arguments

    def prepare(self, document):
        adapted = self.work / f"{self.crate(document)}.adapted.json"
        with adapted.open("wb") as out:
            run([self.xtask, "dump", *document.arguments, "--stage", "progenitor"], stdout=out)
        with self.order(document).open("wb") as order, adapted.open("rb") as text:
            head = json.dumps({"name": self.crate(document), "source": document.file.name})
            order.write(f'{head[:-1]}, "document": '.encode())
            shutil.copyfileobj(text, order)
            order.write(b"}")

    def order(self, document):
        return self.work / f"{self.crate(document)}.order.json"

    def generate(self, document):
        package = self.directory(document) / "package.json"
        with self.order(document).open("rb") as order, package.open("wb") as out:
            return run([self.xtask.with_name("crm-clients-progenitor")], stdin=order, stdout=out)

    def finish(self, document):
        directory = self.directory(document)
        package = json.loads((directory / "package.json").read_text())
        (directory / "src").mkdir()
        (directory / "Cargo.toml").write_text(package["manifest"])
        (directory / "src/lib.rs").write_text(package["library"])


class Oas3Gen(Tool):
    name = "oas3-gen"

    def generate(self, document):
        options = ["--input", document.published, "--output", self.directory(document), "--workspace"]
        return run([self.name, "generate", "client-mod", *options])

    def finish(self, document):
        manifest = self.directory(document) / "Cargo.toml"
        text = re.sub(r'^name = ".*"', f'name = "{self.crate(document)}"', manifest.read_text(), count=1, flags=re.M)
        # It uses the system's TLS library, which would not be part of the binary.
        manifest.write_text(text.replace('"native-tls"', '"rustls"') + "\n[workspace]\n")


class OpenapiToRust(Tool):
    name = "openapi-to-rust"

    def generate(self, document):
        return run([self.name, "generate", document.published], cwd=self.directory(document))

    def finish(self, document):
        directory = self.directory(document)
        (directory / "src/lib.rs").write_text("pub mod generated;\n")
        needed = (directory / "src/generated/REQUIRED_DEPS.toml").read_text()
        head = f'[package]\nname = "{self.crate(document)}"\nversion = "0.0.0"\nedition = "2024"\n\n'
        (directory / "Cargo.toml").write_text(f"{head}{needed}\n[workspace]\n")


def installed(target, work):
    """Returns our generator, progenitor, and the others that are installed."""
    others = [tool for tool in (Oas3Gen, OpenapiToRust) if shutil.which(tool.name)]
    return [tool(target, work) for tool in (Ours, Progenitor, *others)]
