#!/usr/bin/env python3
"""Runs the pod of a DaemonSet as the kubelet of this node does: by the Container Runtime Interface, version 1.

usage: run_pod.py SOCKET MANIFEST IMAGE KEYS ACTION LOGS

Every container has the image IMAGE, which is there already; KEYS is the directory of the Secret, ACTION the value in the
ConfigMap, and LOGS an empty directory. The init containers run one after the other, then the others start and are asked whether they are ready; after
that the pod is removed. Exits with 1 and the words of the container that failed. The pod has the network of the node.
"""
import os
import sys
import time

import grpc
import yaml

from messages import decode, encode
from service import DEADLINE_SECONDS, connected

EXITED = 2
NODE = 2


class Runtime:
    def __init__(self, channel):
        self.channel = channel

    def call(self, method, members):
        request = self.channel.unary_unary("/runtime.v1.RuntimeService/" + method)
        return decode(request(encode(members), timeout=DEADLINE_SECONDS))

    def text(self, method, members):
        return self.call(method, members)[1].decode()


class Pod:
    def __init__(self, runtime, spec, image, keys, action, logs):
        self.runtime, self.spec, self.image, self.keys, self.action, self.logs = runtime, spec, image, keys, action, logs
        name = f"imgcrypt-{os.getpid()}"
        # NamespaceOption: network, pid, ipc
        self.namespaces = [(1, NODE), (2, 1)]
        self.config = [
            (1, [(1, name), (2, name), (3, "imgcrypt")]),
            (3, logs),
            (8, [(2, [(1, self.namespaces)])]),
        ]
        self.id = runtime.text("RunPodSandbox", [(1, self.config)])

    def volume(self, name):
        """The directory on the node, made or looked for as the volume says."""
        volume = next(volume for volume in self.spec["volumes"] if volume["name"] == name)
        if "secret" in volume:
            return self.keys
        path = volume["hostPath"]["path"]
        if volume["hostPath"]["type"] == "DirectoryOrCreate":
            os.makedirs(path, mode=0o755, exist_ok=True)
        if not os.path.isdir(path):
            sys.exit(f"hostPath type check failed: {path} is not a directory")
        return path

    def security(self, container):
        context = container["securityContext"]
        assert not context["allowPrivilegeEscalation"]
        pod = self.spec["securityContext"]
        assert pod["seccompProfile"]["type"] == "RuntimeDefault"
        return [
            (1, [(2, name) for name in context["capabilities"]["drop"]]),
            (3, self.namespaces),
            (4, [(3, pod["seLinuxOptions"]["type"])]),
            (5, [(1, pod["runAsUser"])]),
            (7, int(context["readOnlyRootFilesystem"])),
            (11, 1),
            (12, [(1, pod["runAsGroup"])]),
        ]

    def start(self, container):
        def expanded(words):
            return [word.replace("$(ACTION)", self.action) for word in words]

        name = container["name"]
        mounts = [
            [(1, mount["mountPath"]), (2, self.volume(mount["name"])), (3, int(mount.get("readOnly", False)))]
            for mount in container.get("volumeMounts", [])
        ]
        assert {variable["name"] for variable in container.get("env", [])} <= {"ACTION"}
        config = [(1, [(1, name)]), (2, [(1, self.image)])]
        config += [(3, word) for word in expanded(container.get("command", []))]
        config += [(4, word) for word in expanded(container.get("args", []))]
        config += [(6, [(1, "ACTION"), (2, self.action)])]
        config += [(7, mount) for mount in mounts]
        config += [(11, name + ".log"), (15, [(2, self.security(container))])]
        container_id = self.runtime.text("CreateContainer", [(1, self.id), (2, config), (3, self.config)])
        self.runtime.call("StartContainer", [(1, container_id)])
        return container_id

    def run_to_its_end(self, container):
        container_id = self.start(container)
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            status = decode(self.runtime.call("ContainerStatus", [(1, container_id)])[1])
            if status.get(3, 0) == EXITED:
                break
            if time.monotonic() > deadline:
                sys.exit(f"container {container['name']} does not end")
            time.sleep(0.02)
        with open(os.path.join(self.logs, container["name"] + ".log"), encoding="utf-8") as log:
            said = "".join(line.split(" ", 3)[3] for line in log)
        print(f"{container['name']}: {said}", end="")
        if status.get(7, 0):
            sys.exit(f"container {container['name']} ended with {status[7]}: {said}")

    def expect_ready(self, container):
        container_id = self.start(container)
        probe = container.get("readinessProbe")
        if not probe:
            return
        command = [(2, word) for word in probe["exec"]["command"]]
        answer = self.runtime.call("ExecSync", [(1, container_id)] + command + [(3, DEADLINE_SECONDS)])
        said = (answer.get(1, b"") + answer.get(2, b"")).decode()
        print(f"{container['name']} is asked: {said}", end="")
        if answer.get(3, 0):
            sys.exit(f"container {container['name']} is not ready: {said}")

    def run(self):
        for container in self.spec["initContainers"]:
            self.run_to_its_end(container)
        for container in self.spec["containers"]:
            self.expect_ready(container)

    def remove(self):
        self.runtime.call("StopPodSandbox", [(1, self.id)])
        self.runtime.call("RemovePodSandbox", [(1, self.id)])


def main():
    socket, manifest, *values = sys.argv[1:]
    with open(manifest, encoding="utf-8") as file:
        spec = yaml.safe_load(file)["spec"]["template"]["spec"]
    try:
        with connected(socket) as channel:
            pod = Pod(Runtime(channel), spec, *values)
            try:
                pod.run()
            finally:
                pod.remove()
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
