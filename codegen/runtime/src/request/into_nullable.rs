//! Arguments for required properties that can be null.

/// An argument for a required property that can be null: a value that converts into `T`, or an `Option<T>`.
///
/// `By` tells these two apart, and is always inferred.
///
/// ```
/// use crm_clients_runtime::IntoNullable;
///
/// fn new<By>(name: impl IntoNullable<String, By>) -> Option<String> {
///     name.into_nullable()
/// }
///
/// assert_eq!(new("Ann"), new(Some("Ann".to_owned())));
/// assert_eq!(new(None), None);
/// ```
pub trait IntoNullable<T, By> {
    /// Returns the value; `None` is sent as null.
    fn into_nullable(self) -> Option<T>;
}

impl<T, V: Into<T>> IntoNullable<T, T> for V {
    fn into_nullable(self) -> Option<T> {
        Some(self.into())
    }
}

impl<T> IntoNullable<T, Option<T>> for Option<T> {
    fn into_nullable(self) -> Self {
        self
    }
}
