use super::{DAY, Maker, NOW, name, said, unsigned};
use crate::audit::dnssec::chain::{Anchor, Link, Promise, Trust, follow};
use crate::audit::dnssec::key::Ds;
use crate::audit::dnssec::signed::SignedSet;
use crate::zone::RecordType;

struct World {
    root: Maker,
    com: Maker,
    zone: Maker,
}

impl World {
    fn new() -> Self {
        Self {
            root: Maker::new(".", 1),
            com: Maker::new("com.", 2),
            zone: Maker::new("example.com.", 3),
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor {
            zone: name("."),
            promise: Promise::Digest(Ds::read(&self.root.ds_data()).expect("a DS")),
        }]
    }

    fn ds(by: &Maker, of: &Maker) -> SignedSet {
        let mut set = unsigned(&of.zone.to_string(), RecordType::DS, &[]);
        set.rdata.push(of.ds_data());
        by.sign(&mut set, &of.zone.to_string(), NOW + DAY);
        set
    }

    fn links(&self) -> Vec<Link> {
        vec![
            Link {
                zone: name("."),
                delegation: None,
                keys: Some(said(0, vec![self.root.keys(&[])], vec![])),
            },
            Link {
                zone: name("com."),
                delegation: Some(said(0, vec![Self::ds(&self.root, &self.com)], vec![])),
                keys: Some(said(0, vec![self.com.keys(&[])], vec![])),
            },
            Link {
                zone: name("example.com."),
                delegation: Some(said(0, vec![Self::ds(&self.com, &self.zone)], vec![])),
                keys: None,
            },
        ]
    }
}

#[test]
fn a_whole_chain_promises_the_zones_key() {
    let world = World::new();
    let expected = Promise::Digest(Ds::read(&world.zone.ds_data()).expect("a DS"));
    assert_eq!(
        follow(&world.links(), &world.anchors(), NOW),
        Trust::Secure(vec![expected])
    );
}

#[test]
fn an_anchor_further_down_starts_there() {
    let world = World::new();
    let mut links = world.links();
    links[0].keys = None;
    let anchor = Anchor {
        zone: name("example.com."),
        promise: Promise::Key(world.zone.key()),
    };
    assert_eq!(
        follow(&links, std::slice::from_ref(&anchor), NOW),
        Trust::Secure(vec![anchor.promise.clone()])
    );
    assert_eq!(follow(&links, &[], NOW), Trust::Unanchored);
}

#[test]
fn a_missing_ds_has_to_be_proved() {
    let world = World::new();
    let mut links = world.links();
    let nsec = |maker: &Maker, types: &str| {
        maker.set(
            "example.com.",
            RecordType::NSEC,
            &[&format!("z.com. {types}")],
        )
    };
    for (authority, secure) in [
        (vec![nsec(&world.com, "NS RRSIG NSEC")], Some(false)),
        (vec![nsec(&world.com, "NS DS RRSIG NSEC")], None),
        (vec![nsec(&world.root, "NS RRSIG NSEC")], None),
        (vec![], None),
    ] {
        links[2].delegation = Some(said(0, vec![], authority));
        match (follow(&links, &world.anchors(), NOW), secure) {
            (Trust::Insecure { at, .. } | Trust::Bogus { at, .. }, _)
                if at != name("example.com.") =>
            {
                panic!("the chain ends at {at}")
            }
            (Trust::Insecure { .. }, Some(false)) | (Trust::Bogus { .. }, None) => {}
            (other, _) => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_broken_link_is_named() {
    let world = World::new();
    let stranger = Maker::new("com.", 9);
    let mut links = world.links();
    links[1].keys = Some(said(0, vec![stranger.keys(&[])], vec![]));
    assert!(matches!(
        follow(&links, &world.anchors(), NOW),
        Trust::Bogus { at, why } if at == name("com.") && why.contains("none of its keys")
    ));
    links = world.links();
    assert!(matches!(
        follow(&links, &world.anchors(), NOW + 2 * DAY),
        Trust::Bogus { at, why } if at == name("com.") && why.contains("expired 24 h ago")
    ));
    links[1].keys = None;
    assert!(matches!(
        follow(&links, &world.anchors(), NOW),
        Trust::Unknown { at, .. } if at == name("com.")
    ));
}

#[test]
fn a_ds_that_nobody_can_use_makes_the_zone_insecure() {
    let world = World::new();
    let mut links = world.links();
    let mut set = unsigned(
        "example.com.",
        RecordType::DS,
        &["1 16 250 00", "1 15 251 00"],
    );
    world.com.sign(&mut set, "example.com.", NOW + DAY);
    links[2].delegation = Some(said(0, vec![set], vec![]));
    assert!(matches!(
        follow(&links, &world.anchors(), NOW),
        Trust::Insecure { at, .. } if at == name("example.com.")
    ));
}
