"""google-cloud-dns, Google's own client; requests that it would not make itself go out through its connection."""

import json
import types
from urllib.parse import parse_qsl

import octodns_googlecloud
from google.cloud import dns
from google.oauth2 import service_account


class Client:
    def __init__(self, task):
        key = json.loads(task["secrets"]["credentials"])
        credentials = service_account.Credentials.from_service_account_info(key)
        options = {"api_endpoint": task["endpoint"]}
        self.client = dns.Client(project=key["project_id"], credentials=credentials, client_options=options)

    def zone(self, name):
        return next(zone for zone in self.client.list_zones() if zone.dns_name == name + ".")

    def write(self, zone, add=(), delete=()):
        changes = zone.changes()
        for found in delete:
            changes.delete_record_set(found)
        for given in add:
            changes.add_record_set(given)
        changes.create()
        while changes.status != "done":
            changes.reload()

    def found(self, zone, subname, kind):
        name = f"{subname}.{zone.dns_name}" if subname else zone.dns_name
        return [one for one in zone.list_resource_record_sets() if (one.name, one.record_type) == (name, kind)]

    def given(self, zone, subname, kind, ttl, contents):
        name = f"{subname}.{zone.dns_name}" if subname else zone.dns_name
        return zone.resource_record_set(name, kind, ttl, contents)

    def create_zone(self, name):
        self.client.zone("zone-" + name.replace(".", "-"), dns_name=name + ".", description="made by a test").create()

    def list(self, zone):
        rows = []
        for found in self.zone(zone).list_resource_record_sets():
            name = found.name.removesuffix(zone + ".").removesuffix(".")
            rows.append([name, found.record_type, found.ttl, found.rrdatas])
        return rows

    def create(self, zone, *given):
        zone = self.zone(zone)
        self.write(zone, add=[self.given(zone, *given)])

    def change(self, zone, subname, kind, ttl, contents):
        zone = self.zone(zone)
        found = self.found(zone, subname, kind)
        self.write(zone, add=[self.given(zone, subname, kind, ttl, contents)], delete=found)

    def delete(self, zone, subname, kind):
        zone = self.zone(zone)
        self.write(zone, delete=self.found(zone, subname, kind))

    def refused(self, method, path, body):
        path, _, query = path.removeprefix("/dns/v1").partition("?")
        self.client._connection.api_request(
            method=method,
            path=path,
            query_params=dict(parse_qsl(query)),
            data=body or None,
            content_type="application/json" if body else None,
        )


class Fresh(octodns_googlecloud.GoogleCloudProvider):
    """Plans from what is there, not from what it read for the plan before, and asks again at once."""

    CHANGE_LOOP_WAIT = 0

    def populate(self, *arguments, **named):
        self._gcloud_zones_records.clear()
        return super().populate(*arguments, **named)


def octodns(task):
    client = Client(task).client
    octodns_googlecloud.dns = types.SimpleNamespace(Client=lambda project: client)
    return Fresh("google", client.project)
