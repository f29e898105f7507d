# Names for common commands: `just --list`.

# Writes the clients.
regen:
    cargo xtask regen

# Checks that the clients are fresh, formatting and lints.
check:
    cargo xtask regen --check
    cargo fmt --all --check
    cargo lint
    .ci/check

# Runs the tests, each in a process of its own.
test *arguments:
    cargo nextest run --workspace --all-features {{arguments}}

# Updates the golden files; read the difference.
golden:
    UPDATE_GOLDEN=1 cargo test -p crm-clients-checks

# Packages the crates, and uses the packages as a stranger does.
package:
    .ci/package

# Everything that a change must pass.
ci:
    .ci/run
