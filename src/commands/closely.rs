//! What a question a server over UDP does not show: the same over TCP, and the order within an answer.

use std::time::Instant;

use futures_util::future::join_all;

use crate::audit::{dig, other_over_tcp, out_of_order, rule};
use crate::probe::{self, Query};
use crate::verdict::{Answer, Nameserver, Question, classify};
use crate::zone::{Finding, Name, RecordType};

/// Questions that are put over TCP as well.
const OVER_TCP: usize = 8;

/// Names whose answers are looked at in their order.
const IN_ORDER: usize = 6;

/// AGR06 (and SRV02) of some of `questions`, AGR08 of some of `aliases`, at every one of `servers`: a finding for each
/// cause.
pub(super) async fn closely(
    origin: &Name,
    servers: &[&Nameserver],
    questions: &[&Question],
    aliases: &[&Name],
    deadline: Option<Instant>,
) -> Vec<Finding> {
    let is_soa = |question: &&&Question| question.rtype == RecordType::SOA;
    let over_tcp: Vec<&Question> = questions
        .iter()
        .filter(|question| !is_soa(question))
        .take(OVER_TCP)
        .copied()
        .collect();
    let aliases = &aliases[..aliases.len().min(IN_ORDER)];
    let each = servers.iter().map(|server| {
        let over_tcp = &over_tcp;
        async move {
            let tcp = over_tcp.iter().map(|question| async move {
                let query = Query::new(&question.name, question.rtype);
                let question = *question;
                let udp = said(server, &query, origin, deadline)
                    .await
                    .ok()
                    .flatten()?;
                let (code, message) = match said(server, &query.over_tcp(), origin, deadline).await
                {
                    Err(why) => ("SRV02", format!("no answer over TCP: {why}")),
                    Ok(tcp) => ("AGR06", other_over_tcp(question, &udp, &tcp?)?),
                };
                Some((code, message, question.clone()))
            });
            let order = aliases.iter().map(|name| async move {
                let query = Query::new(name, RecordType::A);
                let reply = probe::exchange_whole(server.address, &query, deadline).await;
                let message = out_of_order(&reply.ok()?, &query.question)?;
                Some(("AGR08", message, query.question))
            });
            let (tcp, order) = tokio::join!(join_all(tcp), join_all(order));
            let both = tcp.into_iter().chain(order).flatten();
            both.map(|found| (*server, found)).collect::<Vec<_>>()
        }
    });
    let mut findings: Vec<Finding> = Vec::new();
    for (server, (code, message, question)) in join_all(each).await.into_iter().flatten() {
        let label = format!("{} {}", server.name, server.address);
        let mut known = findings.iter_mut();
        if let Some(one) = known.find(|one| one.code == code && one.message == message) {
            let all = one.nameserver.get_or_insert_default();
            if !all.contains(&label) {
                *all = format!("{all}, {label}");
            }
            continue;
        }
        let Some(rule) = rule(code) else { continue };
        let mut one = Finding::new(code, rule.severity, message)
            .hint(rule.action)
            .about(&question.name, question.rtype);
        let command = dig(server.address, &question.name, question.rtype);
        one.reproduce = Some(match code {
            "AGR06" | "SRV02" => command.replace("+norec", "+norec +tcp"),
            _ => command,
        });
        one.nameserver = Some(label);
        findings.push(one);
    }
    findings
}

/// What a server says; nothing where that is no answer that could be compared, the error is why it says nothing.
async fn said(
    server: &Nameserver,
    query: &Query,
    origin: &Name,
    deadline: Option<Instant>,
) -> Result<Option<Answer>, String> {
    let reply = probe::exchange(server.address, query, deadline).await?;
    let message = reply.message().filter(|message| !message.tc());
    Ok(message.and_then(|message| classify(&message, &query.question, origin.borrow()).ok()))
}
