# Names for common commands: `just --list`.

# Writes the clients.
regen:
    cargo xtask regen

# Checks that the clients are up to date, and checks formatting and lints.
check:
    cargo xtask regen --check
    cargo fmt --all --check
    cargo lint
    .ci/check

# Runs the tests, each in a separate process.
test *arguments:
    cargo nextest run --workspace --all-features {{arguments}}

# Updates the golden files; review the difference.
golden:
    UPDATE_GOLDEN=1 cargo test -p crm-clients-checks

# Packages the crates, and uses the packages in a new project.
package:
    .ci/package

# Runs all checks that a change must pass.
ci:
    .ci/run
