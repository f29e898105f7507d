//! Conversions that callers do not need to write.

use serde_json::json;

use crate::Outcome;
use crate::themes::all_of::types::{AnimalHome, DogBreed, DogsCreateRequest};
use crate::themes::conversions::types::{Create, CreateData, CreateDataAttributes, CreateDataRelationships, Level};
use crate::themes::cycles::types::Node;
use crate::themes::maps::types::Thing;

#[test]
fn wrappers_convert_from_their_values() -> Outcome {
    let least: Create = CreateDataAttributes::new("Alice").into();
    assert_eq!(serde_json::to_value(least)?, json!({"data": {"type": "contacts", "attributes": {"name": "Alice"}}}));

    let relationships = CreateDataRelationships::new()
        .site("9")
        .tags(["1", "2"])
        .level(3)
        .flags(["red", "blue"])
        .counts([("a", 1)])
        .choice("x");
    let data =
        CreateData::new(CreateDataAttributes::new("Alice").email("alice@acme.example")).relationships(relationships);
    let expected = json!({"data": {
        "type": "contacts",
        "attributes": {"name": "Alice", "email": "alice@acme.example"},
        "relationships": {
            "site": {"data": {"id": "9", "type": "sites"}},
            "tags": {"data": [{"id": "1", "type": "tags"}, {"id": "2", "type": "tags"}]},
            "level": {"value": 3},
            "flags": ["red", "blue"],
            "counts": {"a": 1},
            "choice": "x"
        }
    }});
    assert_eq!(serde_json::to_value(Create::from(data))?, expected);

    let relationships =
        CreateDataRelationships::new().tags(vec!["1".to_owned()]).level(Level::new(1).note("n")).choice(5);
    let expected =
        json!({"tags": {"data": [{"id": "1", "type": "tags"}]}, "level": {"value": 1, "note": "n"}, "choice": 5});
    assert_eq!(serde_json::to_value(relationships)?, expected);
    Ok(())
}

#[test]
fn required_properties_of_all_of_are_arguments() -> Outcome {
    let dog = DogsCreateRequest::new(1, "Rex", "collie").size("xl").parent(7).clear_friend();
    assert_eq!(dog.breed, DogBreed::Collie);
    let expected =
        json!({"id": 1, "nickname": "Rex", "breed": "collie", "parent": {"id": 7}, "friend": null, "size": "xl"});
    assert_eq!(serde_json::to_value(dog)?, expected);
    assert_eq!(serde_json::to_value(AnimalHome::new())?, json!({}));
    Ok(())
}

#[test]
fn maps_and_lists_convert_their_items() -> Outcome {
    let thing = Thing::new()
        .free([("a", 1)])
        .any("text")
        .maybe([("m", None)])
        .rows([vec![1.0, 2.0]])
        .with_additional_properties_("more", vec![true]);
    let expected = json!({"free": {"a": 1}, "any": "text", "maybe": {"m": null}, "rows": [[1.0, 2.0]], "more": [true]});
    assert_eq!(serde_json::to_value(thing)?, expected);
    let node = Node::new("a").next("b").children(["c", "d"]).named([("e", "f")]);
    let expected = json!({"name": "a", "next": {"name": "b"}, "children": [{"name": "c"}, {"name": "d"}], "named": {"e": {"name": "f"}}});
    assert_eq!(serde_json::to_value(node)?, expected);
    Ok(())
}
