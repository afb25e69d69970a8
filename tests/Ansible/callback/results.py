# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT
"""Writes the result of each task as a line of JSON to the file STEPCARENEW_ANSIBLE_RESULTS, for Ansible.Tests.ps1."""

import json
import os

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "results"

    def write(self, status, result):
        found = self._clean_results(dict(result._result), result._task.action) or result._result
        line = dict(status=status, task=result._task.get_name(), action=result._task.action, changed=bool(result._result.get("changed")), result=found)
        with open(os.environ["STEPCARENEW_ANSIBLE_RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, cls=AnsibleJSONEncoder) + "\n")

    def v2_runner_on_ok(self, result, **kwargs):
        self.write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.write("failed", result)

    def v2_runner_on_skipped(self, result):
        self.write("skipped", result)
