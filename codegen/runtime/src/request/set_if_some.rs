//! Optional values for setters.

/// Sets what is there: for values that are an `Option` where the setters of calls and request bodies take the value itself.
///
/// Implemented for all types, so that the generated clients need no second setter for each field, which would make them a
/// third slower to compile.
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
