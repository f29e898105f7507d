//! Optional values for setters.

/// Passes an `Option` to a setter: the setters of calls and request bodies take the value itself.
///
/// It is implemented for all types. A second setter for each field would increase the compile time of generated clients
/// by a third.
///
/// ```
/// use crm_clients_runtime::SetIfSome;
///
/// # #[derive(Default)]
/// # struct Contact { name: Option<String>, email: Option<String> }
/// # impl Contact {
/// #     fn new() -> Self { Self::default() }
/// #     fn name(mut self, name: impl Into<String>) -> Self { self.name = Some(name.into()); self }
/// #     fn email(mut self, email: impl Into<String>) -> Self { self.email = Some(email.into()); self }
/// # }
/// let (name, email) = (Some("Ann"), None::<String>);
/// let contact = Contact::new().set_if_some(name, Contact::name).set_if_some(email, Contact::email);
/// assert_eq!((contact.name.as_deref(), contact.email), (Some("Ann"), None));
/// ```
pub trait SetIfSome: Sized {
    /// Calls the setter with the value if there is one.
    #[must_use]
    fn set_if_some<T>(self, value: Option<T>, setter: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => setter(self, value),
            None => self,
        }
    }
}

impl<S> SetIfSome for S {}
