//! The recorded exchanges of one operation, joined.

use std::collections::BTreeMap;

use super::shape::Shape;
use crate::exchange::{Body, Exchange, Form, pairs_to_object};

/// The joined exchanges of an operation. The join is commutative and associative.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    /// The number of samples.
    pub count: usize,
    /// The successful requests.
    pub accepted: Requests,
    /// The failed requests.
    pub refused: Requests,
    /// The responses by status.
    pub responses: BTreeMap<u16, Messages>,
}

/// Requests: their queries and bodies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Requests {
    pub queries: Messages,
    pub bodies: Messages,
}

/// Bodies by media type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Messages {
    /// The number of samples.
    pub count: usize,
    /// The number of samples without a body.
    pub empty: usize,
    /// The bodies by media type. The shape of a body that is not JSON has only a count.
    pub bodies: BTreeMap<String, Shape>,
}

/// The key of the only shape in [`Requests::queries`].
pub const QUERY: &str = "";

impl Samples {
    /// Returns the samples of one exchange.
    pub fn of(exchange: &Exchange) -> Self {
        let mut query = Messages { count: 1, ..Messages::default() };
        // Unlike the keys of an object, the names in a query are never data.
        let pairs = Form { values: pairs_to_object(&exchange.query), files: Vec::new() };
        query.bodies.insert(QUERY.to_owned(), Shape::of_form(&pairs));
        let requests = Requests { queries: query, bodies: Messages::of(exchange.request.as_ref()) };
        let (accepted, refused) = match exchange.status {
            ..400 => (requests, Requests::default()),
            _ => (Requests::default(), requests),
        };
        let responses = BTreeMap::from([(exchange.status, Messages::of(exchange.response.as_ref()))]);
        Self { count: 1, accepted, refused, responses }
    }

    /// Joins the samples of both.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.count += other.count;
        self.accepted = self.accepted.join(other.accepted);
        self.refused = self.refused.join(other.refused);
        for (status, messages) in other.responses {
            let mine = self.responses.remove(&status).unwrap_or_default();
            self.responses.insert(status, mine.join(messages));
        }
        self
    }

    /// The requests that tell what the operation takes: those that succeeded, if there is one.
    pub fn requests(&self) -> &Requests {
        if self.accepted.queries.count > 0 { &self.accepted } else { &self.refused }
    }
}

impl Requests {
    fn join(self, other: Self) -> Self {
        Self { queries: self.queries.join(other.queries), bodies: self.bodies.join(other.bodies) }
    }
}

impl Messages {
    fn of(body: Option<&Body>) -> Self {
        let mut messages = Self { count: 1, ..Self::default() };
        match body {
            None => messages.empty = 1,
            Some(body) => {
                let shape = match (&body.json, &body.form) {
                    (Some(json), _) => Shape::of(json),
                    (None, Some(form)) => Shape::of_form(form),
                    (None, None) => Shape { count: 1, ..Shape::default() },
                };
                messages.bodies.insert(body.media_type.clone(), shape);
            }
        }
        messages
    }

    fn join(mut self, other: Self) -> Self {
        self.count += other.count;
        self.empty += other.empty;
        for (media_type, shape) in other.bodies {
            let mine = self.bodies.remove(&media_type).unwrap_or_default();
            self.bodies.insert(media_type, mine.join(shape));
        }
        self
    }
}
