//! Unions: the variant of a value, and the type of a response.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::{
    common_properties, default_mapping, hierarchies, nested_choices, open_choices, overlapping, response_choices,
    whole_numbers, wide_enums,
};

/// Deserializes JSON as a `T`, which must serialize to the same JSON.
fn round_trip<T: Serialize + DeserializeOwned>(json: Value) -> serde_json::Result<T> {
    let read: T = serde_json::from_value(json.clone())?;
    assert_eq!(serde_json::to_value(&read)?, json);
    Ok(read)
}

/// Returns a server with this response, and the resource of a client that calls it.
macro_rules! exports {
    ($status:expr, $media_type:expr, $body:expr) => {{
        let server = Server::answering([reply($status, &[&format!("content-type: {}", $media_type)], $body)]).await?;
        let client = response_choices::Client::builder().base_url(server.url()).build()?;
        (client.exports(), server)
    }};
}

#[tokio::test]
async fn the_status_selects_the_type_of_a_response() -> Outcome {
    use response_choices::types::{ExportsCreateResponse as Created, ExportsListResponse as Listed};
    let json = "application/json";
    let (exports, _server) = exports!("200 OK", json, r#"{"id": 1}"#);
    assert!(matches!(exports.create().await?, Created::Ok(export) if export.id == 1));
    let (exports, _server) = exports!("202 Accepted", json, r#"{"id": 2}"#);
    assert!(matches!(exports.create().await?, Created::Accepted(ticket) if ticket.id == 2));
    let (exports, _server) = exports!("204 No Content", json, "");
    assert_eq!(exports.create().await?, Created::NoContent);
    let (exports, _server) = exports!("203 Else", "text/plain", "else");
    assert_eq!(exports.create().await?, Created::Success("else".to_owned()));
    let (exports, _server) = exports!("206 Partial Content", json, r#"[{"id": 2}]"#);
    assert!(matches!(exports.list().await?, Listed::PartialContent(tickets) if tickets.len() == 1));
    let (exports, _server) = exports!("201 Created", json, r#"{"id": 3}"#);
    assert_eq!(exports.list().await?, Listed::Unknown(r#"{"id": 3}"#.into()), "a status that is not declared");
    Ok(())
}

#[tokio::test]
async fn the_media_type_selects_the_type_of_a_response() -> Outcome {
    use response_choices::types::{ExportsDeleteResponse as Deleted, ExportsGetResponse as Got, ExportsUpdateResponse};
    let (exports, server) = exports!("200 OK", "application/json; charset=utf-8", r#"{"id": 1}"#);
    assert!(matches!(exports.get(1).await?, Got::Json(_)));
    let accept = "application/json, application/vnd.rows+json;q=0.9, text/csv;q=0.8, application/pdf;q=0.7";
    assert_eq!(server.request()?.header("accept"), Some(accept));
    let (exports, _server) = exports!("200 OK", "application/vnd.rows+json", r#"{"rows": ["a"]}"#);
    assert!(matches!(exports.get(1).await?, Got::VndRowsJson(rows) if rows.rows == ["a"]));
    let (exports, _server) = exports!("200 OK", "text/csv", "a,b");
    assert_eq!(exports.get(1).await?, Got::Csv("a,b".to_owned()));
    let (exports, _server) = exports!("200 OK", "application/pdf", "%PDF");
    assert_eq!(exports.get(1).await?, Got::Pdf("%PDF".into()));
    let (exports, _server) = exports!("200 OK", "text/plain", r#"{"id": 1}"#);
    assert!(matches!(exports.get(1).await?, Got::Json(_)), "JSON that is labelled as text");
    let (exports, _server) = exports!("200 OK", "text/html", "<html>");
    let error = exports.get(1).await.err().ok_or("a page was read")?;
    assert!(error.to_string().contains("the body is \"text/html\", which is not declared"), "{error}");

    let (exports, _server) = exports!("200 OK", "text/csv", "a");
    assert_eq!(exports.update(1).await?, ExportsUpdateResponse::OkCsv("a".to_owned()));
    let (exports, server) = exports!("200 OK", "image/png", "png");
    assert_eq!(exports.delete(1).await?, Deleted::Image("png".into()));
    assert_eq!(server.request()?.header("accept"), Some("application/json, image/*;q=0.9"));
    let (exports, server) = exports!("201 Created", "application/json", r#"{"id": 4}"#);
    assert_eq!(exports.replace(1).await?.id, 4, "the same type in every case");
    assert_eq!(server.request()?.header("accept"), Some("application/json, text/json;q=0.9"));
    Ok(())
}

#[tokio::test]
async fn an_error_may_have_several_bodies() -> Outcome {
    use response_choices::{Error, ErrorBody};
    for (body, is_problem) in [(r#"{"rows": ["a"]}"#, false), (r#"{"title": "t"}"#, true)] {
        let (exports, _server) = exports!("400 Bad Request", "application/json", body);
        let Err(Error::Api(error)) = exports.get(1).await else { return Err(body.into()) };
        let is_right = match error.body() {
            ErrorBody::Rows(rows) => !is_problem && rows.rows == ["a"],
            ErrorBody::Problem(problem) => is_problem && problem.title == "t",
            _ => false,
        };
        assert!(is_right, "{:?}", error.body());
    }
    Ok(())
}

#[tokio::test]
async fn the_media_type_selects_xml_beside_json_and_the_body_of_an_error() -> Outcome {
    use response_choices::types::ExportsGetSummaryResponse as Summary;
    use response_choices::{Error, ErrorBody};
    let (exports, server) = exports!("200 OK", "application/json", r#"{"id": 1}"#);
    assert!(matches!(exports.get_summary(1).await?, Summary::Json(export) if export.id == 1));
    assert_eq!(server.request()?.header("accept"), Some("application/json, application/xml;q=0.9"));
    let (exports, _server) = exports!("200 OK", "application/xml", "<Rows><rows>a</rows><rows>b</rows></Rows>");
    assert!(matches!(exports.get_summary(1).await?, Summary::Xml(rows) if rows.rows == ["a", "b"]));
    let (exports, server) = exports!("200 OK", "application/json", r#"[{"id": 1}]"#);
    assert_eq!(exports.create_summary(1).await?.len(), 1, "one type for both");
    assert_eq!(server.request()?.header("accept"), Some("application/json"));

    for (media_type, is_problem) in [("application/json", false), ("application/problem+json; charset=utf-8", true)] {
        let (exports, _server) = exports!("409 Conflict", media_type, r#"{"title": "t"}"#);
        let Err(Error::Api(error)) = exports.get_summary(1).await else { return Err(media_type.into()) };
        assert_eq!(matches!(error.body(), ErrorBody::ConflictProblem(_)), is_problem, "{:?}", error.body());
    }
    Ok(())
}

#[test]
fn overlapping_alternatives_lose_no_properties() -> Outcome {
    use overlapping::types::{Holder, HolderApart, HolderExclusive, HolderKinds, HolderMixed, PersonCode};
    let both = json!({"name": "n", "hobby": "h", "salary": 3, "code": 7, "home": {"street": "s", "floor": 1}});
    let holder: Holder = round_trip(json!({
        "profile": both, "mixed": both, "lists": [both, {"name": "m"}], "labels": {"name": "n", "tag": "t", "rank": "r"},
        "tree": {"green": true, "length": 2.5, "next": {"length": 1.5, "green": false}},
    }))?;
    let profile = holder.profile.ok_or("no profile")?;
    assert_eq!((profile.hobby.as_deref(), profile.salary), (Some("h"), Some(3)));
    assert_eq!(profile.code, Some(PersonCode::Integer(7)));
    assert!(matches!(holder.mixed, Some(HolderMixed::PersonOrEmployee(all)) if all == profile));
    assert_eq!(holder.lists.ok_or("no list")?.len(), 2);
    assert_eq!(holder.labels.ok_or("no labels")?.additional_properties.len(), 2);

    let apart: Holder =
        round_trip(json!({"apart": {"seconds": 1, "title": "t"}, "kinds": {"colour": "blue", "depth": 1}}))?;
    assert!(matches!(apart.apart, Some(HolderApart::Sound(_))));
    assert!(matches!(apart.kinds, Some(HolderKinds::Blue(_))));
    let of_both = json!({"seconds": 1, "width": 2, "title": "t", "caption": "c"});
    let apart: Holder = round_trip(json!({"apart": of_both, "exclusive": {"name": "n", "code": "c", "hobby": "h"}}))?;
    let Some(HolderApart::Sound(sound)) = apart.apart else { return Err(format!("{:?}", apart.apart).into()) };
    assert_eq!(sound.additional_properties["width"], json!(2), "undeclared properties are kept");
    assert!(matches!(apart.exclusive, Some(HolderExclusive::Person(_))));
    Ok(())
}

#[test]
fn extensions_of_a_schema_can_replace_it() -> Outcome {
    use hierarchies::types::{Boat, BoatBaseInput, CarInput, Clash, Event, High, Reading, Vehicle, VehicleInput};
    let car = json!({"@kind": "Car", "id": 1, "doors": 4, "towing": {"@kind": "Raft", "logs": 9}});
    let vehicle: Vehicle = round_trip(car)?;
    let Vehicle::Car(car) = &vehicle else { return Err(format!("{vehicle:?}").into()) };
    assert!(matches!(car.towing.as_deref(), Some(Vehicle::Raft(raft)) if raft.logs == Some(9)));
    let base = vehicle.base().ok_or("no base")?;
    assert_eq!((base.id, base.kind.as_str()), (Some(1), "Car"));
    for (kind, is_known) in [("Vehicle", true), ("Boat", true), ("Bike", true), ("Plane", false)] {
        let vehicle: Vehicle = round_trip(json!({"@kind": kind, "id": 2}))?;
        assert_eq!(!matches!(vehicle, Vehicle::Unknown(_)), is_known, "{kind}");
        assert_eq!(vehicle.base().ok_or(kind)?.id, Some(2));
    }
    assert!(matches!(round_trip::<Boat>(json!({"@kind": "Raft", "value": "v"}))?, Boat::Raft(_)));
    assert_eq!(Vehicle::Unknown(json!({"id": 1})).base(), None);

    let sent = VehicleInput::from(CarInput::new(2).towing(BoatBaseInput::new().value("v")));
    let expected = json!({"@kind": "Car", "doors": 2, "towing": {"@kind": "Boat", "value": "v"}});
    assert_eq!(serde_json::to_value(sent)?, expected);

    for (kind, property) in [("created", "name"), ("made", "name"), ("gone", "reason"), ("renamed", "from")] {
        let event: Event = round_trip(json!({"type": kind, "at": "2026-01-02T03:04:05Z", property: "p"}))?;
        let is_right = match &event {
            Event::Created(created) => property == "name" && created.name.as_deref() == Some("p"),
            Event::Removed(removed) => property == "reason" && removed.reason.as_deref() == Some("p"),
            Event::Renamed(renamed) => property == "from" && renamed.from.as_deref() == Some("p"),
            _ => false,
        };
        assert!(is_right, "{event:?}");
    }
    assert!(matches!(round_trip::<Reading>(json!({"level": 1, "low": "l"}))?, Reading::Low(_)));
    let high: Reading = round_trip(json!({"level": 2, "unit": "feet", "feet": 6.5}))?;
    assert!(matches!(high, Reading::High(High::Feet(feet)) if feet.feet == Some(6.5)));
    assert_eq!(serde_json::from_value::<Clash>(json!({"kind": "same", "one": "1"}))?.kind, "same");
    Ok(())
}

#[test]
fn several_properties_distinguish_variants() -> Outcome {
    use nested_choices::types::{
        Animal, Holder, HolderListed, HolderMapped, HolderMixed, HolderNested, HolderOptional, HolderPairs,
        HolderPartly, HolderProduct, Media,
    };
    let holder: Holder = round_trip(json!({
        "pairs": {"level": 2, "number": "n"}, "mixed": {"kind": "bank"}, "nested": {"width": 1, "text": "t"},
        "mapped": {"what": "image", "width": 1}, "partly": {"said": "Told", "words": "w"},
        "listed": {"pet": "small_cat", "purr": "p"}, "optional": {"count": 1}, "items": [{"version": 1, "more": "m"}],
        "product": {"width": 1, "version": 2, "count": 3}, "animal": {"name": "n", "wings": 2},
    }))?;
    assert!(matches!(holder.pairs, Some(HolderPairs::Cash(_))));
    assert!(matches!(holder.mixed, Some(HolderMixed::Bank(_))));
    assert!(matches!(holder.nested, Some(HolderNested::Media(Media::Image(_)))));
    assert!(matches!(holder.mapped, Some(HolderMapped::Image(_))));
    assert!(matches!(holder.partly, Some(HolderPartly::Told(_))));
    assert!(matches!(holder.listed, Some(HolderListed::SmallCat(_))));
    assert!(matches!(holder.optional, Some(HolderOptional::Second(_))));
    assert!(matches!(holder.product, Some(HolderProduct::ImageSecond(_))));
    assert_eq!(holder.items.ok_or("no items")?[0].more, "m");
    assert!(matches!(holder.animal, Some(Animal::Bird(_))));

    let holder: Holder = round_trip(json!({
        "pairs": {"kind": "card", "level": 1}, "mixed": "text", "nested": {"text": "t", "author": "a"},
        "optional": {"version": 1},
    }))?;
    assert!(matches!(holder.pairs, Some(HolderPairs::Card(_))));
    assert!(matches!(holder.mixed, Some(HolderMixed::String(_))));
    assert!(matches!(holder.nested, Some(HolderNested::Note(_))));
    assert!(matches!(holder.optional, Some(HolderOptional::First(_))));
    let other: Holder = round_trip(json!({"pairs": {"kind": "coin"}, "mixed": {"kind": "coin"}}))?;
    assert!(matches!(other.pairs, Some(HolderPairs::Unknown(_))));
    assert!(matches!(other.mixed, Some(HolderMixed::Unknown(_))));
    Ok(())
}

#[test]
fn enum_values_above_i64_have_variants() -> Outcome {
    use wide_enums::types::{Limits, LimitsBig, LimitsMost, LimitsSeveral, LimitsTitled};
    let limits: Limits = round_trip(json!({
        "most": u64::MAX, "always": u64::MAX - 1, "several": 2, "signed": -1, "titled": u64::MAX,
        "big": {"size": u64::MAX, "name": "n"},
    }))?;
    assert_eq!(limits.most, Some(LimitsMost::All));
    assert_eq!(limits.several, Some(LimitsSeveral::Two));
    assert_eq!(limits.titled, Some(LimitsTitled::Everything));
    assert!(matches!(limits.big, Some(LimitsBig::Size18446744073709551615(_))));
    assert_eq!(limits.most.ok_or("none")?.as_i128(), i128::from(u64::MAX));
    let limits: Limits = round_trip(json!({"always": u64::MAX - 1, "most": 5, "signed": u64::MAX, "several": 3}))?;
    assert_eq!((limits.most, limits.several), (Some(LimitsMost::Unknown(5)), Some(LimitsSeveral::Three)));
    Ok(())
}

#[test]
fn other_values_of_a_discriminator_are_the_default_mapping() -> Outcome {
    use default_mapping::types::{Event, Shape};
    let event = |json: Value| round_trip::<Event>(json);
    assert!(matches!(event(json!({ "kind": "created", "id": 1 }))?, Event::Created(event) if event.id == 1));
    assert!(matches!(event(json!({ "kind": "moved", "text": "a" }))?, Event::OtherEvent(_)));
    assert!(matches!(event(json!({ "text": "a" }))?, Event::OtherEvent(_)), "no discriminator");
    assert!(event(json!({ "kind": "created" })).is_err(), "a named variant that lacks a property");
    let shape = |json: Value| round_trip::<Shape>(json);
    assert!(matches!(shape(json!({ "type": "circle", "name": "a", "radius": 1.0 }))?, Shape::Circle(_)));
    assert!(matches!(shape(json!({ "type": "star", "name": "a", "corners": 5 }))?, Shape::Polygon(_)));
    Ok(())
}

#[test]
fn open_enums_share_a_variant_and_formats_are_tried_first() -> Outcome {
    use open_choices::types::{Model, Settings, SettingsEither, SettingsLevel, SettingsLimit, SettingsTool};
    use open_choices::types::{SettingsCount, SettingsKey, SettingsModelOrOff, SettingsNested, SettingsUntil};
    let settings: Settings = round_trip(json!({
        "tool": "none", "level": "highest", "limit": "some", "count": 7, "model": "huge", "model_or_off": "small",
        "either": "blue", "until": "2026-01-01T00:00:00Z", "key": "67e55044-10b1-426f-9247-bb680e5fe0c8", "nested": "n",
    }))?;
    assert!(matches!(&settings.tool, SettingsTool::String(tool) if tool.as_str() == "none"), "{:?}", settings.tool);
    assert!(matches!(&settings.level, Some(SettingsLevel::String(level)) if level.as_str() == "highest"));
    assert!(matches!(&settings.limit, Some(SettingsLimit::String(limit)) if limit.as_str() == "some"));
    assert!(matches!(settings.count, Some(SettingsCount::Integer(_))));
    assert!(matches!(&settings.model, Some(Model::Unknown(model)) if model == "huge"));
    assert_eq!(settings.model_or_off, Some(SettingsModelOrOff::Model(Model::Small)));
    assert!(matches!(&settings.either, Some(SettingsEither::String(either)) if either.as_str() == "blue"));
    assert!(matches!(settings.until, Some(SettingsUntil::DateTime(_))));
    assert!(matches!(settings.key, Some(SettingsKey::Uuid(_))));
    assert_eq!(settings.nested, Some(SettingsNested::String("n".to_owned())));

    let settings: Settings =
        round_trip(json!({"tool": {"name": "t"}, "level": true, "until": "never", "key": "k", "nested": null}))?;
    assert!(matches!(settings.tool, SettingsTool::Tool(_)));
    assert_eq!(settings.level, Some(SettingsLevel::Boolean(true)));
    assert!(matches!(&settings.until, Some(SettingsUntil::Never(until)) if until.as_str() == "never"));
    assert_eq!(settings.key, Some(SettingsKey::String("k".to_owned())));
    assert_eq!(settings.nested, None, "null is outside of the union");
    Ok(())
}

#[test]
fn numbers_without_fractions_are_integers() -> Outcome {
    let order: whole_numbers::types::Order = round_trip(json!({
        "id": 9_007_199_254_740_993_i64, "items": 3, "bytes": u64::MAX, "dozens": 24, "halves": 0.5, "price": 1.5,
        "ids": [1],
    }))?;
    assert_eq!((order.id, order.bytes), (9_007_199_254_740_993, Some(u64::MAX)));
    let order: whole_numbers::types::Order =
        round_trip(json!({"id": 1, "steps": 9_007_199_254_740_993_i64, "both": 2}))?;
    assert_eq!((order.steps, order.both), (Some(9_007_199_254_740_993), Some(2)));
    Ok(())
}

#[test]
fn integers_are_tried_before_other_numbers() -> Outcome {
    use whole_numbers::types::{Order, OrderAmount as Amount, OrderEither as Either, OrderLists as Lists};
    let order: Order = round_trip(json!({"id": 1, "either": 5, "lists": [5], "amount": 1.5}))?;
    assert_eq!((order.either, order.lists), (Some(Either::Integer(5)), Some(Lists::Integers(vec![5]))));
    assert_eq!(order.amount, Some(Amount::Number(1.5)));
    let order: Order =
        round_trip(json!({"id": 1, "either": 1.5, "lists": [1.5], "amount": 9_007_199_254_740_993_i64}))?;
    assert_eq!((order.either, order.lists), (Some(Either::Number(1.5)), Some(Lists::Numbers(vec![1.5]))));
    assert!(matches!(order.amount, Some(Amount::Unknown(_))), "a number that `f64` would round: {:?}", order.amount);
    Ok(())
}

#[test]
fn a_discriminator_beside_properties_has_the_names_of_the_components() -> Outcome {
    use common_properties::types::{Beside, Inherited, Paid, Part, Partial};
    let closed: Beside = round_trip(json!({"type": "Closed", "at": "now", "by": "me"}))?;
    assert!(matches!(&closed, Beside::Closed(closed) if closed.by.as_deref() == Some("me")), "{closed:?}");
    let unknown: Beside = round_trip(json!({"type": "Lost", "at": "now"}))?;
    assert!(matches!(unknown, Beside::Unknown(_)), "{unknown:?}");
    let read = json!({"id": "1", "type": "Read", "v": 1});
    let part: Part = round_trip(read.clone())?;
    assert!(matches!(&part, Part::Read(read) if read.id == "1"), "{part:?}");
    let inherited: Inherited = round_trip(read.clone())?;
    assert!(matches!(&inherited, Inherited::Read(read) if read.id == "1"), "{inherited:?}");
    let partial: Partial = round_trip(read)?;
    assert!(matches!(partial, Partial::Read(_)), "{partial:?}");
    let partial: Partial = round_trip(json!({"id": "1", "type": "sent"}))?;
    assert!(matches!(partial, Partial::Sent(_)), "{partial:?}");
    let paid: Paid = round_trip(json!({"type": "Read", "iban": "i"}))?;
    assert!(matches!(paid, Paid::Read(_)), "{paid:?}");
    Ok(())
}

#[test]
fn alternatives_without_properties_are_kept_beside_another_choice() -> Outcome {
    use common_properties::types::{Absent, Contact};
    let contact: Contact = round_trip(json!({"id": "1", "email": "e", "note": "n"}))?;
    assert!(matches!(&contact, Contact::WithEmail(contact) if contact.note.as_deref() == Some("n")), "{contact:?}");
    let contact: Contact = round_trip(json!({"id": "1", "phone": "p"}))?;
    assert!(matches!(contact, Contact::WithPhone(_)), "{contact:?}");
    let absent: Absent = round_trip(json!({"id": "1", "y": 1}))?;
    assert_eq!((absent.y, absent.phone), (Some(1), None));
    Ok(())
}
