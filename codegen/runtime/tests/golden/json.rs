//! Deserializing and serializing JSON.

use crm_clients_runtime::{Base64, Patch, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::Outcome;
use crate::themes::{
    cycles, defaults, directions, dynamic_references, enum_names, enums, formats, maps, nulls, numeric_strings,
    property_names, tag_values, tagged, text_formats, tuples, type_names, unions,
};

/// Deserializes JSON as a `T`, which must serialize to the same JSON.
fn round_trip<T: Serialize + DeserializeOwned>(json: Value) -> serde_json::Result<T> {
    let read: T = serde_json::from_value(json.clone())?;
    assert_eq!(serde_json::to_value(&read)?, json);
    Ok(read)
}

#[test]
fn templates_have_the_types_that_fill_them_in() -> Outcome {
    use dynamic_references::types::{GroupsListResponse, LabelledTree, NumberPage, UserPage, UserReport};
    let users: UserPage = round_trip(json!({"items": [{"name": "a"}], "first": {"name": "a"}}))?;
    assert_eq!(users.items.first().map(|user| user.name.as_str()), Some("a"));
    let groups: GroupsListResponse = round_trip(json!({"items": [{"title": "t"}], "next": "n"}))?;
    assert_eq!(groups.items.first().and_then(|group| group.title.as_deref()), Some("t"));
    let numbers: NumberPage = round_trip(json!({"total": 1, "items": [1.5]}))?;
    assert_eq!((numbers.total, numbers.items), (Some(1), vec![1.5]));
    let tree: LabelledTree = round_trip(json!({"label": "root", "children": [{"label": "leaf"}]}))?;
    assert_eq!(tree.children.iter().flatten().map(|child| child.label.as_str()).collect::<Vec<_>>(), ["leaf"]);
    assert!(serde_json::from_value::<LabelledTree>(json!({"label": "root", "children": [{}]})).is_err());
    // A template that refers to others, which refer back to it.
    let page = json!({"items": [{"title": "t"}]});
    let section = json!({"best": {"title": "b"}, "report": {"page": page}, "users": page});
    let report: UserReport = round_trip(json!({"page": page, "sections": [section], "previous": {"page": page}}))?;
    let titles = |report: &UserReport| -> Vec<Option<String>> {
        report.page.iter().flat_map(|page| &page.items).map(|group| group.title.clone()).collect()
    };
    assert_eq!(report.previous.as_deref().map(titles), Some(vec![Some("t".to_owned())]));
    let inner = report.sections.iter().flatten().filter_map(|section| section.report.as_ref()).next();
    assert_eq!(inner.map(titles), Some(vec![Some("t".to_owned())]));
    Ok(())
}

#[test]
fn a_constant_counts_more_than_a_mapping() -> Outcome {
    use tag_values::types::{Reading, ReadingMismatched};
    let reading: Reading = round_trip(json!({"mismatched": {"event": "opened", "by": "b"}}))?;
    assert!(matches!(reading.mismatched, Some(ReadingMismatched::Opened(_))));
    let reading: Reading = round_trip(json!({"mismatched": {"event": "close"}}))?;
    assert!(matches!(reading.mismatched, Some(ReadingMismatched::Unknown(_))), "no schema allows this value");
    Ok(())
}

#[test]
fn absent_null_and_a_value() -> Outcome {
    use nulls::types::{Note, NoteInput, Owner};
    let note = NoteInput::new(1, None, None);
    assert_eq!(
        serde_json::to_value(&note)?,
        json!({"id": 1, "kind": "note", "version": 2, "title": null, "owner": null})
    );
    let note = NoteInput::new(1, "t".to_owned(), Owner::from("Alice"));
    let note = note.clear_body().rank(3).color("green").clear_editor();
    let sent = json!({
        "id": 1, "kind": "note", "version": 2, "title": "t", "body": null, "rank": 3, "color": "green",
        "owner": {"name": "Alice"}, "editor": null
    });
    assert_eq!(serde_json::to_value(&note)?, sent);
    assert_eq!((note.body, note.either), (Patch::Null, Patch::Absent));

    let received = json!({
        "id": 1, "kind": "note", "version": 2, "title": null, "body": null, "owner": null, "amount": "1.50",
        "either": true, "tags": ["a", null], "anything": {"a": [1]}, "not declared": 1
    });
    let note: Note = serde_json::from_value(received)?;
    assert_eq!((note.body, note.amount), (None, Some("1.50".into())));
    assert_eq!(note.either, Some(nulls::types::NoteEither::Boolean(true)));
    assert_eq!(note.tags, Some(vec![Some("a".to_owned()), None]));
    assert_eq!(note.anything, Some(json!({"a": [1]})));
    Ok(())
}

#[test]
fn enum_values_have_the_names_in_the_document() -> Outcome {
    use enum_names::types::{Channel, Colour, Level, Room, Switch};
    let room: Room = round_trip(json!({"channel": 2, "colour": "red", "level": 1, "switch": 0, "state": "other"}))?;
    assert_eq!((room.channel, room.colour), (Some(Channel::Voice), Some(Colour::RedOne)));
    assert_eq!((room.level, room.switch), (Some(Level::InProgress), Some(Switch::Off)));
    assert_eq!(room.state, Some(enum_names::types::RoomState::Other("other".to_owned())));
    Ok(())
}

#[test]
fn a_tag_of_any_type_selects_the_variant() -> Outcome {
    use tag_values::types::{
        Reading, ReadingAdded, ReadingKeyed, ReadingLayout, ReadingNested, ReadingNumbered, ReadingOutcome,
        ReadingOwned, ReadingRange, ReadingScale, Versions,
    };
    let second = json!({
        "layout": {"version": 2, "name": "n"}, "outcome": {"ok": false}, "scale": {"factor": 1},
        "owned": {"owner": null, "rank": 1}, "range": {"unit": "km"}, "keyed": {"key": "k"},
        "nested": {"version": 3}, "numbered": {"level": -2}, "added": {"type": "memo", "text": "t"}
    });
    let reading: Reading = serde_json::from_value(second.clone())?;
    assert!(matches!(reading.layout, Some(ReadingLayout::Second(_))));
    assert!(matches!(reading.outcome, Some(ReadingOutcome::Failed(_))));
    assert!(matches!(reading.scale, Some(ReadingScale::Whole(_))));
    assert!(matches!(reading.owned, Some(ReadingOwned::NoOwner(_))));
    assert!(matches!(reading.range, Some(ReadingRange::Far(_))));
    assert!(matches!(reading.keyed, Some(ReadingKeyed::ByText(_))));
    assert!(matches!(reading.nested, Some(ReadingNested::Third(_))));
    assert!(matches!(reading.numbered, Some(ReadingNumbered::High(_))));
    assert!(matches!(reading.added, Some(ReadingAdded::Memo(_))));
    assert_eq!(serde_json::to_value(&reading)?, second);

    let first = json!({
        "layout": {"version": 1}, "outcome": {"ok": true}, "scale": {"factor": 0.5}, "owned": {"owner": "o"},
        "range": {"unit": "mm"}, "keyed": {"key": 4}, "nested": {"version": 2}, "numbered": {"level": 1.0},
        "added": {"type": "note"}
    });
    let reading: Reading = serde_json::from_value(first)?;
    assert!(matches!(reading.layout, Some(ReadingLayout::First(_))));
    assert!(matches!(reading.outcome, Some(ReadingOutcome::Passed(_))));
    assert!(matches!(reading.scale, Some(ReadingScale::Half(_))));
    assert!(matches!(reading.owned, Some(ReadingOwned::HasOwner(_))));
    assert!(matches!(reading.range, Some(ReadingRange::Near(_))));
    assert!(matches!(reading.keyed, Some(ReadingKeyed::ByNumber(_))));
    assert!(matches!(reading.nested, Some(ReadingNested::Versions(Versions::Second(_)))));
    assert!(matches!(reading.numbered, Some(ReadingNumbered::Low(_))));
    assert!(matches!(reading.added, Some(ReadingAdded::Note(_))));

    let other: Reading = serde_json::from_value(json!({"outcome": {"ok": "maybe"}}))?;
    assert!(matches!(other.outcome, Some(ReadingOutcome::Unknown(_))));
    Ok(())
}

#[test]
fn properties_that_are_empty_by_default_can_be_absent() -> Outcome {
    use defaults::types::{Page, PageInput};
    for nothing in [json!({"data": ["a"]}), json!({"data": ["a"], "links": null, "tags": null, "extra": null})] {
        let page: Page = serde_json::from_value(nothing)?;
        assert_eq!((page.links.next.as_deref(), page.tags.len(), page.extra.len(), &page.owner), (None, 0, 0, &None));
        assert_eq!(serde_json::to_value(&page)?, json!({"data": ["a"]}), "empty values are not serialized");
    }
    let full = json!({"data": [], "links": {"next": "n"}, "tags": ["t"], "extra": {"k": 1}, "owner": {"name": "A"}});
    let page: Page = round_trip(full)?;
    assert_eq!((page.links.next.as_deref(), page.tags), (Some("n"), vec!["t".to_owned()]));
    assert!(serde_json::from_value::<Page>(json!({"links": {}})).is_err(), "required values are still required");
    assert!(serde_json::from_value::<Page>(json!({"data": [], "links": []})).is_err());
    assert_eq!(serde_json::to_value(PageInput::new(["a"]))?, json!({"data": ["a"]}), "the sender can omit it");
    Ok(())
}

#[test]
fn read_only_properties_are_not_sent_and_write_only_ones_not_received() -> Outcome {
    use directions::types::{OwnerInput, User, UserInput, UserPatch};
    let user = UserInput::new("Alice", OwnerInput::new().name("Bob")).password("secret").label("l");
    let sent =
        json!({"name": "Alice", "password": "secret", "team": {"owner": {"name": "Bob"}}, "label": {"text": "l"}});
    assert_eq!(serde_json::to_value(user)?, sent);
    let user: User = round_trip(json!({"id": 1, "name": "A", "team": {"owner": {"id": 2, "name": "B"}}}))?;
    assert_eq!(user.team.owner.id, Some(2));
    let patch = UserPatch::new().clear_name().clear_team();
    assert_eq!(serde_json::to_value(patch)?, json!({"name": null, "team": null}));
    Ok(())
}

#[test]
fn unknown_values_are_kept() -> Outcome {
    use enums::types::{Level, State, Ticket, TicketCased, TicketWait};
    let ticket: Ticket =
        round_trip(json!({"state": "in-progress", "level": 0, "wait": "24h+", "cased": "unknown", "quoted": "\""}))?;
    assert_eq!(
        (ticket.state, ticket.level, ticket.wait),
        (Some(State::InProgress), Some(Level::Low), Some(TicketWait::N24h))
    );
    assert_eq!(ticket.cased, Some(TicketCased::Unknown));
    let ticket: Ticket =
        round_trip(json!({"state": "frozen", "level": 7, "wait": "", "cased": "ASc", "only": "double"}))?;
    assert_eq!((ticket.state, ticket.level), (Some(State::Unknown("frozen".to_owned())), Some(Level::Unknown(7))));
    assert_eq!(ticket.cased, Some(TicketCased::Other("ASc".to_owned())));
    Ok(())
}

#[test]
fn a_tag_selects_the_variant() -> Outcome {
    use tagged::types::{Event, Shape};
    assert!(matches!(round_trip(json!({"kind": "made", "id": 1}))?, Event::Created(created) if created.id == 1));
    assert!(matches!(round_trip(json!({"kind": "gone", "reason": "r"}))?, Event::Removed(_)));
    let later = json!({"kind": "renamed", "to": [1, {"z": 1, "a": 2}]});
    assert!(matches!(round_trip(later.clone())?, Event::Unknown(value) if value == later));
    let shapes: Vec<Shape> =
        round_trip(json!([{"type": "Circle", "radius": 1.5}, {"type": "square", "side": 2.0}, {"type": "line"}]))?;
    assert!(matches!(shapes.as_slice(), [Shape::Circle(_), Shape::Square(_), Shape::Unknown(_)]));
    assert!(
        serde_json::from_value::<Event>(json!({"kind": "made"})).is_err(),
        "a known variant without a required property"
    );
    Ok(())
}

#[test]
fn kind_and_properties_select_the_variant() -> Outcome {
    use unions::types::{Holder, HolderContact, HolderInline, HolderWhen, Value as Choice};
    for (json, choice) in [
        (json!("s"), Choice::String("s".to_owned())),
        (json!(1), Choice::Integer(1)),
        (json!(1.5), Choice::Number(1.5)),
        (json!(false), Choice::Boolean(false)),
        (json!([1, 2]), Choice::Integers(vec![1, 2])),
        (json!([{"name": "A"}]), Choice::PersonList(vec!["A".into()])),
        (json!({"k": "v"}), Choice::Object([("k".to_owned(), "v".to_owned())].into())),
        (json!({"k": 1}), Choice::Unknown(json!({"k": 1}))),
        (json!(["a"]), Choice::Unknown(json!(["a"]))),
    ] {
        assert_eq!(round_trip::<Choice>(json)?, choice);
    }
    let holder: Holder = round_trip(json!({
        "value": 1, "contact": {"name": "A", "domain": "a.example"}, "inline": {"phone": "1"},
        "when": "2026-01-02T03:04:05Z", "status": "stale", "number": 3.5
    }))?;
    assert!(matches!(holder.contact, Some(HolderContact::Company(_))));
    assert!(matches!(holder.inline, Some(HolderInline::WithPhone(_))));
    assert!(matches!(holder.when, Some(HolderWhen::DateTime(_))));
    let holder: Holder = round_trip(json!({"value": "v", "contact": {"name": "A"}, "when": "tomorrow"}))?;
    assert!(matches!(holder.contact, Some(HolderContact::Person(_))));
    assert!(matches!(holder.when, Some(HolderWhen::Unknown(_))));
    Ok(())
}

#[test]
fn additional_properties_are_kept() -> Outcome {
    use maps::types::{Dictionary, Thing};
    let thing: Thing = round_trip(
        json!({"name": "n", "additional_properties": "own", "counts": {"a": 1}, "rows": [[1.0], []], "z": [1], "b": null}),
    )?;
    assert_eq!(thing.additional_properties.as_deref(), Some("own"));
    assert_eq!(thing.additional_properties_.get("z"), Some(&json!([1])));
    let dictionary: Dictionary = round_trip(json!({"x": {"name": "n", "one": 1, "none": null}}))?;
    assert_eq!(dictionary["x"].additional_properties, [("one".to_owned(), Some(1)), ("none".to_owned(), None)].into());
    assert!(serde_json::from_value::<Dictionary>(json!({"x": {"name": "n", "one": "1"}})).is_err());
    Ok(())
}

#[test]
fn identifiers_and_addresses_have_types() -> Outcome {
    use formats::types::{Host, HostIp};
    let host: Host = round_trip(json!({
        "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "ip": "192.0.2.7", "v4": "192.0.2.8", "v6": "2001:db8::1",
        "counter": u64::MAX, "opens": "08:00:00+02:00", "lease": "P1M", "price": "0.10", "peers": []
    }))?;
    assert_eq!(host.id, crm_clients_runtime::Uuid::from_u128(0x3fa8_5f64_5717_4562_b3fc_2c96_3f66_afa6));
    assert_eq!(host.ip, HostIp::Ipv4([192, 0, 2, 7].into()));
    assert_eq!((host.v4, host.counter), (Some([192, 0, 2, 8].into()), Some(u64::MAX)));
    assert_eq!((host.lease.as_deref(), host.price.as_deref()), (Some("P1M"), Some("0.10")));
    // Servers also write UUIDs in other formats.
    let host: Host = serde_json::from_value(json!({"id": "3FA85F6457174562B3FC2C963F66AFA6", "ip": 1}))?;
    assert_eq!(host.id.to_string(), "3fa85f64-5717-4562-b3fc-2c963f66afa6");
    assert!(serde_json::from_value::<Host>(json!({"id": "7", "ip": 1})).is_err());

    let note: text_formats::types::NotesGetResponse = round_trip(json!({
        "id": "not a UUID", "at": "yesterday", "day": "2026-01-02", "data": "no base64!"
    }))?;
    assert_eq!((note.id.as_str(), note.day.year(), note.data.as_deref()), ("not a UUID", 2026, Some("no base64!")));
    Ok(())
}

#[test]
fn dates_bytes_and_numbers() -> Outcome {
    let json = json!({
        "day": "2026-02-28", "at": "2026-02-28T10:00:00Z", "bytes": "aGk=", "small": -1, "large": i64::MIN,
        "unsigned": u64::MAX, "single": 0.5, "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "odd": "o"
    });
    let sample: formats::types::Sample = round_trip(json)?;
    assert_eq!((sample.day.year(), sample.bytes), (2026, Some(Base64(b"hi".to_vec()))));
    for wrong in
        [json!({"day": "2026-02-30", "at": "2026-02-28T10:00:00Z"}), json!({"day": "2026-02-28", "at": "noon"})]
    {
        assert!(serde_json::from_value::<formats::types::Sample>(wrong).is_err());
    }
    Ok(())
}

#[test]
fn numbers_can_be_strings() -> Outcome {
    use numeric_strings::types::Meta;
    let meta: Meta =
        serde_json::from_value(json!({"page": "3", "pages": 4, "ratio": "2.5", "total": null, "shared": "7"}))?;
    assert_eq!((meta.page, meta.pages, meta.ratio, meta.total, meta.shared), (3, Some(4), 2.5, None, Some(7)));
    round_trip::<Meta>(json!({"page": 1, "ratio": 1.0, "list": [1, "2"], "other": "x"}))?;
    Ok(())
}

#[test]
fn types_that_contain_themselves() -> Outcome {
    use cycles::types::{Either, Endless, Filter, Left, Lists, Node, Tree};
    let node: Node = round_trip(
        json!({"name": "a", "next": {"name": "b"}, "children": [{"name": "c"}], "named": {"d": {"name": "d"}}}),
    )?;
    assert_eq!(node.next.map(|next| next.name), Some("b".to_owned()));
    round_trip::<Tree>(json!({"left": {"tree": {"left": {"tree": null}, "value": 1}}}))?;
    assert!(matches!(round_trip(json!({"not": ["a", {"not": "b"}]}))?, Filter::Not(_)));
    assert!(matches!(round_trip(json!(true))?, Either::Unknown(_)));
    round_trip::<Lists>(json!([[], [[]]]))?;
    round_trip::<Left>(json!({"child": {"child": {"name": "n"}}}))?;
    round_trip::<Endless>(json!({}))?;
    Ok(())
}

#[test]
fn properties_of_any_name() -> Outcome {
    let json = json!({
        "type": "t", "self": "s", "Self": "S", "enum": "e", "new": "n", "24h+": 1, "0-1h": 2, "": "", "$%": "d", "_": "u",
        "userName": "1", "UserName": "2", "user_name": "3", "user-name": "4", "\"quoted\"": "q", "back\\slash": "b", "{}": "f", "more": "m"
    });
    let thing: property_names::types::Thing = round_trip(json.clone())?;
    assert_eq!((thing.n24h, thing.n0_1h, thing.self_capitalized.as_deref()), (Some(1), Some(2), Some("S")));
    round_trip::<property_names::types::ThingInput>(json)?;
    Ok(())
}

#[test]
fn arrays_of_fixed_length_are_tuples() -> Outcome {
    use tuples::types::{Position, Series, SeriesEither, SeriesInput, SeriesMaybeItem2};
    let series: Series = round_trip(json!({
        "points": [["a", 1], ["b", 2]], "first": ["x", null, [1.5, -2.0]], "one": [true], "maybe": ["m", {"unit": "kg"}],
        "within": [{"points": [], "first": ["y", 3, [0.5, 0.5]]}, 4], "either": ["e", 5], "open": ["o", 6, 7],
        "shorter": ["s"], "times": [8, "t"]
    }))?;
    assert_eq!(series.points, [("a".to_owned(), 1), ("b".to_owned(), 2)]);
    let position: Position = (1.5, -2.0);
    assert_eq!(series.first, ("x".to_owned(), None, position));
    assert_eq!(series.maybe, Some(("m".to_owned(), SeriesMaybeItem2::new().unit("kg"))));
    assert_eq!(series.within.as_ref().map(|(inner, count)| (inner.first.1, *count)), Some((Some(3), 4)));
    let made = SeriesInput::new([("a", 1), ("b", 2)], ("x", None, position)).one((true,)).either(("e".to_owned(), 5));
    assert_eq!((made.points, made.one, made.either), (series.points, series.one, series.either));
    assert!(matches!(round_trip(json!("text"))?, SeriesEither::String(_)));
    for (points, expected) in [
        (json!([["a"]]), "expected 2 elements, found 1"),
        (json!([["a", 1, 2]]), "expected 2 elements, found more"),
        (json!([["a", "b"]]), "invalid type: string \"b\""),
        (json!(["a"]), "expected a list of 2 elements"),
    ] {
        let read = serde_json::from_value::<Series>(json!({"points": points, "first": ["x", null, [1, 2]]}));
        let error = read.err().ok_or("it was read")?;
        assert!(error.to_string().contains(expected), "{error}");
    }
    Ok(())
}

#[test]
fn a_glob_import_hides_nothing() -> Outcome {
    use type_names::types::*;
    let some: Option<Vec<String>> = Some(vec!["a".to_owned()]);
    let read: Result<ResultModel, serde_json::Error> =
        round_trip(json!({"some": "Ok", "none": [{"inner": {"inner": {}}}]}));
    assert!(matches!(read?, ResultModel::OptionModel(OptionModel { some: StringModel::Ok, .. })));
    assert!(some.is_some());
    Ok(())
}
