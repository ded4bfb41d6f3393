//! Where AWS's own tools keep credentials: variables, profiles, roles of containers and instances.

use redundns::zone::Name;

use super::{ZONE, fake};
use crate::case::wait;
use crate::fakes::http::{Answer, HttpServer};
use crate::fakes::route53::VENDOR;
use crate::vendors::machine::Machine;

/// What comes of reading the zone from a machine.
fn fetch(machine: &Machine, endpoint: &str, more: &str) -> Result<usize, String> {
    let text = format!("endpoint = \"{endpoint}\"\n{more}");
    let provider = machine.connect("route53", &text)?;
    let origin = Name::absolute(ZONE).expect("a name");
    let held = wait(provider.fetch(&origin)).map_err(|error| error.message)?;
    Ok(held.zone.len())
}

pub(crate) fn are_found_where_aws_keeps_them() {
    let (fake, _) = fake();
    let endpoint = fake.http().endpoint();
    let (id, secret) = (VENDOR.secrets[0].1, VENDOR.secrets[1].1);
    let machine = || {
        Machine::default()
            .with("HOME", "/home/me")
            .with("AWS_EC2_METADATA_DISABLED", "true")
    };
    let profile = |name: &str, secret: &str| {
        format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
    };
    let role = format!(
        "{{\"Code\": \"Success\", \"LastUpdated\": \"2026-11-23T00:00:00Z\", \"Type\": \"AWS-HMAC\", \
         \"AccessKeyId\": \"{id}\", \"SecretAccessKey\": \"{secret}\", \"Token\": \"a-session\", \
         \"Expiration\": \"2099-01-01T00:00:00Z\"}}"
    );
    let services = HttpServer::start(move |request| {
        let given = |name| request.header(name).unwrap_or_default().to_owned();
        match (request.method.as_str(), request.target.as_str()) {
            ("GET", "/container") if given("authorization") == "container-token" => {
                Answer::text(200, "application/json", role.clone())
            }
            ("PUT", "/latest/api/token") => Answer::text(200, "text/plain", "instance-token"),
            ("GET", path) if given("x-aws-ec2-metadata-token") == "instance-token" => {
                let is_list = path.ends_with("/security-credentials/");
                let body = if is_list { "dns-role" } else { role.as_str() };
                Answer::text(200, "text/plain", body)
            }
            _ => Answer::empty(404),
        }
    });
    let services = services.endpoint();
    let both = profile("default", "wrong") + &profile("dns", secret);
    let shared = machine().file("/home/me/.aws/credentials", both.clone());
    for (what, machine, more) in [
        (
            "variables",
            machine()
                .with("AWS_ACCESS_KEY_ID", id)
                .with("AWS_SECRET_ACCESS_KEY", secret),
            "",
        ),
        ("AWS_PROFILE", shared.clone().with("AWS_PROFILE", "dns"), ""),
        (
            "a profile of the account, whatever the variables say",
            shared
                .clone()
                .with("AWS_ACCESS_KEY_ID", "other")
                .with("AWS_SECRET_ACCESS_KEY", "other"),
            "profile = \"dns\"",
        ),
        (
            "another file",
            machine()
                .with("AWS_SHARED_CREDENTIALS_FILE", "/etc/aws")
                .file("/etc/aws", profile("default", secret)),
            "",
        ),
        (
            "the configuration file",
            machine().file("/home/me/.aws/config", profile("profile dns", secret)),
            "profile = \"dns\"",
        ),
        (
            "a container's role",
            machine()
                .with(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    &format!("{services}/container"),
                )
                .with("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token"),
            "",
        ),
        (
            "an instance's role",
            Machine::default().with("AWS_EC2_METADATA_SERVICE_ENDPOINT", &services),
            "",
        ),
    ] {
        assert_eq!(fetch(&machine, &endpoint, more), Ok(7), "{what}");
    }
    let sessions = fake.http().take_log();
    let sessions = sessions
        .iter()
        .filter_map(|seen| seen.request.header("x-amz-security-token"));
    assert_eq!(
        sessions.filter(|token| *token == "a-session").count(),
        4,
        "two roles, two requests each"
    );
    for (machine, more, part) in [
        (machine(), "", "no AWS credentials"),
        (shared, "", "SignatureDoesNotMatch"),
        (
            machine().with("AWS_ACCESS_KEY_ID", id),
            "",
            "`secret_access_key` is missing",
        ),
    ] {
        let error = fetch(&machine, &endpoint, more).expect_err("a refusal");
        assert!(error.contains(part), "{error}");
        // AWS repeats the request behind the first line of that refusal.
        assert!(!error.contains("Canonical"), "{error}");
    }
}
