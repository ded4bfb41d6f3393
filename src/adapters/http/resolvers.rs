//! Names of APIs where the C library cannot look them up.

use std::error::Error;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::adapters::lookup;

/// The hosts file and the resolvers of this machine's configuration.
pub(super) struct Resolvers;

impl Resolve for Resolvers {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = lookup::asked(name.as_str())
                .await
                .map_err(Box::<dyn Error + Send + Sync>::from)?;
            // The port is that of the request.
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| (ip, 0).into()));
            Ok(addresses)
        })
    }
}
