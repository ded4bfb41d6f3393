"""hcloud, Hetzner's own client."""

import json

from hcloud import Client as Hcloud
from hcloud.zones import ZoneRecord
from octodns_hetzner import HetznerProvider


def connected(task):
    return Hcloud(task["secrets"]["token"], api_endpoint=task["endpoint"] + "/v1", poll_interval=0)


class Client:
    def __init__(self, task):
        self.endpoint = task["endpoint"]
        self.hcloud = connected(task)

    def create_zone(self, name):
        self.hcloud.zones.create(name=name, mode="primary").action.wait_until_finished()

    def list(self, zone):
        zone = self.hcloud.zones.get(zone)
        return [
            ["" if held.name == "@" else held.name, held.type, held.ttl or zone.ttl, [one.value for one in held.records]]
            for held in zone.get_rrset_all()
        ]

    def create(self, zone, subname, kind, ttl, contents):
        records = [ZoneRecord(value=content) for content in contents]
        made = self.hcloud.zones.get(zone).create_rrset(name=subname or "@", type=kind, ttl=ttl, records=records)
        made.action.wait_until_finished()

    def change(self, zone, subname, kind, ttl, contents):
        held = self.hcloud.zones.get(zone).get_rrset(subname or "@", kind)
        held.change_rrset_ttl(ttl).wait_until_finished()
        held.set_rrset_records([ZoneRecord(value=content) for content in contents]).wait_until_finished()

    def delete(self, zone, subname, kind):
        held = self.hcloud.zones.get(zone).get_rrset(subname or "@", kind)
        held.delete_rrset().action.wait_until_finished()

    def refused(self, method, path, body):
        try:
            given = {"json": json.loads(body)} if body else {}
        except ValueError:
            given = {"data": body}
        self.hcloud.request(method, path.removeprefix("/v1"), **given)


def octodns(task):
    provider = HetznerProvider("hetzner", task["secrets"]["token"], backend="hcloud")
    provider._client._hcloud = connected(task)
    provider._client._zones = provider._client._hcloud.zones
    return provider
