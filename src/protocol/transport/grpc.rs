//! One call of gRPC, by tonic: its message read, and its answer written.

use super::shutdown::Shutdown;
use crate::protocol::messages::Empty;
use hyper::body::Incoming;
use hyper::Request;
use prost::Message;
use std::future::{ready, Future, Ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_stream::Stream;
use tonic::body::BoxBody;
use tonic::codec::ProstCodec;
use tonic::server::{Grpc, ServerStreamingService, StreamingService, UnaryService};
use tonic::{Status, Streaming};

/// The answer to a call, over HTTP/2.
pub(crate) type Response = hyper::Response<BoxBody>;

/// The longest message, as Terraform's own framework for Go has it.
const LONGEST_MESSAGE: usize = 256 << 20;

fn grpc<Sent, Received>() -> Grpc<ProstCodec<Sent, Received>>
where
    Sent: Message + 'static,
    Received: Message + Default + 'static,
{
    Grpc::new(ProstCodec::default())
        .max_decoding_message_size(LONGEST_MESSAGE)
        .max_encoding_message_size(LONGEST_MESSAGE)
}

/// Answers a call with one message.
pub(crate) async fn unary<R, A, F>(request: Request<Incoming>, answer: impl Fn(R) -> F) -> Response
where
    R: Message + Default + 'static,
    A: Message + 'static,
    F: Future<Output = A>,
{
    let call = Call(|request: tonic::Request<R>| {
        let answer = answer(request.into_inner());
        async { Ok(tonic::Response::new(answer.await)) }
    });
    grpc::<A, R>().unary(call, request).await
}

/// Answers a call with messages.
pub(crate) async fn stream<R, A, F>(request: Request<Incoming>, answers: impl Fn(R) -> F) -> Response
where
    R: Message + Default + 'static,
    A: Message + 'static,
    F: Future<Output = Vec<A>>,
{
    let call = Call(|request: tonic::Request<R>| {
        let answers = answers(request.into_inner());
        async {
            Ok(tonic::Response::new(tokio_stream::iter(
                answers.await.into_iter().map(Ok),
            )))
        }
    });
    grpc::<A, R>().server_streaming(call, request).await
}

/// Answers a call with a stream that has no message and ends with the service. What the client sends is not looked at.
pub(crate) async fn idle(request: Request<Incoming>, shutdown: &Shutdown) -> Response {
    grpc::<Empty, Empty>().streaming(Idle(shutdown), request).await
}

/// The service is not one of this server's, or it has no such method.
pub(crate) fn unknown() -> Response {
    Status::unimplemented("this provider does not serve this call").into_http()
}

/// A function as tonic wants it.
struct Call<F>(F);

impl<F, R, A, Answering> UnaryService<R> for Call<F>
where
    F: Fn(tonic::Request<R>) -> Answering,
    Answering: Future<Output = Result<tonic::Response<A>, Status>>,
{
    type Response = A;
    type Future = Answering;

    fn call(&mut self, request: tonic::Request<R>) -> Answering {
        (self.0)(request)
    }
}

impl<F, R, A, Answers, Answering> ServerStreamingService<R> for Call<F>
where
    F: Fn(tonic::Request<R>) -> Answering,
    Answers: Stream<Item = Result<A, Status>>,
    Answering: Future<Output = Result<tonic::Response<Answers>, Status>>,
{
    type Response = A;
    type ResponseStream = Answers;
    type Future = Answering;

    fn call(&mut self, request: tonic::Request<R>) -> Answering {
        (self.0)(request)
    }
}

struct Idle<'a>(&'a Shutdown);

impl StreamingService<Empty> for Idle<'_> {
    type Response = Empty;
    type ResponseStream = Until;
    type Future = Ready<Result<tonic::Response<Until>, Status>>;

    fn call(&mut self, _: tonic::Request<Streaming<Empty>>) -> Self::Future {
        ready(Ok(tonic::Response::new(Until(Box::pin(self.0.begun())))))
    }
}

/// A stream that ends with a future.
struct Until(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Stream for Until {
    type Item = Result<Empty, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll(context).map(|()| None)
    }
}
