"""DigitalOcean's own client for Python. It sends no token without TLS, and the fake has none: a policy of ours puts it in."""

import json

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest
from pydo import Client as PyDo

NAMES = ("CNAME", "MX", "NS", "SRV")


class Token(SansIOHTTPPolicy):
    def __init__(self, token):
        self.token = token

    def on_request(self, request):
        request.http_request.headers["Authorization"] = f"Bearer {self.token}"


def fields(kind, content):
    """Presentation format as the fields of a record."""
    if kind == "TXT":
        return {"data": content.strip('"')}
    words = content.split(" ")
    if kind == "MX":
        return {"priority": int(words[0]), "data": words[1]}
    if kind == "SRV":
        numbers = zip(("priority", "weight", "port"), map(int, words))
        return {**dict(numbers), "data": words[3]}
    if kind == "CAA":
        return {"flags": int(words[0]), "tag": words[1], "data": words[2].strip('"') + "."}
    return {"data": content}


def presented(record, zone):
    """The data of a record as presentation format."""
    kind, data = record["type"], record["data"]
    if kind in NAMES:
        data = (zone if data == "@" else data.rstrip(".")) + "."
    if kind == "TXT":
        return f'"{data}"'
    if kind == "MX":
        return f"{record['priority']} {data}"
    if kind == "SRV":
        return f"{record['priority']} {record['weight']} {record['port']} {data}"
    if kind == "CAA":
        return f'{record["flags"]} {record["tag"]} "{data}"'
    return data


class Client:
    def __init__(self, task):
        token = task["secrets"]["token"]
        self.endpoint = task["endpoint"]
        self.client = PyDo(token, endpoint=self.endpoint, authentication_policy=Token(token), retry_total=0)
        self.domains = self.client.domains

    def create_zone(self, name):
        self.domains.create(body={"name": name})

    def _records(self, zone):
        page, records = 1, []
        while True:
            answer = self.domains.list_records(zone, per_page=200, page=page)
            records += answer["domain_records"]
            if "next" not in answer["links"].get("pages", {}):
                return [record for record in records if record["type"] != "SOA"]
            page += 1

    def list(self, zone):
        sets = {}
        for record in self._records(zone):
            subname = "" if record["name"] == "@" else record["name"]
            sets.setdefault((subname, record["type"], record["ttl"]), []).append(presented(record, zone))
        return [[*key, contents] for key, contents in sets.items()]

    def create(self, zone, subname, kind, ttl, contents):
        for content in contents:
            record = {"type": kind, "name": subname or "@", "ttl": ttl, **fields(kind, content)}
            self.domains.create_record(zone, body=record)

    def _called(self, zone, subname, kind):
        records = self._records(zone)
        return [record["id"] for record in records if (record["name"], record["type"]) == (subname or "@", kind)]

    def change(self, zone, subname, kind, ttl, contents):
        first, *others = self._called(zone, subname, kind)
        for record in others:
            self.domains.delete_record(zone, record)
        (content,) = contents
        record = {"type": kind, "name": subname or "@", "ttl": ttl, **fields(kind, content)}
        self.domains.update_record(zone, first, body=record)

    def delete(self, zone, subname, kind):
        for record in self._called(zone, subname, kind):
            self.domains.delete_record(zone, record)

    def refused(self, method, path, body):
        request = HttpRequest(method, self.endpoint + path, json=json.loads(body) if body else None)
        answer = self.client.send_request(request)
        if answer.status_code >= 300:
            raise HttpResponseError(response=answer)


def octodns(task):
    from octodns_digitalocean import DigitalOceanClient, DigitalOceanProvider

    DigitalOceanClient.BASE = task["endpoint"] + "/v2"
    return DigitalOceanProvider("digitalocean", task["secrets"]["token"])
