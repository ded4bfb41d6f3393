"""Creates hosted zones through boto3: reads {"endpoint", "zones": {origin: [[name, type, ttl, [value, ...]], ...]}}."""

import json
import sys

import boto3

task = json.load(sys.stdin)
client = boto3.client(
    "route53",
    endpoint_url=task["endpoint"],
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
for origin, sets in task["zones"].items():
    zone = client.create_hosted_zone(Name=origin, CallerReference=origin)["HostedZone"]["Id"]
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": name,
                "Type": kind,
                "TTL": ttl,
                "ResourceRecords": [{"Value": value} for value in values],
            },
        }
        for name, kind, ttl, values in sets
    ]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
