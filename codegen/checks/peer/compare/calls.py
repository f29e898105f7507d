"""Measures the clients: a program that lists contacts, and the benchmarks."""

import os
import shutil
import subprocess
from pathlib import Path

from builds import cargo, target
from measure import Failure, in_turns, run, say
from table import BY_HAND, mebibytes, microseconds
from tools import ROOT

PEER = Path(__file__).resolve().parents[1]
SOURCES = Path(__file__).resolve().with_name("contacts")
TOKIO = 'tokio = { version = "1", default-features = false, features = ["macros", "rt"] }'
# The dependencies of a program in addition to the client.
NEEDED = {
    "progenitor": ['reqwest = { version = "0.13", default-features = false }'],
    "openapi-to-rust": [],
    "oas3-gen": [],
    "ours": [],
    BY_HAND: [
        'jiff = { version = "0.2", default-features = false, features = ["std", "serde"] }',
        'reqwest = { version = "0.13", default-features = false, features = ["query", "rustls"] }',
        'serde = { version = "1", features = ["derive"] }',
        'serde_json = "1"',
    ],
    "server": ['serde_json = "1"'],
}


def binaries(crates, rounds, table):
    """Measures the size of a program that lists Kajabi's contacts, and its time for a call and a page."""
    work = Path(os.environ["CARGO_TARGET_DIR"]) / "compare"
    programs, refused = {}, {}
    clients = {crate.tool.name: crate for crate in crates if crate.document.name == "kajabi"}
    for name, client in [*clients.items(), (BY_HAND, None), ("server", None)]:
        say(f"{name}: the program")
        try:
            programs[name] = program(work, name, client)
        except Failure as failure:
            refused[name] = "does not compile"
            table.note(f"{name}'s program does not compile: {failure.reason()}")
    server = programs.pop("server")
    sizes = {name: path.stat().st_size for name, path in programs.items()}
    table.row("stripped binary that lists contacts", refused | sizes, mebibytes, "1.00")
    for what, contacts, calls in [("a call", 1, 2000), ("a page of 1,000 contacts", 1000, 200)]:
        say(what)
        with subprocess.Popen([server, str(contacts)], stdout=subprocess.PIPE, text=True) as serving:
            try:
                url = serving.stdout.readline().strip()
                costs = in_turns(rounds, list(programs), lambda name: run([programs[name], url, str(calls)]))
            finally:
                serving.kill()
        aim = "1.00 of others', 1.05 of by hand"
        failed = {name: "fails" for name, cost in costs.items() if isinstance(cost, Failure)}
        for name in failed:
            table.note(f"{name}'s program fails: {costs[name].told.strip()}")
        cpu = {name: cost.cpu / calls for name, cost in costs.items() if name not in failed}
        table.row(f"{what}, the program's processor time", refused | failed | cpu, microseconds, aim)


def program(work, name, client):
    """Builds a program and returns its path."""
    package = f"contacts-{name.replace(' ', '-')}"
    directory = work / package
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "src").mkdir(parents=True)
    shutil.copy(SOURCES / f"{name.replace(' ', '-')}.rs", directory / "src/main.rs")
    for shared in ("by_hand", "server"):
        shutil.copy(PEER / "benches/calls" / f"{shared}.rs", directory / "src")
    dependencies = [*NEEDED[name], TOKIO]
    if client:
        dependencies.append(f'client = {{ package = "{client.name}", path = "{client.directory}" }}')
    head = f'[package]\nname = "{package}"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n'
    (directory / "Cargo.toml").write_text(head + "\n".join(dependencies) + "\n\n[workspace]\n")
    shutil.copy(ROOT / "Cargo.lock", directory)
    cargo(directory, "build", "--release", "--quiet")
    return target(directory) / "release" / package


def benches(table):
    """Adds the rows that the benchmarks print."""
    say("benchmarks")
    command = ["cargo", "bench", "--quiet", "--locked", "--package", "crm-clients-peer"]
    printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    heads = []
    for line in printed.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|---"):
            continue
        if "ours" in cells:
            heads = cells
        elif line.startswith("|"):
            what, *values, aim = cells
            table.cells(what, dict(zip(heads[1:], values)), aim)
