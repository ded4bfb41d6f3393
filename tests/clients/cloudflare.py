"""Cloudflare's own client for Python, and octoDNS's provider."""

import json

from cloudflare import Cloudflare

NAMES = ("CNAME", "MX", "NS", "PTR")


def dotted(name):
    return name.rstrip(".") + "."


def presented(record):
    """The data of a record as presentation format."""
    data = getattr(record, "data", None)
    if record.type == "MX":
        return f"{record.priority:.0f} {dotted(record.content)}"
    if record.type == "SRV":
        return f"{data.priority:.0f} {data.weight:.0f} {data.port:.0f} {dotted(data.target)}"
    if record.type == "CAA":
        return f'{data.flags:.0f} {data.tag} "{data.value}"'
    return dotted(record.content) if record.type in NAMES else record.content


def fields(kind, content):
    """Presentation format as the fields of a record."""
    if kind == "MX":
        priority, target = content.split()
        return {"priority": int(priority), "content": target.rstrip(".")}
    if kind == "SRV":
        priority, weight, port, target = content.split()
        numbers = {"priority": int(priority), "weight": int(weight), "port": int(port)}
        return {"data": {**numbers, "target": target.rstrip(".")}}
    if kind == "CAA":
        flags, tag, value = content.split(" ", 2)
        return {"data": {"flags": int(flags), "tag": tag, "value": value.strip('"')}}
    return {"content": content.rstrip(".") if kind in NAMES else content}


class Client:
    def __init__(self, task):
        base = task["endpoint"] + "/client/v4"
        self.endpoint = task["endpoint"]
        self.api = Cloudflare(api_token=task["secrets"]["token"], base_url=base, max_retries=0)

    def _zone(self, name):
        (zone,) = self.api.zones.list(name=name)
        return zone.id

    def _records(self, zone, subname, kind):
        name = f"{subname}.{zone}" if subname else zone
        records = self.api.dns.records.list(zone_id=self._zone(zone))
        return [record for record in records if (record.name, record.type) == (name, kind)]

    def create_zone(self, name):
        (account,) = self.api.accounts.list()
        self.api.zones.create(account={"id": account.id}, name=name, type="full")

    def list(self, zone):
        sets = {}
        for record in self.api.dns.records.list(zone_id=self._zone(zone)):
            subname = record.name.removesuffix(zone).removesuffix(".")
            sets.setdefault((subname, record.type, int(record.ttl)), []).append(presented(record))
        return [[*key, contents] for key, contents in sets.items()]

    def create(self, zone, subname, kind, ttl, contents):
        name = f"{subname}.{zone}" if subname else zone
        posts = [{"name": name, "type": kind, "ttl": ttl, **fields(kind, one)} for one in contents]
        self.api.dns.records.batch(zone_id=self._zone(zone), posts=posts)

    def change(self, zone, subname, kind, ttl, contents):
        name = f"{subname}.{zone}" if subname else zone
        first, *others = self._records(zone, subname, kind)
        zone_id = self._zone(zone)
        for record in others:
            self.api.dns.records.delete(record.id, zone_id=zone_id)
        (content,) = contents
        self.api.dns.records.edit(
            first.id, zone_id=zone_id, name=name, type=kind, ttl=ttl, **fields(kind, content)
        )

    def delete(self, zone, subname, kind):
        deletes = [{"id": record.id} for record in self._records(zone, subname, kind)]
        self.api.dns.records.batch(zone_id=self._zone(zone), deletes=deletes)

    def refused(self, method, path, body):
        send = {"GET": self.api.get, "POST": self.api.post, "PATCH": self.api.patch}[method]
        given = {"body": json.loads(body)} if body else {}
        send(path.removeprefix("/client/v4"), cast_to=object, **given)


def octodns(task):
    from octodns_cloudflare import CloudflareProvider

    return CloudflareProvider(
        "cloudflare",
        token=task["secrets"]["token"],
        api_url=task["endpoint"] + "/client/v4",
        pagerules=False,
        strict_supports=False,
        retry_count=0,
    )
