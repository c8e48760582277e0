//! The handlers of a rule in one list, in the order of the kinds, whatever the configuration makes of it.

use super::block::HandlerBlock;
use super::names::NAMED_KINDS;
use std::ops::{Deref, DerefMut};

/// The handlers, and the lists of a configuration that have none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Handlers {
    blocks: Vec<HandlerBlock>,
    /// The attributes of kinds that are an empty list.
    pub(super) empty: Vec<&'static str>,
    /// The attributes of kinds whose list is not known yet.
    pub(super) unknown: Vec<&'static str>,
}

impl Handlers {
    /// Whether all of them are here.
    pub(crate) fn are_known(&self) -> bool {
        self.unknown.is_empty()
    }

    /// The same lists with other handlers.
    pub(crate) fn with(&self, blocks: Vec<HandlerBlock>) -> Self {
        let others = Handlers::from(blocks);
        Handlers {
            blocks: others.blocks,
            ..self.clone()
        }
    }
}

impl From<Vec<HandlerBlock>> for Handlers {
    fn from(mut blocks: Vec<HandlerBlock>) -> Self {
        let position = |block: &HandlerBlock| NAMED_KINDS.iter().position(|named| block.is_kind(named.kind.name));
        blocks.sort_by_key(position);
        Handlers {
            blocks,
            ..Handlers::default()
        }
    }
}

impl Deref for Handlers {
    type Target = [HandlerBlock];

    fn deref(&self) -> &[HandlerBlock] {
        &self.blocks
    }
}

impl DerefMut for Handlers {
    fn deref_mut(&mut self) -> &mut [HandlerBlock] {
        &mut self.blocks
    }
}
