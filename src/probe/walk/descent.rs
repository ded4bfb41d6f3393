//! The descent from cut to cut, and the names that it needs on the way.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;

use futures_util::future::join_all;

use super::delegated::delegated;
use super::{DEEPEST, Walker, at};
use crate::audit::{Cut, Delegated, Found, Reply};
use crate::probe::exchange::{Query, exchange_whole};
use crate::probe::first::first;
use crate::probe::hints::address_of;
use crate::verdict::{Answer, Nameserver, classify};
use crate::zone::{Name, NameRef, RecordType};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Walker {
    /// The cuts from the root down to the zone that holds `name`. `path` are the names that wait for this one.
    pub(super) fn descend<'a>(
        &'a self,
        name: &'a Name,
        path: &'a [Name],
    ) -> Boxed<'a, Result<Descent, String>> {
        Box::pin(async move {
            let mut descent = Descent {
                cuts: vec![self.root.clone()],
                nonexistent: false,
            };
            for ancestor in ancestors(name.borrow()) {
                let known = self.cut(&ancestor);
                if let Some(cut) = known {
                    descent.cuts.push(cut);
                    continue;
                }
                let above = descent.cuts.last().expect("the root at least");
                match self.below(above, &ancestor, path).await? {
                    Below::Cut(cut) => descent.cuts.push(cut),
                    Below::Nothing => {}
                    // Nothing lies below a name that does not exist (RFC 8020).
                    Below::Nonexistent => {
                        descent.nonexistent = true;
                        break;
                    }
                }
            }
            Ok(descent)
        })
    }

    /// What `above` says about a cut at `name`.
    async fn below(&self, above: &Cut, name: &Name, path: &[Name]) -> Result<Below, String> {
        let query = Query::new(name, RecordType::NS);
        let (reply, answer) = self.ask(above, &query).await?;
        match answer {
            Answer::Referral { .. }
            | Answer::Records {
                rtype: RecordType::NS,
                ..
            } => {}
            Answer::NxDomain { .. } => return Ok(Below::Nonexistent),
            _ => return Ok(Below::Nothing),
        }
        let said = delegated(&reply, name, &above.zone)?;
        self.remember_glue(Some(&said));
        let servers = self.reachable(&said, name, path).await?;
        let cut = Cut {
            zone: name.clone(),
            servers,
            views: Vec::new(),
        };
        let mut cuts = self.cuts.lock().expect("nobody panics with the lock");
        cuts.insert(name.clone(), cut.clone());
        Ok(Below::Cut(cut))
    }

    /// Addresses to go on with: those that came along, and only where there are none those that have to be found.
    async fn reachable(
        &self,
        said: &Delegated,
        zone: &Name,
        path: &[Name],
    ) -> Result<Vec<Nameserver>, String> {
        let glue = said.glue.iter();
        let servers: Vec<Nameserver> = glue.map(|glue| at(&glue.name, glue.address)).collect();
        if !servers.is_empty() {
            return Ok(servers);
        }
        let names = said.names();
        let resolved = join_all(names.iter().map(|name| self.resolve_for(name, path))).await;
        let mut servers = Vec::new();
        for (name, found) in names.iter().zip(resolved) {
            let addresses = match found {
                Found::Addresses(addresses) => addresses,
                _ => self.glue_of(name),
            };
            servers.extend(addresses.into_iter().map(|address| at(name, address)));
        }
        if servers.is_empty() {
            return Err(format!("no nameserver of `{zone}` has an address"));
        }
        Ok(servers)
    }

    fn cut(&self, zone: &Name) -> Option<Cut> {
        let cuts = self.cuts.lock().expect("nobody panics with the lock");
        cuts.get(zone).cloned()
    }

    pub(super) async fn resolve_for(&self, name: &Name, path: &[Name]) -> Found {
        if path.contains(name) || path.len() >= DEEPEST {
            return Found::Unknown("resolving it needs itself".to_owned());
        }
        let known = {
            let found = self.found.lock().expect("nobody panics with the lock");
            found.get(name).cloned()
        };
        if let Some(found) = known {
            return found;
        }
        let mut waiting = path.to_vec();
        waiting.push(name.clone());
        let found = match self.look_up(name, &waiting).await {
            Ok(found) => found,
            Err(why) => Found::Unknown(why),
        };
        let mut all = self.found.lock().expect("nobody panics with the lock");
        all.insert(name.clone(), found.clone());
        found
    }

    async fn look_up(&self, name: &Name, path: &[Name]) -> Result<Found, String> {
        let descent = self.descend(name, path).await?;
        if descent.nonexistent {
            return Ok(Found::Nothing);
        }
        let cut = descent.cuts.last().expect("the root at least");
        let (a, aaaa) = (
            Query::new(name, RecordType::A),
            Query::new(name, RecordType::AAAA),
        );
        let (four, six) = tokio::join!(self.ask(cut, &a), self.ask(cut, &aaaa));
        let (four, six) = match (four, six) {
            (Err(why), Err(_)) => return Err(why),
            (four, six) => (four.ok(), six.ok()),
        };
        let mut addresses = Vec::new();
        for (_, answer) in four.into_iter().chain(six) {
            match answer {
                Answer::Records {
                    rtype: RecordType::CNAME,
                    set,
                } => {
                    let target = set.rdata.first().and_then(|one| Name::from_wire(one).ok());
                    return Ok(target.map_or(Found::Nothing, Found::Alias));
                }
                Answer::Records { set, .. } => {
                    addresses.extend(set.rdata.iter().filter_map(|rdata| address_of(rdata)));
                }
                _ => {}
            }
        }
        Ok(if addresses.is_empty() {
            Found::Nothing
        } else {
            Found::Addresses(addresses)
        })
    }

    /// The first answer with authority, or referral, of any server of `cut`.
    async fn ask(&self, cut: &Cut, query: &Query) -> Result<(Reply, Answer), String> {
        let attempts = cut.servers.iter().map(|server| async move {
            self.left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    left.checked_sub(1)
                })
                .map_err(|_| "too many queries were needed to get here".to_owned())?;
            let reply = exchange_whole(server.address, query, self.deadline).await?;
            let message = reply.message().ok_or("no DNS message")?;
            let answer = classify(&message, &query.question, cut.zone.borrow())
                .map_err(|error| error.to_string())?;
            if answer.is_verified() {
                return Ok((reply, answer));
            }
            Err(answer.kind().replace('_', " "))
        });
        let asked: Vec<_> = attempts.collect();
        first(asked).await.map_err(|why| {
            let question = &query.question;
            let (name, rtype, zone) = (&question.name, question.rtype, &cut.zone);
            match why {
                None => format!("`{zone}` has no server to ask"),
                Some(why) => format!("no server of `{zone}` answered `{name} {rtype}`: {why}"),
            }
        })
    }
}

/// How far a walk came.
pub(super) struct Descent {
    pub(super) cuts: Vec<Cut>,
    /// Whether the last zone says that the name does not exist.
    pub(super) nonexistent: bool,
}

/// What a zone says about a name below it.
enum Below {
    Cut(Cut),
    Nothing,
    Nonexistent,
}

/// `name` and everything above it but the root, the highest first.
fn ancestors(name: NameRef<'_>) -> Vec<Name> {
    let mut all = Vec::new();
    let mut next = Some(name);
    while let Some(own) = next.filter(|own| !own.is_root()) {
        all.push(own.to_name());
        next = own.parent();
    }
    all.reverse();
    all
}
