#!/usr/bin/env python3
"""check_schema.py SCHEMA DEFINITION <JSON: one JSON document on one line that matches the definition, or exit status 1.

Supports the keywords of JSON Schema that docs/output.schema.json uses, and refuses any other.
"""
import json
import sys

KNOWN = {"$ref", "type", "required", "properties", "additionalProperties", "items", "enum", "const", "minimum", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}


def is_of_type(value, name):
    if isinstance(value, bool) and name in ("integer", "number"):
        return False
    return isinstance(value, TYPES[name])


def faults_of_object(value, schema, definitions, place):
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}: no member {name}"
    for name, member in value.items():
        if name in properties:
            yield from faults(member, properties[name], definitions, f"{place}.{name}")
        elif schema.get("additionalProperties", True) is False:
            yield f"{place}: unknown member {name}"


def faults(value, schema, definitions, place="result"):
    if unknown := schema.keys() - KNOWN:
        yield f"{place}: the schema uses {unknown}"
    if "$ref" in schema:
        yield from faults(value, definitions[schema["$ref"].removeprefix("#/$defs/")], definitions, place)
    types = schema.get("type", list(TYPES))
    if not any(is_of_type(value, name) for name in ([types] if isinstance(types, str) else types)):
        yield f"{place}: {value!r} is no {types}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r} is not {schema['const']!r}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{place}: {value!r} is below {schema['minimum']}"
    if isinstance(value, dict):
        yield from faults_of_object(value, schema, definitions, place)
    if isinstance(value, list):
        for number, element in enumerate(value):
            yield from faults(element, schema.get("items", {}), definitions, f"{place}[{number}]")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        definitions = json.load(file)["$defs"]
    text = sys.stdin.read()
    found = [] if text.count("\n") == 1 and text.endswith("\n") and text.isascii() else ["not one line of ASCII"]
    found += faults(json.loads(text), definitions[sys.argv[2]], definitions)
    for fault in found:
        print(f"{sys.argv[2]}: {fault}", file=sys.stderr)
    return 1 if found else 0


sys.exit(main())
