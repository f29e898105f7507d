"""The generators: how each is called, and what makes a crate of what it writes."""

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
    """A document. A vendored API's is read by ours as it is vendored, with its overlay, and by others as it is published."""

    name: str
    file: Path
    published: Path
    overlay: Path | None

    @classmethod
    def of(cls, argument):
        name, _, given = argument.partition("=")
        vendored = next((ROOT / "specs" / name).glob("openapi.*"), None)
        if not given and not vendored:
            raise SystemExit(f"`{name}` is no vendored API: write NAME=FILE")
        published = Path(given).resolve() if given else vendored
        return cls(name, vendored or published, published, vendored and vendored.with_name("overlay.yaml"))

    @property
    def arguments(self):
        """What our commands take."""
        return [self.file, *(["--overlay", self.overlay] if self.overlay else [])]


class Tool:
    """A generator, as far as all are alike."""

    def __init__(self, target, work):
        self.work = work
        self.xtask = target / "release" / "xtask"

    def crate(self, document):
        return f"{document.name}-{self.name}"

    def directory(self, document):
        return self.work / self.crate(document)

    def arguments(self, document):
        """What our commands take for what it reads."""
        return [document.published]

    def clear(self, document):
        """Takes away what it has written before."""
        shutil.rmtree(self.directory(document), ignore_errors=True)
        self.directory(document).mkdir(parents=True)

    def prepare(self, document):
        """Makes what it reads, where that is not the document itself."""

    def finish(self, document):
        """Makes a crate of what it has written, where that is none."""

    def operations(self, document):
        """How many operations the document has, as it reads it."""
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
    """progenitor's library in a program that is handed what our passes make for it, and hands back a crate, as JSON."""

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
        # It asks for the system's TLS library, of which nothing would be in the binary.
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
    """Ours, progenitor, and those of the others that there are."""
    others = [tool for tool in (Oas3Gen, OpenapiToRust) if shutil.which(tool.name)]
    return [tool(target, work) for tool in (Ours, Progenitor, *others)]
