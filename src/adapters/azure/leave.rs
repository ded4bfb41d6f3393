//! What the application may do, as Resource Manager says: the actions of every role that it has there, those of groups
//! and of scopes above included. A lock that makes a zone read-only is no role, and shows when something is written.

use serde::Deserialize;
use wildmatch::WildMatch;

use super::facts;
use crate::adapters::http::Api;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::RecordType;

/// <https://learn.microsoft.com/en-us/rest/api/authorization/permissions/list-for-resource>, the newest version that is
/// no preview (2026-11-30).
const VERSION: &str = "api-version=2022-04-01";

#[derive(Deserialize)]
struct Roles {
    value: Vec<Role>,
}

/// What a role allows, but for what it takes out again; `*` is anything, and case does not count.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Role {
    actions: Vec<String>,
    not_actions: Vec<String>,
}

/// Whether record sets of the zone at `path` may be written; `None` where nobody tells.
pub(super) async fn may_write(api: &Api, path: &str) -> Result<Option<bool>, ProviderError> {
    let path = format!("{path}/providers/Microsoft.Authorization/permissions?{VERSION}");
    match api.get(path).send().await {
        Ok(answer) => {
            let roles: Roles = answer.json()?;
            Ok((!roles.value.is_empty()).then(|| allow(&roles.value)))
        }
        Err(error) if error.kind == ErrorKind::Unauthorized => Ok(None),
        Err(error) => Err(error),
    }
}

fn allow(roles: &[Role]) -> bool {
    let types = facts::capabilities().rtypes.unwrap_or_default();
    let mut actions = types.iter().flat_map(|rtype| {
        // The SOA goes with its zone alone.
        let verbs = if *rtype == RecordType::SOA {
            &["write"][..]
        } else {
            &["write", "delete"]
        };
        let action = move |verb: &&str| format!("Microsoft.Network/dnsZones/{rtype}/{verb}");
        verbs.iter().map(action)
    });
    let is_in = |list: &[String], action: &str| {
        let mut patterns = list.iter();
        patterns.any(|pattern| WildMatch::new_case_insensitive(pattern).matches(action))
    };
    let is_allowed = |role: &Role, action: &str| {
        is_in(&role.actions, action) && !is_in(&role.not_actions, action)
    };
    actions.all(|action| roles.iter().any(|role| is_allowed(role, &action)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_add_up_and_take_out_of_their_own() {
        let role = |actions: &[&str], not_actions: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
            Role {
                actions: owned(actions),
                not_actions: owned(not_actions),
            }
        };
        let owner = || role(&["*"], &[]);
        let contributor = || role(&["Microsoft.Network/dnsZones/*", "*/read"], &[]);
        let reader = || role(&["*/read"], &[]);
        let without_text = || role(&["*"], &["microsoft.network/DNSZONES/txt/*"]);
        let without_soa = || role(&["*"], &["Microsoft.Network/dnsZones/SOA/delete"]);
        let text = || role(&["Microsoft.Network/dnsZones/TXT/*"], &[]);
        for (roles, expected) in [
            (vec![owner()], true),
            (vec![contributor()], true),
            (vec![reader()], false),
            (vec![text(), reader()], false),
            (vec![without_text()], false),
            (vec![without_text(), text()], true),
            (vec![without_soa()], true),
        ] {
            assert_eq!(allow(&roles), expected);
        }
    }
}
