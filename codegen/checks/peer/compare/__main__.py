"""Compares our generator and client with others, and prints the results as a Markdown table.

  python3 codegen/checks/peer/compare [--quick] [--parts PART,...] [NAME[=FILE]]...

Each cell has the value of a tool and, in brackets, the ratio of ours to it. The default documents are Kajabi and
Chatwoot. oas3-gen and openapi-to-rust are measured if they are installed; with `kajabi=FILE` they read the published
document FILE, while ours and progenitor still read the vendored one with its overlay.
"""

import argparse
import os
import subprocess
from pathlib import Path

import builds
import calls
import generation
from table import Table
from tools import ROOT, Document, installed

PARTS = ("generation", "builds", "binary", "calls")


def main():
    arguments = read_arguments()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    os.environ["CARGO_TARGET_DIR"] = str(target)
    build_generators()
    work = target / "compare"
    work.mkdir(parents=True, exist_ok=True)
    documents = [Document.of(argument) for argument in arguments.documents or ["kajabi", "chatwoot"]]
    tools = installed(target, work)
    table = Table([tool.name for tool in tools])
    # The other parts build the generated crates.
    crates = generation.measure(tools, documents, 3 if arguments.quick else 15, table)
    if "builds" in arguments.parts:
        builds.measure(crates, 1 if arguments.quick else 5, table)
    if "binary" in arguments.parts:
        calls.binaries(crates, 1 if arguments.quick else 9, table)
    if "calls" in arguments.parts:
        calls.benches(table)
    table.end()


def read_arguments():
    parser = argparse.ArgumentParser(
        prog="compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("documents", nargs="*", metavar="NAME[=FILE]")
    parser.add_argument("--quick", action="store_true", help="run few rounds, to check that everything works")
    parser.add_argument(
        "--parts", type=lambda text: text.split(","), default=PARTS, help=f"parts of {','.join(PARTS)}; all by default"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(unknown)}; expected {', '.join(PARTS)}")
    return arguments


def build_generators():
    """Builds our generator and the program for progenitor's library in release mode."""
    packages = ["--package", "xtask", "--package", "crm-clients-progenitor"]
    subprocess.run(["cargo", "build", "--release", "--quiet", "--locked", *packages], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
