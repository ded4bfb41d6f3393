//! Who serves the status page.

use super::Run;
use crate::audit::shared_page;
use crate::probe::{Stop, Walker, root_hints};
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, Severity};

impl Run<'_> {
    /// DIV05, where a page was named.
    pub(super) async fn status_page(
        &self,
        walker: Option<&Walker>,
        audited: &[Nameserver],
        owner: &(dyn Fn(&Name) -> Option<String> + Sync),
    ) -> Option<Finding> {
        let page = self.inputs.page.as_ref()?;
        // The page is nobody of those that --ns names.
        let own;
        let walker = if let Some(walker) = walker {
            walker
        } else {
            own = Walker::new(root_hints(), self.deadline);
            &own
        };
        let mut chain = walker.chain(page).await;
        if let Err(Stop::NotDelegated {
            parent,
            nonexistent: false,
        }) = chain
        {
            chain = walker.chain(&parent).await;
        }
        let why = match chain {
            Ok(chain) => {
                let mut servers = chain.last().map_or(Vec::new(), |zone| zone.servers.clone());
                for server in &mut servers {
                    server.provider = owner(&server.name);
                }
                if !servers.is_empty() {
                    return shared_page(page, &servers, audited);
                }
                "its nameservers have no address".to_owned()
            }
            Err(Stop::Unknown(why)) => why,
            Err(Stop::NotDelegated { .. }) => "there is no such name".to_owned(),
        };
        let message = format!("who serves the status page `{page}` is not known: {why}");
        Some(Finding::new("AUD03", Severity::Warning, message))
    }
}
