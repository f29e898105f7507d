//! The Rust snippets of the book and of README.md: `cargo test -p crm-clients-book` compiles them.

macro_rules! snippets {
    ($($name:ident $file:literal)*) => { $(
        #[cfg(doctest)]
        #[doc = include_str!($file)]
        struct $name;
    )* };
}

snippets! {
    Readme "../README.md"
    Use "src/use.md"
    Generate "src/generate.md"
    Correct "src/correct.md"
    Review "src/review.md"
    Extend "src/extend.md"
}
