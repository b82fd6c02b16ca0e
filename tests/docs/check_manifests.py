#!/usr/bin/python3
"""check_manifests.py FILE...: whether each document is an object of Kubernetes, member for member.

The types are those of Kubernetes' own client (Debian's python3-kubernetes): a member that a type does not have, one of another
type and one that is missing are faults, as for an API server that validates strictly. A Kustomization is not one of
its types: of it only the members are checked.
"""
import re
import sys

import yaml
from kubernetes import client

KUSTOMIZATION = {"apiVersion", "kind", "namespace", "resources", "images", "secretGenerator", "configMapGenerator"}
SIMPLE = {"str": str, "int": int, "bool": bool, "object": object}


class Fault(Exception):
    pass


def check(value, kind, place):
    """Throws Fault if the value is not of the type that the client names so."""
    if simple := SIMPLE.get(kind):
        if not isinstance(value, simple) or isinstance(value, bool) and simple is int:
            raise Fault(f"{place}: {value!r} is not of type {kind}")
    elif members := re.fullmatch(r"list\[(.*)\]", kind):
        if not isinstance(value, list):
            raise Fault(f"{place}: not a list")
        for number, member in enumerate(value):
            check(member, members[1], f"{place}[{number}]")
    elif members := re.fullmatch(r"dict\(str, (.*)\)", kind):
        check_object(value, dict.fromkeys(value, members[1]), place)
    else:
        check_model(value, getattr(client, kind), place)


def check_object(value, kinds, place):
    if not isinstance(value, dict):
        raise Fault(f"{place}: not an object")
    for name, member in value.items():
        if name not in kinds:
            raise Fault(f"{place}: there is no member {name}")
        check(member, kinds[name], f"{place}.{name}")


def check_model(value, model, place):
    names = model.attribute_map
    check_object(value, {names[python]: kind for python, kind in model.openapi_types.items()}, place)
    given = {python: value[name] for python, name in names.items() if name in value}
    try:
        model(**given)  # which knows what must be there, and which words are allowed
    except ValueError as error:
        raise Fault(f"{place}: {error}") from error


def check_references(spec, place):
    """What the API server says of names inside a pod."""
    volumes = {volume["name"] for volume in spec["volumes"]}
    containers = spec["initContainers"] + spec["containers"]
    if len({container["name"] for container in containers}) != len(containers):
        raise Fault(f"{place}: two containers of one name")
    for container in containers:
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                raise Fault(f"{place}: there is no volume {mount['name']}")


def check_document(document, place):
    kind = document.get("kind")
    if kind == "Kustomization":
        if unknown := set(document) - KUSTOMIZATION:
            raise Fault(f"{place}: unknown members {unknown}")
        return
    group, _, version = document["apiVersion"].rpartition("/")
    check(document, version.capitalize() + kind, place)
    api = getattr(client, {"": "Core", "apps": "Apps", "networking.k8s.io": "Networking"}[group] + version.capitalize() + "Api")
    if not any(name.endswith("_" + re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()) for name in dir(api)):
        raise Fault(f"{place}: {document['apiVersion']} has no {kind}")
    if kind == "DaemonSet":
        template = document["spec"]["template"]
        if document["spec"]["selector"]["matchLabels"].items() - template["metadata"]["labels"].items():
            raise Fault(f"{place}: the selector does not select the pods")
        check_references(template["spec"], place)


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for document in yaml.safe_load_all(file):
                try:
                    check_document(document, path)
                except Fault as fault:
                    sys.exit(f"FAIL: {fault}")


if __name__ == "__main__":
    main()
