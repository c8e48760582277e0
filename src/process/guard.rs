//! Turns a panic of a resource or a data source into an error of that one call, and keeps its diagnostics presentable.
//!
//! Without this, a call that panics would break off, and Terraform would say that it was cancelled, and not of which resource;
//! and a server or a metric could paint over Terraform's output with control characters.

use super::panics;
use crate::secret;
use async_trait::async_trait;
use std::future::Future;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::task::Poll;
use tf_provider::schema::Schema;
use tf_provider::{AttributePath, DataSource, Diagnostics, Resource};

/// A resource or a data source whose panics are errors of the call. Whatever the call had done by then stays done: Terraform
/// keeps the state that it had before.
pub struct Guarded<T>(pub T);

#[async_trait]
impl<R: Resource> Resource for Guarded<R> {
    type State<'a> = R::State<'a>;
    type PrivateState<'a> = R::PrivateState<'a>;
    type ProviderMetaState<'a> = R::ProviderMetaState<'a>;

    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        self.0.schema(diags)
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Self::State<'a>) -> Option<()> {
        unless_it_panics(self.0.validate(diags, config)).await.or_report(diags)
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        state: Self::State<'a>,
        private: Self::PrivateState<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<(Self::State<'a>, Self::PrivateState<'a>)> {
        let call = self.0.read(diags, state, private, meta);
        unless_it_panics(call).await.or_report(diags)
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        proposed: Self::State<'a>,
        config: Self::State<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<(Self::State<'a>, Self::PrivateState<'a>)> {
        let call = self.0.plan_create(diags, proposed, config, meta);
        unless_it_panics(call).await.or_report(diags)
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Self::State<'a>,
        proposed: Self::State<'a>,
        config: Self::State<'a>,
        private: Self::PrivateState<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<(Self::State<'a>, Self::PrivateState<'a>, Vec<AttributePath>)> {
        let call = self.0.plan_update(diags, prior, proposed, config, private, meta);
        unless_it_panics(call).await.or_report(diags)
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Self::State<'a>,
        private: Self::PrivateState<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<Self::PrivateState<'a>> {
        let call = self.0.plan_destroy(diags, prior, private, meta);
        unless_it_panics(call).await.or_report(diags)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        planned: Self::State<'a>,
        config: Self::State<'a>,
        private: Self::PrivateState<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<(Self::State<'a>, Self::PrivateState<'a>)> {
        let call = self.0.create(diags, planned, config, private, meta);
        unless_it_panics(call).await.or_report(diags)
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Self::State<'a>,
        planned: Self::State<'a>,
        config: Self::State<'a>,
        private: Self::PrivateState<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<(Self::State<'a>, Self::PrivateState<'a>)> {
        let call = self.0.update(diags, prior, planned, config, private, meta);
        unless_it_panics(call).await.or_report(diags)
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Self::State<'a>,
        private: Self::PrivateState<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<()> {
        let call = self.0.destroy(diags, prior, private, meta);
        unless_it_panics(call).await.or_report(diags)
    }

    async fn import<'a>(
        &self,
        diags: &mut Diagnostics,
        id: String,
    ) -> Option<(Self::State<'a>, Self::PrivateState<'a>)> {
        unless_it_panics(self.0.import(diags, id)).await.or_report(diags)
    }
}

#[async_trait]
impl<D: DataSource> DataSource for Guarded<D> {
    type State<'a> = D::State<'a>;
    type ProviderMetaState<'a> = D::ProviderMetaState<'a>;

    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        self.0.schema(diags)
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Self::State<'a>) -> Option<()> {
        unless_it_panics(self.0.validate(diags, config)).await.or_report(diags)
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Self::State<'a>,
        meta: Self::ProviderMetaState<'a>,
    ) -> Option<Self::State<'a>> {
        unless_it_panics(self.0.read(diags, config, meta))
            .await
            .or_report(diags)
    }
}

/// Takes out of diagnostics what may not be shown: secrets that anything in this process has got to know, and control
/// characters, whoever wrote them.
pub fn keep_presentable(diags: &mut Diagnostics) {
    for diagnostic in diags.errors.iter_mut().chain(&mut diags.warnings) {
        diagnostic.detail = secret::shown(&diagnostic.detail).into();
    }
}

/// What a call came to: its own result, or a panic.
enum Outcome<T> {
    Ended(Option<T>),
    Panicked,
}

async fn unless_it_panics<T>(call: impl Future<Output = Option<T>> + Send) -> Outcome<T> {
    let mut call = std::pin::pin!(call);
    std::future::poll_fn(|context| {
        // What a panic leaves behind is not looked at again: neither this future nor what is its own is used any more.
        match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context))) {
            Ok(progress) => progress.map(Outcome::Ended),
            Err(_) => Poll::Ready(Outcome::Panicked),
        }
    })
    .await
}

impl<T> Outcome<T> {
    fn or_report(self, diags: &mut Diagnostics) -> Option<T> {
        let result = self.or_report_as_it_is(diags);
        keep_presentable(diags);
        result
    }

    fn or_report_as_it_is(self, diags: &mut Diagnostics) -> Option<T> {
        match self {
            Outcome::Ended(result) => result,
            Outcome::Panicked => {
                diags.root_error(
                    "The provider has a bug",
                    format!(
                        "This call broke off in the middle, and what it was about to do may be half done; the state is as \
                         it was before. Other resources are not concerned. Please report it to the provider's authors, \
                         with the place in the code: {}. What the program said there is left out, as it may hold a secret.",
                        panics::places()
                    ),
                );
                None
            }
        }
    }
}
