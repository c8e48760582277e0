//! The provider's process by itself: how fast it is there, how large it is, how much memory it takes.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// The provider as it is released, built at the first use. Cargo builds one for the benchmark too, but turns on what only the
/// tests ask of the libraries that both use, so that it is not the one that people run.
pub(crate) static PROVIDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("as-released");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--bin", NAME, "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the provider does not build");
    target.join("release").join(NAME)
});

const NAME: &str = "terraform-provider-squadcast";

/// How often the memory of a running provider is looked at. The kernel itself keeps the peak, so that a look shortly before
/// the end is enough, and many looks would take time from what is measured.
const LOOK: Duration = Duration::from_millis(25);

/// A certificate such as Terraform makes for each process.
static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    let parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("it is a name");
    parameters.self_signed(&key).expect("a certificate can be made").pem()
});

/// Seconds from the start of the process to the line by which Terraform knows that it serves.
pub(crate) fn start_to_handshake() -> f64 {
    let started = Instant::now();
    let mut child = Command::new(&*PROVIDER)
        .env(
            "TF_PLUGIN_MAGIC_COOKIE",
            "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
        )
        .env("PLUGIN_CLIENT_CERT", &*CERTIFICATE)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the provider starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output is piped"))
        .read_line(&mut line)
        .expect("it prints a handshake");
    let seconds = started.elapsed().as_secs_f64();
    assert!(line.contains("|grpc|"), "not a handshake: {line}");
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
    seconds
}

/// The size of the binary in bytes.
pub(crate) fn binary_size() -> f64 {
    std::fs::metadata(&*PROVIDER).expect("the provider is built").len() as f64
}

/// The greatest peak of memory, in MiB, of any provider process while `work` runs; unknown where there is no /proc.
pub(crate) fn peak_memory_during<T>(work: impl FnOnce() -> T) -> (T, Option<f64>) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut peak = None;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(peak_now());
                std::thread::sleep(LOOK);
            }
            peak
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        let peak = watcher.join().expect("the watcher ends");
        (result, peak.map(|kibibytes| kibibytes as f64 / 1024.0))
    })
}

fn peak_now() -> Option<u64> {
    let processes = std::fs::read_dir("/proc").ok()?;
    processes.filter_map(|entry| peak_of(&entry.ok()?.path())).max()
}

fn peak_of(process: &Path) -> Option<u64> {
    let binary = std::fs::read_link(process.join("exe")).ok()?;
    if binary != *PROVIDER {
        return None;
    }
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
