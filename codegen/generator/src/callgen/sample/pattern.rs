//! Texts that match a regular expression.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// How long a text may get: small patterns can ask for very long ones.
const MAX_LENGTH: usize = 10_000;

/// A short text that matches `pattern` and has at least so many characters, if repetitions allow it.
///
/// Boundaries between words are taken for granted. `None` where the pattern is not understood, or nothing matches.
pub fn matching(pattern: &str, least: usize) -> Option<String> {
    // Without Unicode, classes are those of ECMAScript, which documents mean.
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
    (1..=least.max(1)).map(|times| text(&hir, times)).find_map(|text| match text {
        Some(text) if text.len() >= least => Some(text),
        _ => None,
    })
}

/// A text that matches, in which what may be repeated is so at least `times` times.
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

/// A digit or a letter where the class has one, otherwise its first member.
fn member(class: &Class) -> Option<u8> {
    let Class::Bytes(class) = class else { return None };
    let has = |byte: &u8| class.iter().any(|range| (range.start()..=range.end()).contains(byte));
    let plain = (b'1'..=b'9').chain(b'a'..=b'z').chain(b'A'..=b'Z').chain(b'!'..=b'~');
    plain.into_iter().find(has).or_else(|| class.iter().next().map(|range| range.start()))
}
