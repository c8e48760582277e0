//! The sandbox as a program, for demonstrations and benchmarks. It runs until it is interrupted.

use anyhow::Context;
use sandbox::{ChronografConf, HttpPost, Options, Sandbox, NOTICE};
use std::fmt::Write as _;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: sandbox [options]

  --kapacitor-port N    port of the Kapacitor API on 127.0.0.1 (any free one by default)
  --receiver-port N     port of the webhook receiver on 127.0.0.1 (any free one by default)
  --control-port N      port of the control API on 127.0.0.1 (any free one by default)
  --chronograf-port N   also serve a Chronograf in front of the Kapacitor, on that port of 127.0.0.1 (0: any free one)
  --state-file PATH     keep Kapacitor's database there, so that a restart can be played
  --declare NAME=URL    one more [[httppost]] in kapacitor.conf, or another URL for \"squadcast\"; {receiver} in the URL
                        stands for the receiver's; may be repeated
  --print-env           print the URLs to stdout as shell variables, and everything else to stderr
  --ready-file PATH     write the shell variables there once all ports listen; a named pipe lets a script wait for it
  --version-string V    the version of Kapacitor (1.8.3 by default); before 1.6.2 it refuses what that release did not know
  --strict-pace         hang also when one client stops a task within moments of its start
  --help                show this
";

struct Arguments {
    options: Options,
    print_env: bool,
    ready_file: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandbox: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let Some(arguments) = parse(std::env::args().skip(1))? else {
        print!("{NOTICE}\n\n{USAGE}");
        return Ok(());
    };
    let sandbox = Sandbox::start_blocking(arguments.options)?;
    let variables = variables(&sandbox)?;
    let words = words(&sandbox);
    if arguments.print_env {
        eprint!("{words}");
        print!("{variables}");
    } else {
        print!("{words}");
    }
    if let Some(path) = &arguments.ready_file {
        write_ready_file(path, &variables).with_context(|| format!("cannot write {}", path.display()))?;
    }
    wait_for_the_end()
}

/// Reads the command line; `None` asks for help.
fn parse(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Option<Arguments>> {
    let mut options = Options {
        control_port: Some(0),
        ..Options::default()
    };
    let (mut print_env, mut ready_file) = (false, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--kapacitor-port" => options.kapacitor_port = port(&value()?)?,
            "--receiver-port" => options.receiver_port = port(&value()?)?,
            "--control-port" => options.control_port = Some(port(&value()?)?),
            "--chronograf-port" => {
                options.chronograf = Some(ChronografConf {
                    port: port(&value()?)?,
                    ..ChronografConf::default()
                });
            }
            "--state-file" => options.state_file = Some(PathBuf::from(value()?)),
            "--declare" => declare(&mut options, &value()?)?,
            "--print-env" => print_env = true,
            "--ready-file" => ready_file = Some(PathBuf::from(value()?)),
            "--version-string" => options.version = value()?,
            "--strict-pace" => options.strict_pace = true,
            "--help" | "-h" => return Ok(None),
            other => anyhow::bail!("unknown option {other}; --help shows those that exist"),
        }
    }
    Ok(Some(Arguments {
        options,
        print_env,
        ready_file,
    }))
}

fn port(text: &str) -> anyhow::Result<u16> {
    text.parse().with_context(|| format!("{text:?} is no port: 0 to 65535"))
}

fn declare(options: &mut Options, declaration: &str) -> anyhow::Result<()> {
    let (name, url) = declaration
        .split_once('=')
        .with_context(|| format!("{declaration:?} is not NAME=URL"))?;
    let element = HttpPost::new(name, url).header("Content-Type", "application/json");
    options.conf.httpposts.retain(|declared| declared.endpoint != name);
    options.conf.httpposts.push(element);
    Ok(())
}

fn variables(sandbox: &Sandbox) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(text, "export KAPACITOR_URL={}", sandbox.kapacitor_url())?;
    writeln!(text, "export SANDBOX_RECEIVER_URL={}", sandbox.receiver_url())?;
    writeln!(
        text,
        "export SANDBOX_CONTROL_URL={}",
        sandbox.control_url().unwrap_or_default()
    )?;
    if let Some(url) = sandbox.chronograf_url() {
        writeln!(text, "export CHRONOGRAF_URL={url}")?;
    }
    writeln!(text, "export SANDBOX_PID={}", std::process::id())?;
    Ok(text)
}

fn words(sandbox: &Sandbox) -> String {
    let declared: Vec<String> = sandbox
        .conf()
        .httpposts
        .iter()
        .map(|element| {
            format!(
                "    [[httppost]] endpoint = {:?}, url = {:?}\n",
                element.endpoint, element.url
            )
        })
        .collect();
    format!(
        "{NOTICE}\n  Kapacitor API     {}\n  webhook receiver  {}\n  control API       {}\n{}  kapacitor.conf declares\n{}  Ctrl-C ends it.\n",
        sandbox.kapacitor_url(),
        sandbox.receiver_url(),
        sandbox.control_url().unwrap_or_default(),
        sandbox.chronograf_url().map(|url| format!("  Chronograf        {url}\n")).unwrap_or_default(),
        declared.concat(),
    )
}

/// A named pipe is written to as it is, which waits for its reader; a file appears whole.
fn write_ready_file(path: &Path, text: &str) -> std::io::Result<()> {
    if path.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo()) {
        return std::fs::write(path, text);
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    std::fs::write(&unfinished, text)?;
    std::fs::rename(&unfinished, path)
}

fn wait_for_the_end() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminated.recv() => {}
        }
        Ok(())
    })
}
