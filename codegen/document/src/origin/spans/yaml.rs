//! The nodes of a YAML text with their spans.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser};

use super::{Builder, Content, SpanNode};

/// Returns the nodes of the first document, up to the first error.
pub(super) fn nodes(text: &str) -> Vec<SpanNode> {
    let mut builder = Builder::default();
    let mut anchors = HashMap::new();
    // An iterator of events, unlike a loader, does not recurse.
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let range = span.start.index()..span.end.index();
        let (anchor, node) = match event {
            Event::DocumentEnd => break,
            Event::Alias(anchor) => {
                let target = anchors.get(&anchor).copied();
                (0, builder.add(range, Content::Alias(target), ""))
            }
            Event::Scalar(text, _, anchor, _) => (anchor, builder.add(range, Content::Scalar, &text)),
            Event::SequenceStart(anchor, _) => (anchor, builder.open(range.start, Content::Sequence(Vec::new()))),
            Event::MappingStart(anchor, _) => (anchor, builder.open(range.start, Content::Mapping(Vec::new()))),
            Event::SequenceEnd | Event::MappingEnd => {
                builder.close(range.end);
                continue;
            }
            _ => continue,
        };
        // saphyr numbers anchors from 1; 0 means none.
        if anchor > 0 {
            anchors.insert(anchor, node);
        }
    }
    builder.nodes
}
