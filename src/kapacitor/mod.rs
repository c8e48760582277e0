//! The HTTP API of Kapacitor. Knows nothing of Terraform.
