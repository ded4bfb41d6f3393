"""Judges JSON documents by JSON Schemas: reads {"schemas": {NAME: SCHEMA}, "cases": [{"schema", "what", "instance",
"valid"}]} and says of which cases `valid` is not so. Schemas whose name begins with `closed ` let no property pass
that they do not describe."""

import json
import sys

from jsonschema import Draft202012Validator


def close(schema):
    if isinstance(schema, list):
        return [close(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: close(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
validators = {}
for name, schema in given["schemas"].items():
    Draft202012Validator.check_schema(schema)
    validators[name] = Draft202012Validator(schema)
    validators["closed " + name] = Draft202012Validator(close(schema))
wrong = 0
for case in given["cases"]:
    errors = list(validators[case["schema"]].iter_errors(case["instance"]))
    if bool(errors) == case["valid"]:
        wrong += 1
        said = "; ".join(f"{error.json_path}: {error.message}"[:300] for error in errors[:3])
        print(f"{case['schema']}: {case['what']}: {said or 'passes'}")
print(f"{len(given['cases'])} cases, {wrong} wrong")
sys.exit(wrong > 0)
