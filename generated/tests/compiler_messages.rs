//! Compiler messages for common mistakes. Its words change with its version, so that this runs in `.ci/run` only:
//! `cargo test -p crm-clients --test compiler_messages -- --ignored`; with `TRYBUILD=overwrite` it writes them anew.

#[test]
#[ignore = "builds the crate once more, and depends on the version of the compiler"]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compiler_messages/*.rs");
}
