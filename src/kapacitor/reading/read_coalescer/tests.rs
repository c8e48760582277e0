//! Reads that share lists, on a server that counts them.

use super::*;
use std::convert::Infallible;
use tokio::sync::Barrier;

#[derive(Default)]
struct Server {
    objects: Mutex<HashMap<String, u32>>,
    singles: AtomicUsize,
    lists: AtomicUsize,
}

impl Server {
    fn with(count: u32) -> Self {
        Server {
            objects: Mutex::new((0..count).map(|number| (number.to_string(), number)).collect()),
            ..Server::default()
        }
    }

    async fn one(&self, name: &str) -> Result<Option<u32>, Infallible> {
        tokio::task::yield_now().await;
        self.singles.fetch_add(1, Ordering::Relaxed);
        Ok(self.objects.lock().unwrap().get(name).copied())
    }

    async fn all(&self) -> Result<HashMap<String, u32>, Infallible> {
        tokio::task::yield_now().await;
        self.lists.fetch_add(1, Ordering::Relaxed);
        Ok(self.objects.lock().unwrap().clone())
    }
}

async fn read(server: &Server, together: &ReadCoalescer<u32, Infallible>, name: &str) -> Option<u32> {
    match together.read(name, || server.one(name), || server.all()).await {
        Ok(object) => object,
        Err(never) => match never {},
    }
}

/// Ten reads at a time, as a refresh does them.
async fn read_all(server: &Server, together: &ReadCoalescer<u32, Infallible>, count: u32) {
    let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    for names in names.chunks(10) {
        let barrier = Barrier::new(names.len());
        let reads = names.iter().map(|name| async {
            barrier.wait().await;
            (name.parse().ok(), read(server, together, name).await)
        });
        for (expected, object) in futures_of(reads).await {
            assert_eq!(object, expected);
        }
    }
}

#[tokio::test]
async fn many_reads_one_after_the_other_come_to_share_a_list_too() {
    let (server, together) = (Server::with(1000), ReadCoalescer::new());
    for number in 0..1000 {
        let name = number.to_string();
        assert_eq!(read(&server, &together, &name).await, Some(number));
    }
    assert_eq!(server.singles.load(Ordering::Relaxed), MANY);
    assert_eq!(server.lists.load(Ordering::Relaxed), 1);
    // Whoever asks again wants to know what has become of one object, which no list is for.
    for _ in 0..2 * MANY {
        read(&server, &together, "7").await;
    }
    assert_eq!(server.lists.load(Ordering::Relaxed), 1);
}

async fn futures_of<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, output) in &mut futures {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(ready) => *output = Some(ready),
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn a_single_read_is_a_single_request() {
    let (server, together) = (Server::with(3), ReadCoalescer::new());
    assert_eq!(read(&server, &together, "1").await, Some(1));
    assert_eq!(read(&server, &together, "7").await, None);
    assert_eq!(server.singles.into_inner(), 2);
    assert_eq!(server.lists.into_inner(), 0);
}

#[tokio::test]
async fn many_reads_share_a_list() {
    let (server, together) = (Server::with(1000), ReadCoalescer::new());
    read_all(&server, &together, 1000).await;
    assert_eq!(server.lists.load(Ordering::Relaxed), 1);
    assert!(server.singles.into_inner() <= FEW);
}

#[tokio::test]
async fn a_list_that_fails_fails_for_all_who_wait_for_it() {
    let (lists, together) = (AtomicUsize::new(0), ReadCoalescer::<u32, &str>::new());
    let all = || async {
        tokio::task::yield_now().await;
        lists.fetch_add(1, Ordering::Relaxed);
        Err("down")
    };
    let one = || async {
        tokio::task::yield_now().await;
        Err("down")
    };
    for round in 1..=2 {
        let reads = (0..10).map(|number: u32| {
            let (one, all, together) = (&one, &all, &together);
            async move { together.read(&number.to_string(), one, all).await }
        });
        let results = futures_of(reads).await;
        assert!(results.iter().all(|result| *result == Err("down")));
        let asked = lists.load(Ordering::Relaxed);
        assert_eq!(asked, round, "those who come later ask again");
    }
}

#[tokio::test]
async fn a_write_in_this_process_is_always_seen() {
    let (server, together) = (Server::with(20), ReadCoalescer::new());
    let reads = (0..10).map(|number| {
        let (server, together) = (&server, &together);
        async move { read(server, together, &number.to_string()).await }
    });
    futures_of(reads).await;
    assert_eq!(
        server.lists.load(Ordering::Relaxed),
        1,
        "the list is there to be served from"
    );
    together.written("15");
    server.objects.lock().unwrap().insert("15".into(), 99);
    together.written("15");
    assert_eq!(read(&server, &together, "15").await, Some(99));
    assert_eq!(read(&server, &together, "16").await, Some(16));
}

#[tokio::test]
async fn a_write_of_any_object_is_seen_in_all() {
    let (server, together) = (Server::with(20), ReadCoalescer::new());
    assert!(together.read_all(|| server.all()).await.is_ok());
    together.any_written();
    server.objects.lock().unwrap().insert("15".into(), 99);
    together.any_written();
    assert_eq!(read(&server, &together, "15").await, Some(99));
}

#[tokio::test]
async fn a_second_refresh_of_many_shares_a_list_of_its_own() {
    let (server, together) = (Server::with(100), ReadCoalescer::new());
    read_all(&server, &together, 100).await;
    read_all(&server, &together, 100).await;
    let singles = server.singles.into_inner();
    assert!(singles <= 2 * 10, "{singles} single reads");
    assert!(server.lists.into_inner() <= 20);
}

#[tokio::test]
async fn a_read_of_everything_shares_the_list_of_single_reads_until_something_is_written() {
    let (server, together) = (Server::with(20), ReadCoalescer::new());
    let everything = || async {
        let Ok(mut all) = together.read_all(|| server.all()).await;
        all.sort();
        all
    };
    assert_eq!(everything().await, Vec::from_iter(0..20));
    read_all(&server, &together, 20).await;
    assert_eq!(everything().await.len(), 20);
    assert_eq!(server.lists.load(Ordering::Relaxed), 1);
    together.written("15");
    server.objects.lock().unwrap().insert("15".into(), 99);
    together.written("15");
    assert_eq!(everything().await.last(), Some(&99));
    assert_eq!(server.lists.into_inner(), 2);
}

#[tokio::test]
async fn a_second_read_of_the_same_object_is_a_fresh_one() {
    let (server, together) = (Server::with(20), ReadCoalescer::new());
    read_all(&server, &together, 20).await;
    server.objects.lock().unwrap().insert("15".into(), 99);
    assert_eq!(read(&server, &together, "15").await, Some(99));
}
