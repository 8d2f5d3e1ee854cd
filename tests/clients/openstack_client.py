"""Runs the unmodified openstack client, many commands in one process: it starts in two seconds and a command takes a tenth of one."""

import contextlib
import io
import json
import logging
import os
import shlex
import subprocess
import sys
import time

from openstackclient import shell


class Refused(Exception):
    """The client ended with an error; its words are the message."""


class Client:
    """One cloud of a clouds.yaml, or none and what the options say instead, as seen with one microversion of the Compute API ("" is the client's own choice)."""

    def __init__(self, clouds_yaml, cloud, compute_version="", extra=(), own_process=False):
        # A file with one cloud in it makes that cloud the default, whatever else the options say.
        self.clouds_yaml = clouds_yaml if cloud else os.devnull
        # The client remembers sign-ins and versions for as long as it lives: another user needs another process.
        self.own_process = own_process
        self.options = [*(["--os-cloud", cloud] if cloud else []), *extra]
        if compute_version:
            self.options += ["--os-compute-api-version", compute_version]

    def text(self, command):
        """What the client prints; command is a line, as typed after "openstack"."""
        words = [*self.options, *shlex.split(command)]
        os.environ["OS_CLIENT_CONFIG_FILE"] = self.clouds_yaml
        if self.own_process:
            ended = subprocess.run(["openstack", *words], capture_output=True, text=True, check=False)
            if ended.returncode:
                raise Refused(ended.stderr.strip() or f"exit code {ended.returncode}")
            return ended.stdout
        out, err = io.StringIO(), io.StringIO()
        logging.getLogger().handlers.clear()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = shell.OpenStackShell().run(words)
            except SystemExit as ended:  # argparse ends so
                code = ended.code
        if code:
            raise Refused(err.getvalue().strip() or out.getvalue().strip() or f"exit code {code}")
        return out.getvalue()

    def json(self, command):
        """The same, read as JSON."""
        return json.loads(self.text(command + " -f json"))

    def status(self, server, wanted, seconds=60):
        """Waits until the server has this status; an ERROR nobody wanted ends the wait at once."""
        deadline = time.monotonic() + seconds
        while True:
            status = self.json(f"server show {server} -c status")["status"]
            if status == wanted:
                return status
            if status == "ERROR" or time.monotonic() > deadline:
                raise AssertionError(f"server {server} is {status}, not {wanted}")
            time.sleep(0.1)

    def gone(self, command, seconds=60):
        """Waits until the command is refused."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.text(command)
            except Refused as refused:
                return str(refused)
            time.sleep(0.1)
        raise AssertionError(f"still answered after {seconds} s: {command}")


class Day:
    """Counts what went well; what did not is told at once, and the day goes on."""

    def __init__(self):
        self.passed = 0
        self.failed = []

    def check(self, name, action, holds=lambda result: True):
        """Does the action and asks whether its result holds; answers the result, or None when either failed."""
        begin = time.monotonic()
        try:
            result = action()
            if not holds(result):
                raise AssertionError(f"unexpected: {str(result)[:1500]}")
        except Exception as failure:  # the day goes on
            self.failed.append(name)
            print(f"✗ {name}\n    {type(failure).__name__}: {str(failure)[-1500:]}", flush=True)
            return None
        self.passed += 1
        print(f"✓ {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        return result

    def refused(self, name, action, words):
        """Does the action, which has to be refused in these words."""

        def attempt():
            try:
                result = action()
            except Refused as refused:
                return str(refused)
            raise AssertionError(f"was not refused: {str(result)[:500]}")

        return self.check(name, attempt, lambda message: words in message)

    def end(self):
        """Prints the sum and ends the process."""
        print(f"{self.passed} passed, {len(self.failed)} failed")
        for name in self.failed:
            print(f"  ✗ {name}")
        sys.exit(1 if self.failed else 0)
