//! The macro that declares the call of an operation.

/// Declares the call that an operation's method returns, with the methods of every call:
/// `operation! { ListCall -> Vec<Contact>, ErrorBody }`, after its documentation.
#[doc(hidden)]
#[macro_export]
macro_rules! operation {
    ($(#[$docs:meta])* $call:ident -> $success:ty, $error:ty) => {
        $(#[$docs])*
        #[must_use = "calls do nothing unless awaited: use `.await` or `.send().await`"]
        pub struct $call {
            call: $crate::generated::Call<$success, $error>,
        }

        impl $call {
            /// Sends the request and returns the decoded response; awaiting the call does the same.
            #[inline]
            pub fn send(self) -> $crate::Sending<$success, $error> {
                self.call.send()
            }

            $crate::send_blocking!($success, $error);

            /// Sends the request and returns the decoded response with its status, headers and raw body.
            #[inline]
            pub fn send_with_response(self) -> $crate::Sending<$crate::Response<$success>, $error> {
                self.call.send_with_response()
            }

            /// Sends the request and returns the response with its body as the server sent it.
            #[inline]
            pub fn send_raw(self) -> $crate::Sending<$crate::Response<$crate::Bytes>, $error> {
                self.call.send_raw()
            }

            /// Sends the request and returns the response with its body as a stream of chunks.
            #[inline]
            pub fn send_stream(self) -> $crate::Sending<$crate::Response<$crate::ByteStream>, $error> {
                self.call.send_stream()
            }

            /// Sets the timeout of one attempt. `Retry::max_elapsed` limits all attempts together.
            #[inline]
            pub fn timeout(self, timeout: ::core::time::Duration) -> Self {
                Self { call: self.call.timeout(timeout) }
            }

            /// Sets the retry policy of this call instead of the client's.
            #[inline]
            pub fn retry(self, retry: $crate::Retry) -> Self {
                Self { call: self.call.retry(retry) }
            }

            /// Sets a header, replacing any value that would be sent under this name.
            #[inline]
            pub fn header(self, name: impl ::core::convert::AsRef<str>, value: &str) -> Self {
                Self { call: self.call.header(name, value) }
            }

            /// Sets a query parameter that the operation does not declare. A list is sent as one pair per element, an
            /// object as `name[key]=value`.
            #[inline]
            pub fn query<V: $crate::generated::serde::Serialize>(self, name: &str, value: V) -> Self {
                Self { call: self.call.query(name, value) }
            }

            /// Sets a field that the operation does not declare in a JSON object or a form. `name` is the field's
            /// name or a JSON Pointer such as `/data/vip`.
            #[inline]
            pub fn body_field<V: $crate::generated::serde::Serialize>(self, name: &str, value: V) -> Self {
                Self { call: self.call.body_field(name, value) }
            }

            /// Declares that sending this request twice has the same effect as sending it once, so that it is retried
            /// like a GET.
            #[inline]
            pub fn idempotent(self) -> Self {
                Self { call: self.call.idempotent() }
            }

            /// Sends this idempotency key, by which the server recognizes a retry, and makes the call idempotent.
            #[inline]
            pub fn idempotency_key(self, key: &str) -> Self {
                Self { call: self.call.idempotency_key(key) }
            }
        }

        impl ::core::future::Future for $call {
            type Output = ::core::result::Result<$success, $crate::Error<$error>>;

            #[inline]
            fn poll(
                self: ::core::pin::Pin<&mut Self>,
                context: &mut ::core::task::Context<'_>,
            ) -> ::core::task::Poll<Self::Output> {
                ::core::pin::Pin::get_mut(self).call.poll(context)
            }
        }

        impl ::core::fmt::Debug for $call {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.call, f)
            }
        }
    };
}

/// The method that calls have only with the feature `blocking`.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! send_blocking {
    ($success:ty, $error:ty) => {};
}
