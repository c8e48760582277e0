//! The figures, as lines for a machine and as a table for a person.

/// Figures in the order in which they were measured.
#[derive(Default)]
pub(crate) struct Report(Vec<(String, f64, &'static str)>);

impl Report {
    /// Adds a figure, and prints it at once so that a long run shows how far it is.
    pub(crate) fn add(&mut self, name: &str, value: f64, unit: &'static str) {
        println!("{name} {value:.3} {unit}");
        self.0.push((name.to_owned(), value, unit));
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        let width = self.0.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
        println!("\n{:width$}  {:>12}  unit", "figure", "median");
        for (name, value, unit) in &self.0 {
            println!("{name:width$}  {value:>12.3}  {unit}");
        }
    }
}

/// The middle one of the values; NaN where there is none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}
