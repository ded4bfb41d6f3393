"""ovh, OVH's own client for Python, and octoDNS's provider."""

import json

import ovh.client


def connected(task):
    ovh.client.ENDPOINTS["ovh-eu"] = task["endpoint"] + "/1.0"
    return ovh.Client("ovh-eu", **task["secrets"])


class Client:
    def __init__(self, task):
        self.ovh = connected(task)

    def _records(self, zone, **filters):
        numbers = self.ovh.get(f"/domain/zone/{zone}/record", **filters)
        return [self.ovh.get(f"/domain/zone/{zone}/record/{number}") for number in numbers]

    def _refresh(self, zone):
        self.ovh.post(f"/domain/zone/{zone}/refresh")

    def create_zone(self, name):
        self.ovh.post("/order/domain/zone/new", zoneName=name, minimized=True)

    def list(self, zone):
        sets = {}
        for record in self._records(zone):
            key = (record["subDomain"], record["fieldType"], record["ttl"])
            sets.setdefault(key, []).append(record["target"])
        return [[*key, contents] for key, contents in sets.items()]

    def create(self, zone, subname, kind, ttl, contents):
        path = f"/domain/zone/{zone}/record"
        for content in contents:
            self.ovh.post(path, subDomain=subname, fieldType=kind, ttl=ttl, target=content)
        self._refresh(zone)

    def change(self, zone, subname, kind, ttl, contents):
        first, *others = self._records(zone, subDomain=subname, fieldType=kind)
        (content,) = contents
        for record in others:
            self.ovh.delete(f"/domain/zone/{zone}/record/{record['id']}")
        self.ovh.put(f"/domain/zone/{zone}/record/{first['id']}", target=content, ttl=ttl)
        self._refresh(zone)

    def delete(self, zone, subname, kind):
        for record in self._records(zone, subDomain=subname, fieldType=kind):
            self.ovh.delete(f"/domain/zone/{zone}/record/{record['id']}")
        self._refresh(zone)

    def refused(self, method, path, body):
        self.ovh.call(method, path.removeprefix("/1.0"), json.loads(body) if body else None)


def octodns(task):
    from octodns_ovh import OvhProvider

    provider = OvhProvider("ovh", "ovh-eu", **task["secrets"], strict_supports=False)
    provider._client = connected(task)
    return provider
