//! Whether the server is there: `GET /kapacitor/v1/ping`.
