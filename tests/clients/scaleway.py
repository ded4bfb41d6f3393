"""Scaleway's own client for Python, and its provider for octoDNS."""

import json

from scaleway import Client as Scw
from scaleway.domain.v2beta1 import DomainV2Beta1API
from scaleway.domain.v2beta1.types import (
    Record,
    RecordChange,
    RecordChangeAdd,
    RecordChangeDelete,
    RecordChangeSet,
    RecordIdentifier,
)


class Client:
    def __init__(self, task):
        self.api = DomainV2Beta1API(
            Scw(
                access_key="SCWXXXXXXXXXXXXXXXXX",
                secret_key=task["secrets"]["secret_key"],
                api_url=task["endpoint"],
            )
        )

    def _update(self, zone, change):
        self.api.update_dns_zone_records(dns_zone=zone, changes=[change], disallow_new_zone_creation=True)

    def _records(self, subname, kind, ttl, contents):
        return [Record(data=one, name=subname, priority=0, ttl=ttl, type_=kind, id="") for one in contents]

    def create_zone(self, name):
        subdomain, domain = name.rsplit(".", 1)
        self.api.create_dns_zone(domain=domain, subdomain=subdomain)

    def list(self, zone):
        sets = {}
        for record in self.api.list_dns_zone_records_all(dns_zone=zone, name=""):
            sets.setdefault((record.name, record.type_, record.ttl), []).append(record.data)
        return [[*key, contents] for key, contents in sets.items()]

    def create(self, zone, subname, kind, ttl, contents):
        self._update(zone, RecordChange(add=RecordChangeAdd(records=self._records(subname, kind, ttl, contents))))

    def change(self, zone, subname, kind, ttl, contents):
        fields = RecordIdentifier(name=subname, type_=kind)
        records = self._records(subname, kind, ttl, contents)
        self._update(zone, RecordChange(set_=RecordChangeSet(id_fields=fields, records=records)))

    def delete(self, zone, subname, kind):
        fields = RecordIdentifier(name=subname, type_=kind)
        self._update(zone, RecordChange(delete=RecordChangeDelete(id_fields=fields)))

    def refused(self, method, path, body):
        given = {"body": json.loads(body)} if body else {}
        self.api._throw_on_error(self.api._request(method, path, **given))


def octodns(task):
    from octodns_scaleway import ScalewayProvider

    provider = ScalewayProvider("scaleway", task["secrets"]["secret_key"], strict_supports=False)
    client = provider._client
    client.endpoint = task["endpoint"] + "/domain/v2beta1"

    # octodns-scaleway 0.0.4 reads the first 1,000 records of a zone and takes them for all.
    def zone_records(name):
        records, page = [], {"records": [], "total_count": 1}
        while len(records) < page["total_count"]:
            params = {"page_size": 1000, "page": len(records) // 1000 + 1}
            page = client._request("GET", f"/dns-zones/{name}/records", params=params).json()
            records += page["records"]
        return records

    client.zone_records = zone_records
    return provider
