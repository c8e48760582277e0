//! The calls about data sources.

use crate::protocol::data_source::DynDataSource;
use crate::protocol::messages::*;
use crate::protocol::plugin::{named, or_bug, Plugin};
use tf_provider::Diagnostics;

impl Plugin {
    /// Answers `ValidateDataResourceConfig`.
    pub async fn validate_data_source_config(
        &self,
        diags: &mut Diagnostics,
        request: ValidateConfigRequest,
    ) -> ValidateConfigResponse {
        if let Some(data_source) = self.data_source(diags, &request.type_name) {
            let validated = data_source.validate(diags, &request.config.unwrap_or_default()).await;
            or_bug(diags, validated);
        }
        ValidateConfigResponse::default()
    }

    /// Answers `ReadDataSource`.
    pub async fn read_data_source(
        &self,
        diags: &mut Diagnostics,
        request: ReadDataSourceRequest,
    ) -> ReadDataSourceResponse {
        let Some(data_source) = self.data_source(diags, &request.type_name) else {
            return ReadDataSourceResponse::default();
        };
        let config = request.config.unwrap_or_default();
        let meta = request.provider_meta.unwrap_or_default();
        let state = data_source.read(diags, &config, &meta).await;
        ReadDataSourceResponse {
            state: or_bug(diags, state),
            diagnostics: Vec::new(),
        }
    }

    fn data_source(&self, diags: &mut Diagnostics, type_name: &str) -> Option<&dyn DynDataSource> {
        named(diags, &self.served.data_sources, "data source", type_name)
    }
}
