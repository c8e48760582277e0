//! A user as the database keeps it.

use crate::options::{Permission, User, UserType};
use serde::{Deserialize, Serialize};

/// A user in the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredUser {
    /// In clear: this is a sandbox.
    pub password: String,
    pub user_type: UserType,
    pub permissions: Vec<Permission>,
}

impl From<User> for StoredUser {
    fn from(user: User) -> Self {
        StoredUser {
            password: user.password,
            user_type: user.user_type,
            permissions: user.permissions,
        }
    }
}
