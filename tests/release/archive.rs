//! What an archive holds, and that the program for Linux needs nothing of the machine that it runs on.

use super::{archives, is_made_for_release, named, release, NAME, VERSION};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// ELF's word for a segment that names the loader of shared libraries.
const PT_INTERP: u32 = 3;

fn listed(archive: &str) -> String {
    let output = Command::new("unzip")
        .args(["-Z", "-1"])
        .arg(release().join(archive))
        .output()
        .unwrap();
    assert!(output.status.success(), "{archive}");
    String::from_utf8(output.stdout).unwrap()
}

fn unpack(archive: &str, folder: &Path) {
    let status = Command::new("unzip")
        .arg("-q")
        .arg(release().join(archive))
        .arg("-d")
        .arg(folder)
        .status()
        .unwrap();
    assert!(status.success(), "{archive}");
}

#[test]
fn an_archive_holds_the_program_and_nothing_else() {
    for archive in archives() {
        let end = if archive.contains("windows") { ".exe" } else { "" };
        assert_eq!(
            listed(&archive).trim_end(),
            format!("{NAME}_v{VERSION}{end}"),
            "{archive}"
        );
    }
}

/// The kinds of the segments of an ELF file of 64 bits, least byte first.
fn segments(program: &[u8]) -> Vec<u32> {
    let number = |at: usize, length: usize| {
        let mut bytes = [0; 8];
        bytes[..length].copy_from_slice(&program[at..at + length]);
        usize::try_from(u64::from_le_bytes(bytes)).unwrap()
    };
    assert_eq!(&program[..6], b"\x7fELF\x02\x01");
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    (0..count)
        .map(|index| u32::try_from(number(table + index * size, 4)).unwrap())
        .collect()
}

#[test]
fn on_linux_the_program_runs_where_there_is_no_shared_library() {
    if !is_made_for_release() {
        println!("left out: only `make release-dry-run` links statically");
        return;
    }
    for archive in archives().iter().filter(|name| name.contains("_linux_")) {
        let folder = tempfile::tempdir().unwrap();
        unpack(archive, folder.path());
        let program = format!("{NAME}_v{VERSION}");
        let content = fs::read(folder.path().join(&program)).unwrap();
        assert!(
            !segments(&content).contains(&PT_INTERP),
            "{archive} is linked with shared libraries"
        );
        if *archive == named(&format!("{}.zip", super::platform())) {
            runs_alone(folder.path(), &program);
        }
    }
}

/// Runs a program in a folder that is all that it sees of the machine.
fn runs_alone(folder: &Path, program: &str) {
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if is_root {
        Command::new("chroot")
    } else {
        let mut command = Command::new("sudo");
        command.args(["-n", "chroot"]);
        command
    };
    let output = command
        .arg(folder)
        .arg(format!("/{program}"))
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{NAME} {VERSION}\n"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
