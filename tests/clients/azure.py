"""Microsoft's client for Python. It sends no token without TLS, and the fake has none: a policy of ours puts it in."""

import json
import urllib.parse
import urllib.request

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.dns import DnsManagementClient
from azure.mgmt.trafficmanager import TrafficManagerManagementClient
from octodns_azure import AzureProvider

FIELDS = {
    "A": ["ipv4_address"],
    "AAAA": ["ipv6_address"],
    "CAA": ["flags", "tag", "value"],
    "CNAME": ["cname"],
    "MX": ["preference", "exchange"],
    "NS": ["nsdname"],
    "PTR": ["ptrdname"],
    "SRV": ["priority", "weight", "port", "target"],
    "TXT": ["value"],
}
NAMES = {"cname", "exchange", "nsdname", "ptrdname", "target"}
NUMBERS = {"flags", "preference", "priority", "weight", "port"}


class Token(SansIOHTTPPolicy):
    def __init__(self, task):
        secrets = task["secrets"]
        form = {
            "client_id": secrets["client_id"],
            "client_secret": secrets["client_secret"],
            "grant_type": "client_credentials",
            "scope": "https://management.azure.com/.default",
        }
        url = f"{task['endpoint']}/{secrets['tenant_id']}/oauth2/v2.0/token"
        with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as answer:
            self.token = json.load(answer)["access_token"]

    def on_request(self, request):
        request.http_request.headers["Authorization"] = f"Bearer {self.token}"


class Unused:
    def get_token(self, *scopes, **named):
        raise RuntimeError("the policy has the token")


def client(task, kind):
    subscription = task["secrets"]["subscription_id"]
    endpoint = task["endpoint"]
    return kind(Unused(), subscription, base_url=endpoint, authentication_policy=Token(task), retry_total=0)


def attribute(kind):
    return "cname_record" if kind == "CNAME" else f"{kind.lower()}_records"


def shown(record, field):
    value = getattr(record, field)
    if field in NAMES:
        return value.rstrip(".") + "."
    return str(value)


class Client:
    def __init__(self, task):
        self.endpoint = task["endpoint"]
        self.group = task["secrets"]["resource_group"]
        self.client = client(task, DnsManagementClient)

    def create_zone(self, name):
        self.client.zones.create_or_update(self.group, name, {"location": "global"}, if_none_match="*")

    def list(self, zone):
        rows = []
        for found in self.client.record_sets.list_by_dns_zone(self.group, zone):
            kind = found.type.rsplit("/")[-1]
            if kind == "SOA":
                continue
            records = getattr(found, attribute(kind))
            records = records if isinstance(records, list) else [records]
            contents = []
            for record in records:
                if kind == "TXT":
                    contents.append(" ".join(f'"{string}"' for string in record.value))
                elif kind == "CAA":
                    contents.append(f'{record.flags} {record.tag} "{record.value}"')
                else:
                    contents.append(" ".join(shown(record, field) for field in FIELDS[kind]))
            rows.append(["" if found.name == "@" else found.name, kind, found.ttl, contents])
        return rows

    def given(self, kind, ttl, contents):
        records = []
        for content in contents:
            if kind == "TXT":
                records.append({"value": [content.strip('"')]})
                continue
            words = content.replace('"', "").split(" ")
            values = [int(word) if field in NUMBERS else word for field, word in zip(FIELDS[kind], words)]
            records.append(dict(zip(FIELDS[kind], values)))
        return {"ttl": ttl, attribute(kind): records[0] if kind == "CNAME" else records}

    def create(self, zone, subname, kind, ttl, contents):
        parameters = self.given(kind, ttl, contents)
        sets = self.client.record_sets
        sets.create_or_update(self.group, zone, subname or "@", kind, parameters, if_none_match="*")

    def change(self, zone, subname, kind, ttl, contents):
        sets = self.client.record_sets
        held = sets.get(self.group, zone, subname or "@", kind)
        parameters = self.given(kind, ttl, contents)
        sets.create_or_update(self.group, zone, subname or "@", kind, parameters, if_match=held.etag)

    def delete(self, zone, subname, kind):
        self.client.record_sets.delete(self.group, zone, subname or "@", kind)

    def refused(self, method, path, body):
        request = HttpRequest(method, self.endpoint + path, json=json.loads(body) if body else None)
        answer = self.client._client.send_request(request)
        if answer.status_code >= 300:
            raise HttpResponseError(response=answer)


def octodns(task):
    secrets = task["secrets"]
    provider = AzureProvider("azure", secrets["subscription_id"], secrets["resource_group"])
    provider._dns_client = client(task, DnsManagementClient)
    provider._AzureProvider__tm_client = client(task, TrafficManagerManagementClient)
    return provider
