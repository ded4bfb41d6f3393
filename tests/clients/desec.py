"""deSEC has no client of its own for Python; octoDNS's, which is a thin one, stands in."""

import json

from octodns_desec import DesecAPI, DesecProvider


class Client:
    def __init__(self, task):
        DesecAPI.API_BASE_URL = task["endpoint"] + "/api"
        DesecAPI.API_DOMAINS_URL = task["endpoint"] + "/api/v1/domains"
        self.endpoint = task["endpoint"]
        self.api = DesecAPI(task["secrets"]["token"], retries=0)

    def create_zone(self, name):
        self.api.create_domain(name)

    def list(self, zone):
        return [[s["subname"], s["type"], s["ttl"], s["records"]] for s in self.api.get_rrset(zone)]

    def create(self, zone, subname, kind, ttl, contents):
        self.api.update_rrset(zone, [{"subname": subname, "type": kind, "ttl": ttl, "records": contents}])

    change = create

    def delete(self, zone, subname, kind):
        self.api.update_rrset(zone, [{"subname": subname, "type": kind, "records": []}])

    def refused(self, method, path, body):
        self.api._send_request(
            self.endpoint + path,
            method=method,
            headers={"Authorization": f"Token {self.api.token}", "Content-Type": "application/json"},
            data=body,
            returncode={"GET": 200, "POST": 201, "PATCH": 200}[method],
        )


def octodns(task):
    Client(task)
    return DesecProvider("desec", task["secrets"]["token"], retries=0)
