"""dnsimple, DNSimple's own client for Python, and octoDNS's provider.

The client's later versions, which have batches, need a later Python than the oldest one that is supported here."""

from dnsimple import Client as Dnsimple
from dnsimple.response import Response
from dnsimple.struct.zone_record import ZoneRecordInput, ZoneRecordUpdateInput

ACCOUNT = 731


def presented(record):
    """The data of a record as presentation format."""
    if record.type in ("MX", "SRV"):
        return f"{record.priority} {record.content}."
    return record.content + "." if record.type in ("CNAME", "NS") else record.content


def fields(kind, content):
    """Presentation format as content and priority."""
    priority = None
    if kind in ("MX", "SRV"):
        priority, content = content.split(" ", 1)
        priority = int(priority)
    if kind in ("MX", "SRV", "CNAME", "NS"):
        content = content.rstrip(".")
    return content, priority


class Client:
    def __init__(self, task):
        self.api = Dnsimple(access_token=task["secrets"]["token"], base_url=task["endpoint"])

    def _records(self, zone):
        page, pages = 1, 1
        while page <= pages:
            answer = self.api.zones.list_records(ACCOUNT, zone, page=page, per_page=100)
            yield from answer.data
            pages = answer.pagination.total_pages
            page += 1

    def _set(self, zone, subname, kind):
        return [one for one in self._records(zone) if (one.name, one.type) == (subname, kind)]

    def create_zone(self, name):
        self.api.domains.create_domain(ACCOUNT, name)

    def list(self, zone):
        sets = {}
        for record in self._records(zone):
            if record.type != "SOA":
                key = (record.name, record.type, record.ttl)
                sets.setdefault(key, []).append(presented(record))
        return [[*key, contents] for key, contents in sets.items()]

    def create(self, zone, subname, kind, ttl, contents):
        for one in contents:
            content, priority = fields(kind, one)
            record = ZoneRecordInput(subname, kind, content, ttl=ttl, priority=priority)
            self.api.zones.create_record(ACCOUNT, zone, record)

    def change(self, zone, subname, kind, ttl, contents):
        first, *others = self._set(zone, subname, kind)
        for record in others:
            self.api.zones.delete_record(ACCOUNT, zone, record.id)
        content, priority = fields(kind, contents[0])
        change = ZoneRecordUpdateInput(content=content, ttl=ttl, priority=priority)
        self.api.zones.update_record(ACCOUNT, zone, first.id, change)

    def delete(self, zone, subname, kind):
        for record in self._set(zone, subname, kind):
            self.api.zones.delete_record(ACCOUNT, zone, record.id)

    def refused(self, method, path, body):
        send = getattr(self.api, method.lower())
        path = path.removeprefix("/v2")
        Response(send(path, data=body) if body else send(path))


def octodns(task):
    from octodns_dnsimple import DnsimpleProvider

    provider = DnsimpleProvider("dnsimple", task["secrets"]["token"], ACCOUNT, strict_supports=False)
    provider._client.base = task["endpoint"] + "/v2/"
    return provider
