//! The Terraform side: configuration, resources, diagnostics.
