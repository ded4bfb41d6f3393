"""Gandi's own client, which is a program in Python, and the vendor's provider for octoDNS."""

from gandi.cli.core.client import JsonClient
from gandi.cli.modules.dns import Dns


class Client:
    def __init__(self, task):
        class Module(Dns):
            """The program's module, with a token in the place of the keys that Gandi no longer hands out; a refusal is
            an exception, for which the program has words and an exit code."""

            api_url = task["endpoint"] + "/v5/livedns"

            @classmethod
            def json_call(cls, method, url, **kwargs):
                headers = kwargs.pop("headers", {}) | {"Authorization": "Bearer " + task["secrets"]["token"]}
                return JsonClient.request(method, url, headers=headers, **kwargs)[0]

        self.endpoint, self.dns = task["endpoint"], Module

    def create_zone(self, name):
        self.dns.json_post(self.dns.api_url + "/domains", json={"fqdn": name, "zone": {}})

    def list(self, zone):
        return [
            ["" if one["rrset_name"] == "@" else one["rrset_name"], one["rrset_type"], one["rrset_ttl"], one["rrset_values"]]
            for one in self.dns.records(zone)
        ]

    def create(self, zone, subname, kind, ttl, contents):
        self.dns.add_record(zone, subname or "@", kind, contents, ttl)

    def change(self, zone, subname, kind, ttl, contents):
        self.dns.update_record(zone, subname or "@", kind, contents, ttl, None)

    def delete(self, zone, subname, kind):
        self.dns.del_record(zone, subname or "@", kind)

    def refused(self, method, path, body):
        self.dns.json_call(method, self.endpoint + path, data=body)


def octodns(task):
    from octodns_gandi import GandiProvider

    provider = GandiProvider("gandi", task["secrets"]["token"], strict_supports=False)
    provider._client.endpoint = task["endpoint"] + "/v5"
    return provider
