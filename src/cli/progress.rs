//! What a command is doing, for who waits: a bar on a terminal, lines elsewhere.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};

/// How wide the bar is.
const WIDTH: usize = 24;
/// How often a long step is told of where there is no bar: after each of so many parts of it.
const PARTS: usize = 4;
/// A step of fewer items than this is over before anybody has read of it.
const LONG: usize = 200;

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Not at all.
    Quiet,
    /// A line for each step.
    Lines,
    /// A bar that is drawn over itself.
    Bar,
}

/// Tells progress.
pub(super) struct Progress {
    style: Style,
    out: Mutex<Box<dyn Write + Send>>,
}

impl Progress {
    /// Tells it on stderr, in the way that fits what that leads to.
    pub(super) fn on_stderr(quiet: bool) -> Self {
        let style = match (quiet, io::stderr().is_terminal()) {
            (true, _) => Style::Quiet,
            (false, true) => Style::Bar,
            (false, false) => Style::Lines,
        };
        Progress::to(style, Box::new(io::stderr()))
    }

    /// Tells it to a writer.
    pub(super) fn to(style: Style, out: Box<dyn Write + Send>) -> Self {
        Progress {
            style,
            out: Mutex::new(out),
        }
    }

    /// A step begins.
    pub(super) fn step(&self, doing: &str) {
        match self.style {
            Style::Quiet => {}
            Style::Lines => self.write(&format!("adopt: {doing}\n")),
            Style::Bar => self.draw(doing, ""),
        }
    }

    /// A step has come so far.
    pub(super) fn advance(&self, doing: &str, done: usize, all: usize) {
        match self.style {
            Style::Quiet => {}
            Style::Lines if all < LONG || done == 0 || done == all => {}
            Style::Lines => {
                let part = |done: usize| done * PARTS / all;
                if part(done) != part(done - 1) {
                    self.write(&format!("adopt: {doing}: {done} of {all}\n"));
                }
            }
            Style::Bar => {
                // More often than it can be seen is too often.
                let filled = |done: usize| done * WIDTH / all.max(1);
                if done == all || done == 0 || filled(done) != filled(done - 1) {
                    let bar = "=".repeat(filled(done));
                    self.draw(doing, &format!(" [{bar:<WIDTH$}] {done} of {all}"));
                }
            }
        }
    }

    /// A result that stays.
    pub(super) fn say(&self, line: &str) {
        self.clear();
        if self.style != Style::Quiet {
            self.write(&format!("adopt: {line}\n"));
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if self.style == Style::Bar {
            self.write("\r\x1b[K");
        }
    }

    fn draw(&self, doing: &str, bar: &str) {
        self.write(&format!("\r\x1b[Kadopt: {doing}{bar}"));
    }

    /// Whether somebody reads it makes no difference to what is done.
    fn write(&self, text: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn told(style: Style) -> String {
        let written = Written::default();
        let progress = Progress::to(style, Box::new(written.clone()));
        progress.step("reading");
        for done in 1..=1000 {
            progress.advance("reading", done, 1000);
        }
        progress.say("1000 tasks");
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lines_are_few_and_a_bar_leaves_nothing_behind() {
        assert_eq!(
            told(Style::Lines),
            "adopt: reading\nadopt: reading: 250 of 1000\nadopt: reading: 500 of 1000\nadopt: reading: 750 of 1000\n\
             adopt: 1000 tasks\n"
        );
        assert_eq!(told(Style::Quiet), "");
        let bar = told(Style::Bar);
        assert!(bar.contains("[============            ] 500 of 1000"), "{bar}");
        assert!(bar.ends_with("\r\x1b[Kadopt: 1000 tasks\n"), "{bar}");
        assert!(bar.len() < 5000, "{}", bar.len());
    }
}
