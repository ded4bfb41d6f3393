"""NS1's own client for Python, and octoDNS's provider. The client speaks https alone: its idea of the endpoint is ours."""

import json

from ns1 import NS1

NAMES = ("CNAME", "NS", "PTR")


def fields(kind, content):
    """Presentation format as the fields of an answer."""
    if kind == "TXT":
        return [content.strip('"')]
    words = content.split(" ", 2) if kind == "CAA" else content.split(" ")
    return [int(word) if word.isdigit() else word.strip('"') for word in words]


def presented(kind, short):
    """The data of an answer as presentation format."""
    if kind == "TXT":
        return f'"{short}"'
    if kind == "CAA":
        flags, tag, value = short.split(" ", 2)
        return f'{flags} {tag} "{value}"'
    if kind in NAMES + ("MX", "SRV"):
        return short.rstrip(".") + "."
    return short


def redirect(client, task):
    client.config.getEndpoint = lambda: task["endpoint"]
    return client


class Client:
    def __init__(self, task):
        self.ns1 = redirect(NS1(apiKey=task["secrets"]["api_key"]), task)
        self.ns1.config["follow_pagination"] = True
        self.zones = self.ns1.zones()
        self.records = self.ns1.records()

    def create_zone(self, name):
        self.zones.create(name)

    def list(self, zone):
        rows = []
        for held in self.zones.retrieve(zone)["records"]:
            subname = held["domain"].removesuffix(zone).removesuffix(".")
            answers = [presented(held["type"], short) for short in held["short_answers"]]
            rows.append([subname, held["type"], held["ttl"], answers])
        return rows

    def _domain(self, zone, subname):
        return f"{subname}.{zone}" if subname else zone

    def create(self, zone, subname, kind, ttl, contents):
        answers = [fields(kind, content) for content in contents]
        self.records.create(zone, self._domain(zone, subname), kind, answers=answers, ttl=ttl)

    def change(self, zone, subname, kind, ttl, contents):
        answers = [fields(kind, content) for content in contents]
        self.records.update(zone, self._domain(zone, subname), kind, answers=answers, ttl=ttl)

    def delete(self, zone, subname, kind):
        self.records.delete(zone, self._domain(zone, subname), kind)

    def refused(self, method, path, body):
        given = {"body": json.loads(body)} if body else {}
        self.records._make_request(method, path.removeprefix("/v1/"), **given)


def octodns(task):
    from octodns_ns1 import Ns1Provider

    provider = Ns1Provider("ns1", task["secrets"]["api_key"], retry_count=1)
    redirect(provider._client._client, task)
    return provider
