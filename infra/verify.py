#!/usr/bin/env python3
"""Checks a deployed twin and writes verification-report.json; deploy.sh calls it at its end, and tells it what came before.

    infra/verify.py --environment dev --stack digital-twin-chat-dev --steps steps.tsv --report verification-report.json [--emulator]
"""
import argparse
import datetime
import glob
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import xml.etree.ElementTree as tree

ACCEPTANCE = "tests/DigitalTwin.Acceptance"
HEALTHY = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
LOG_LINES = 20
READY_WITHIN = 120


class Failure(Exception):
    """A check that did not pass; the message says why."""


def aws(*arguments):
    done = subprocess.run(["aws", *arguments, "--output", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(done.stderr.strip()[-1000:] or f"aws {arguments[0]} {arguments[1]} failed")
    return json.loads(done.stdout or "null")


class Verification:
    def __init__(self, environment, stack, emulator):
        self.environment, self.stack, self.emulator = environment, stack, emulator
        self.outputs = {}
        self.steps, self.issues = [], []
        self.stacks, self.functions = [], []
        self.data = {"seeded": False, "documents": None}
        self.tests = {"total": 0, "passed": 0, "failed": 0, "pass_rate": 0.0, "ready": False}

    def read_steps(self, path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                name, status, detail = (line.rstrip("\n").split("\t") + ["", ""])[:3]
                self.add(name, status, detail)

    def add(self, name, status, detail=""):
        self.steps.append({"name": name, "status": status, "detail": detail})
        if status == "failed":
            self.issues.append({"step": name, "message": detail, "log": []})

    @property
    def failed(self):
        return any(step["status"] == "failed" for step in self.steps)

    def step(self, name, check, live=None):
        """Runs a check, unless an earlier one failed or an emulator lacks what it needs."""
        if self.emulator and live:
            self.add(name, "not run", f"{live} is nothing that an emulator offers")
        elif self.failed:
            self.add(name, "not run", "an earlier step failed")
        else:
            print(f"== {name}", flush=True)
            try:
                check()
                self.add(name, "passed")
            except Failure as failure:
                self.add(name, "failed", str(failure))

    def check_stack(self):
        stack = aws("cloudformation", "describe-stacks", "--stack-name", self.stack)["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        self.stacks.append({"name": self.stack, "status": stack["StackStatus"]})
        if stack["StackStatus"] not in HEALTHY:
            raise Failure(f"The stack is {stack['StackStatus']}.")

    def check_functions(self):
        resources = aws("cloudformation", "list-stack-resources", "--stack-name", self.stack)["StackResourceSummaries"]
        names = sorted(r["PhysicalResourceId"] for r in resources if r.get("ResourceType") == "AWS::Lambda::Function")
        if not names:
            raise Failure("The stack has no functions.")
        for name in names:
            if not self.emulator:
                aws("lambda", "wait", "function-updated-v2", "--function-name", name)
            function = aws("lambda", "get-function-configuration", "--function-name", name)
            self.functions.append({
                "name": name,
                "state": function.get("State"),
                "runtime": function.get("Runtime"),
                "architecture": function.get("Architectures"),
                "code_size": function.get("CodeSize"),
            })
        lame = [function["name"] for function in self.functions if function["state"] != "Active"]
        if lame:
            raise Failure(f"Not active: {', '.join(lame)}.")

    @property
    def url(self):
        """CloudFront's own name, which answers before anybody has made the DNS record of a DomainName."""
        return "https://" + self.outputs["CloudFrontDomain"]

    def parameter(self, name):
        parameters = aws("cloudformation", "describe-stacks", "--stack-name", self.stack)["Stacks"][0].get("Parameters", [])
        return next((parameter["ParameterValue"] for parameter in parameters if parameter["ParameterKey"] == name), "")

    def check_ready(self):
        """The first request to an empty table seeds the persona, its documents and the built-in agents."""
        until = time.monotonic() + READY_WITHIN
        while why := unready(self.url):
            if time.monotonic() > until:
                raise Failure(f"{self.url} is not ready after {READY_WITHIN} s: {why}")
            time.sleep(3)

    def check_domain(self):
        """The last, for whoever deploys has to make the record, and can do so only now."""
        domain = self.parameter("DomainName")
        if domain and (why := unready("https://" + domain)):
            target = self.outputs["CloudFrontDomain"]
            raise Failure(f"{domain} does not lead to the twin yet ({why}): make a DNS record for it (CNAME or alias) that points at {target}.")

    def check_data(self):
        """seed_builtin_data: what the first start left in the table and the bucket."""
        key = json.dumps({"PK": {"S": "SEED"}, "SK": {"S": "META"}})
        mark = aws("dynamodb", "get-item", "--table-name", self.outputs["TableName"], "--consistent-read", "--key", key)
        objects = aws("s3api", "list-objects-v2", "--bucket", self.outputs["MemoryBucketName"], "--prefix", "knowledge/")
        self.data["documents"] = sum(found["Key"].endswith("/source") for found in (objects or {}).get("Contents", []))
        self.data["seeded"] = bool(mark and mark.get("Item"))
        if not self.data["seeded"]:
            raise Failure("The table has no mark of having been seeded.")

    def check_acceptance(self):
        if not os.path.isdir(ACCEPTANCE):
            raise Failure(f"There is no {ACCEPTANCE}.")
        with tempfile.TemporaryDirectory() as results:
            done = subprocess.run(
                ["dotnet", "test", ACCEPTANCE, "--nologo", "--logger", "trx", "--results-directory", results],
                env={**os.environ, "TWIN_URL": self.url, **self.owner()}, capture_output=True, text=True)
            self.count_tests(results)
        if done.returncode != 0 or self.tests["passed"] == 0:
            raise Failure(f"{self.tests['failed']} of {self.tests['total']} acceptance tests failed:\n{done.stdout[-3000:]}")
        self.tests["ready"] = True

    def owner(self):
        """How the suite signs in: by the owner key, or where a user pool knows the owners by a token of one of them."""
        pool = self.parameter("OwnerUserPoolId")
        if not pool:
            key = aws("secretsmanager", "get-secret-value", "--secret-id", f"digital-twin-chat/{self.environment}/owner-key",
                      "--version-stage", "AWSCURRENT")["SecretString"]
            return {"TWIN_OWNER_KEY": key, "TWIN_OWNER_TOKEN": ""}
        return {"TWIN_OWNER_TOKEN": os.environ.get("TWIN_OWNER_TOKEN") or self.sign_in(pool)}

    def sign_in(self, pool):
        """A token of the owner whose name and password the environment has. The password goes by a file of ours: a list of processes shows no file."""
        user, password = (os.environ.get(name) for name in ("TWIN_OWNER_USER", "TWIN_OWNER_PASSWORD"))
        if not (user and password):
            raise Failure(f"The owners are those of {pool}: set TWIN_OWNER_USER and TWIN_OWNER_PASSWORD, or TWIN_OWNER_TOKEN (docs/deploy.md).")
        client = aws("cloudformation", "describe-stack-resource", "--stack-name", self.stack, "--logical-resource-id", "OwnerPoolClient")
        request = {
            "UserPoolId": pool,
            "ClientId": client["StackResourceDetail"]["PhysicalResourceId"].split("|")[-1],
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": user, "PASSWORD": password},
        }
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(request, file)
            file.flush()
            answer = aws("cognito-idp", "admin-initiate-auth", "--cli-input-json", "file://" + file.name)
        if "AuthenticationResult" not in answer:
            raise Failure(f"{pool} asks for more than that password ({answer.get('ChallengeName')}): set TWIN_OWNER_TOKEN instead.")
        return answer["AuthenticationResult"]["IdToken"]

    def count_tests(self, results):
        for path in glob.glob(results + "/**/*.trx", recursive=True):
            counters = tree.parse(path).getroot().find(".//{*}Counters")
            executed, passed = int(counters.get("executed")), int(counters.get("passed"))
            self.tests["total"] += executed
            self.tests["passed"] += passed
            self.tests["failed"] += executed - passed
        if self.tests["total"]:
            self.tests["pass_rate"] = round(100 * self.tests["passed"] / self.tests["total"], 1)

    def add_logs(self):
        """The last lines of each function, for whoever has to find out what went wrong."""
        since = str(int((time.time() - 900) * 1000))
        for function in self.functions if self.failed and not self.emulator else []:
            try:
                events = aws("logs", "filter-log-events", "--log-group-name", f"/aws/lambda/{function['name']}", "--start-time", since)["events"]
            except Failure as failure:
                self.issues.append({"step": "logs", "message": str(failure), "log": []})
                continue
            if events:
                lines = [event["message"].rstrip() for event in events[-LOG_LINES:]]
                self.issues.append({"step": "logs", "message": f"the last lines of {function['name']}", "log": lines})

    def report(self, deployment, now):
        return {
            "deployment_id": deployment,
            "timestamp": now.isoformat(timespec="seconds"),
            "environment": self.environment,
            "emulator": self.emulator,
            "stacks": self.stacks,
            "lambda_functions": self.functions,
            "data": self.data,
            "tests": self.tests,
            "steps": self.steps,
            "issues": self.issues,
        }


def unready(url):
    """Why the twin there is not ready; empty when it is."""
    try:
        with urllib.request.urlopen(url + "/health/ready", timeout=30):
            return ""
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__


def commit():
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unversioned"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("environment", "stack", "steps", "report"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--emulator", action="store_true")
    given = parser.parse_args()

    verification = Verification(given.environment, given.stack, given.emulator)
    verification.read_steps(given.steps)
    verification.step("stack", verification.check_stack)
    verification.step("functions", verification.check_functions)
    verification.step("ready", verification.check_ready, live="a live URL")
    verification.step("seed_builtin_data", verification.check_data, live="a running twin")
    verification.step("acceptance", verification.check_acceptance, live="a live URL")
    verification.step("domain", verification.check_domain, live="a live URL")
    verification.add_logs()

    now = datetime.datetime.now(datetime.timezone.utc)
    deployment = f"{given.environment}-{commit()}-{now:%Y%m%dT%H%M%SZ}"
    with open(given.report, "w", encoding="utf-8") as file:
        json.dump(verification.report(deployment, now), file, indent=2)
        file.write("\n")

    statuses = [step["status"] for step in verification.steps]
    print(f"{statuses.count('passed')} passed, {statuses.count('failed')} failed, {statuses.count('not run')} not run; see {given.report}")
    for issue in verification.issues:
        print(f"{issue['step']}: {issue['message']}", file=sys.stderr)
    return 1 if verification.failed else 3 if "not run" in statuses else 0


if __name__ == "__main__":
    sys.exit(main())
