"""boto3, AWS's own client; requests that it would not make itself are signed and understood by its lower half, botocore."""

import boto3
import botocore.awsrequest
import botocore.httpsession
import botocore.parsers
from botocore.auth import SigV4Auth
from botocore.exceptions import ClientError
from octodns_route53 import Route53Provider


class Client:
    def __init__(self, task):
        secrets = task["secrets"]
        self.endpoint = task["endpoint"]
        self.client = boto3.client(
            "route53",
            endpoint_url=task["endpoint"],
            region_name="us-east-1",
            aws_access_key_id=secrets["access_key_id"],
            aws_secret_access_key=secrets["secret_access_key"],
        )
        self.credentials = boto3.Session(secrets["access_key_id"], secrets["secret_access_key"]).get_credentials()

    def zone(self, name):
        zones = self.client.list_hosted_zones_by_name(DNSName=name)["HostedZones"]
        return next(zone["Id"] for zone in zones if zone["Name"] == name + ".")

    def sets(self, zone):
        pages = self.client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self.zone(zone))
        return [found for page in pages for found in page["ResourceRecordSets"]]

    def write(self, zone, *changes):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": given} for action, given in changes]}
        answer = self.client.change_resource_record_sets(HostedZoneId=self.zone(zone), ChangeBatch=batch)
        waiter = self.client.get_waiter("resource_record_sets_changed")
        waiter.wait(Id=answer["ChangeInfo"]["Id"], WaiterConfig={"Delay": 0})

    def create_zone(self, name):
        self.client.create_hosted_zone(Name=name, CallerReference=name)

    def list(self, zone):
        rows = []
        for found in self.sets(zone):
            name = found["Name"].removesuffix(zone + ".").removesuffix(".")
            values = [record["Value"] for record in found["ResourceRecords"]]
            rows.append([name, found["Type"], found["TTL"], values])
        return rows

    def given(self, zone, subname, kind, ttl, contents):
        records = [{"Value": content} for content in contents]
        name = f"{subname}.{zone}" if subname else zone
        return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": records}

    def create(self, zone, *given):
        self.write(zone, ("CREATE", self.given(zone, *given)))

    def change(self, zone, *given):
        self.write(zone, ("UPSERT", self.given(zone, *given)))

    def delete(self, zone, subname, kind):
        name = f"{subname}.{zone}." if subname else zone + "."
        found = next(one for one in self.sets(zone) if (one["Name"], one["Type"]) == (name, kind))
        self.write(zone, ("DELETE", found))

    def refused(self, method, path, body):
        headers = {"Content-Type": "application/xml"} if body else {}
        request = botocore.awsrequest.AWSRequest(method, self.endpoint + path, headers, body.encode() or None)
        SigV4Auth(self.credentials.get_frozen_credentials(), "route53", "us-east-1").add_auth(request)
        answer = botocore.httpsession.URLLib3Session().send(request.prepare())
        parser = botocore.parsers.create_parser("rest-xml")
        said = {"status_code": answer.status_code, "headers": answer.headers, "body": answer.content}
        if answer.status_code >= 300:
            raise ClientError(parser.parse(said, None), "refused")


class Fresh(Route53Provider):
    """Plans from what is there, not from what it read for the plan before."""

    def populate(self, *arguments, **named):
        self._r53_rrsets.clear()
        return super().populate(*arguments, **named)


def octodns(task):
    secrets = task["secrets"]
    provider = Fresh("route53", secrets["access_key_id"], secrets["secret_access_key"])
    provider._conn = Client(task).client
    return provider
