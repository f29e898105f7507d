//! Checks of Rust identifiers that are given in an overlay.

/// The keywords of every edition.
pub const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Returns true if a name is a valid identifier.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.strip_prefix("r#").unwrap_or(name).chars();
    name != "_"
        && characters.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
        && characters.all(unicode_ident::is_xid_continue)
        && !matches!(name, "self" | "Self" | "super" | "crate")
        && (name.starts_with("r#") || !KEYWORDS.contains(&name))
}
