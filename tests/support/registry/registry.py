#!/usr/bin/env python3
"""A registry for tests, by the distribution specification 1.1, with faults that are asked for.

It listens on five loopback ports. The port file is written, at once, when all of them answer: shell assignments of HOST:PORT.
  REGISTRY   the registry under test, with the faults
  HONEST     the same content without faults, TLS or credentials
  ELSEWHERE  another host, where blobs and uploads may be sent to; who comes here has a URL that needs no credentials
  PLAIN      like ELSEWHERE, and always without TLS
  TOKENS     the token server
Each request is a line of JSON in the log, written when it is over. Two things can be asked of HONEST alone:
  GET /uploads  the IDs of all uploads that are neither finished nor deleted
  POST /tags?repository=R&from=TAG&to=TAG  points a tag to another image
"""
import argparse
import json
import os
import signal
import sys
import tempfile

import faults
from access import IDENTITY_TOKEN, PASSWORD, USER, Access
from distribution import Distribution, Settings
from messages import Response
from server import HELLOS, Log, Server, tls_context
from store import Store


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port-file", metavar="FILE")
    parser.add_argument("--log", metavar="FILE")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[=ARGUMENT]", help="of faults.py")
    parser.add_argument("--image", action="append", default=[], metavar="REPOSITORY:TAG=LAYOUT:TAG", help="is there already")
    parser.add_argument("--certificate", metavar="FILE", help="of 127.0.0.1 to 127.0.0.3: speak TLS")
    parser.add_argument("--key", metavar="FILE", help="of the certificate")
    parser.add_argument("--client-ca", metavar="FILE", help="who signs clients' certificates, which are then needed")
    parser.add_argument("--hello", choices=HELLOS, help="what a greeting in TLS gets from a registry without it")
    parser.add_argument("--folder", metavar="DIR", help="holds what is stored while the registry runs (default: /tmp)")
    parser.add_argument("--list", action="store_true", help="print the table of faults for shell scripts")
    return parser.parse_args()


def load_image(store, text):
    target, _, source = text.partition("=")
    repository, _, tag = target.rpartition(":")
    layout, _, name = source.rpartition(":")
    store.load_layout(repository, tag, layout, name)


class Registry:
    def __init__(self, folder, arguments):
        chosen = [faults.find(text) for text in arguments.fault]
        settings = Settings(**{name: value for fault, _ in chosen for name, value in fault.settings.items()})
        self.store = Store(folder)
        self.log = log = Log(arguments.log or os.devnull)
        tls = arguments.certificate and tls_context(arguments.certificate, arguments.key, arguments.client_ca)
        self.servers = {
            "main": Server("main", "127.0.0.1", self.answer, log, tls, arguments.hello),
            "honest": Server("honest", "127.0.0.1", self.answer, log),
            "elsewhere": Server("elsewhere", "127.0.0.2", self.answer, log, tls),
            "plain": Server("plain", "127.0.0.2", self.answer, log),
            "tokens": Server("tokens", "127.0.0.3", self.answer, log, tls),
        }
        self.origins = {name: server.origin for name, server in self.servers.items()}
        self.access = Access(settings, f"{self.origins[settings.realm]}/token")
        self.faultless = Distribution(self.store, Settings(), self.access, self.origins)
        self.distribution = Distribution(self.store, settings, self.access, self.origins)
        self.answer_with_faults = self.distribution.answer
        for fault, argument in chosen:
            if fault.make:
                self.answer_with_faults = _joined(fault.make(self, argument), self.answer_with_faults)

    def answer(self, request):
        self.distribution.route(request)
        if request.port == "honest":
            return self.administer(request) or self.faultless.answer(request)
        return self.answer_with_faults(request)

    def log_now(self, request):
        """For a request that will not be over."""
        self.log.add(port=request.port, number=request.number, method=request.method, path=request.path, **request.notes)

    def administer(self, request):
        if request.path == "/uploads":
            return Response(200, {}, json.dumps(sorted(self.store.uploads)).encode())
        if request.path == "/tags":
            self.move_tag(request.query["repository"], request.query["from"], request.query["to"])
            return Response(200)
        return None

    def move_tag(self, repository, source, target):
        """`target` names what `source` names."""
        with self.store.lock:
            tags = self.store.repository(repository).tags
            tags[target] = tags[source]


def _joined(behave, proceed):
    return lambda request: behave(request, proceed)


def write_port_file(path, servers):
    names = {"main": "REGISTRY", "honest": "HONEST", "elsewhere": "ELSEWHERE", "plain": "PLAIN", "tokens": "TOKENS"}
    with open(path + ".new", "w") as file:
        for name, variable in names.items():
            file.write(f"{variable}={servers[name].authority}\n")
        file.write(f"REGISTRY_USER={USER}\nREGISTRY_PASSWORD={PASSWORD}\nREGISTRY_IDENTITY_TOKEN={IDENTITY_TOKEN}\n")
    os.rename(path + ".new", path)


def main():
    arguments = parse_arguments()
    if arguments.list:
        return faults.print_table()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="imgcrypt-registry.", dir=arguments.folder) as folder:
        registry = Registry(folder, arguments)
        for text in arguments.image:
            load_image(registry.store, text)
        for server in registry.servers.values():
            server.start()
        if arguments.port_file:
            write_port_file(arguments.port_file, registry.servers)
        while True:
            signal.pause()


if __name__ == "__main__":
    sys.exit(main())
