//! Strings that match a regular expression.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Maximum length of a string: small patterns can require very long ones.
const MAX_LENGTH: usize = 10_000;

/// Returns a short string that matches `pattern` and, if repetitions allow it, has at least `least` characters.
///
/// Word boundaries are not checked. Returns `None` if the pattern is not supported or matches nothing.
pub fn matching(pattern: &str, least: usize) -> Option<String> {
    // Without Unicode, classes have the meaning that they have in ECMAScript.
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
    (1..=least.max(1)).map(|times| text(&hir, times)).find_map(|text| match text {
        Some(text) if text.len() >= least => Some(text),
        _ => None,
    })
}

/// Returns a matching string in which each repetition occurs at least `times` times, if allowed.
fn text(hir: &Hir, times: usize) -> Option<String> {
    let mut out = Vec::new();
    write(hir, times, &mut out)?;
    String::from_utf8(out).ok()
}

fn write(hir: &Hir, times: usize, out: &mut Vec<u8>) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.push(member(class)?),
        HirKind::Capture(capture) => write(&capture.sub, times, out)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, times, out))?,
        HirKind::Alternation(parts) => write(parts.first()?, times, out)?,
        HirKind::Repetition(repetition) => {
            let most = repetition.max.map_or(usize::MAX, |most| most as usize);
            for _ in 0..times.min(most).max(repetition.min as usize) {
                if out.len() > MAX_LENGTH {
                    return None;
                }
                write(&repetition.sub, times, out)?;
            }
        }
    }
    Some(())
}

/// Returns a letter or digit of the class, or its first member if it has none.
fn member(class: &Class) -> Option<u8> {
    let Class::Bytes(class) = class else { return None };
    let has = |byte: &u8| class.iter().any(|range| (range.start()..=range.end()).contains(byte));
    let plain = (b'1'..=b'9').chain(b'a'..=b'z').chain(b'A'..=b'Z').chain(b'!'..=b'~');
    plain.into_iter().find(has).or_else(|| class.iter().next().map(|range| range.start()))
}
