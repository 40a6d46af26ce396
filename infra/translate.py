#!/usr/bin/env python3
"""serverless.template as plain CloudFormation, without AWS, for the checks that do not read SAM.

    infra/translate.py [--environment prod] [--emulator] serverless.template translated.json

What the language extensions decide (removal policies) is decided for the environment. --emulator keeps what a local emulator can
make, and prints the name of everything that it leaves out.
"""
import argparse
import json
import os
import re
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

# The policies of buckets and queues are not among them: they demand TLS, which an emulator on plain http cannot offer.
EMULATED = (
    "AWS::DynamoDB::Table",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
)
# It makes no secrets either, but the functions need their names.
NAMED = ("AWS::SecretsManager::Secret",)


class NoManagedPolicies:
    """The template names no managed policy of AWS, so there is none to look up."""

    def load(self):
        return {}


def fake_code(template):
    """The translator wants code that lies in S3; what is packaged already does."""
    for holder in [template.get("Globals", {}).get("Function", {})] + [r.get("Properties", {}) for r in template["Resources"].values()]:
        code = holder.get("CodeUri")
        if isinstance(code, str) and not code.startswith("s3://"):
            holder["CodeUri"] = "s3://bucket/key"


def decide_removal(template, parameters):
    def value(node):
        if isinstance(node, dict) and "Ref" in node:
            return parameters[node["Ref"]]
        if isinstance(node, dict) and "Fn::FindInMap" in node:
            name, first, second = (value(part) for part in node["Fn::FindInMap"])
            return template["Mappings"][name][first][second]
        return node

    for resource in template["Resources"].values():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if policy in resource:
                resource[policy] = value(resource[policy])


def needs(node):
    """The names that a part of a template refers to."""
    if isinstance(node, list):
        return set().union(*map(needs, node))
    if not isinstance(node, dict):
        return set()
    names = set().union(*map(needs, node.values()))
    if "Ref" in node:
        names.add(node["Ref"])
    if "Fn::GetAtt" in node:
        target = node["Fn::GetAtt"]
        names.add(target[0] if isinstance(target, list) else target.split(".")[0])
    if "Fn::Sub" in node:
        text = node["Fn::Sub"] if isinstance(node["Fn::Sub"], str) else node["Fn::Sub"][0]
        names.update(name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text))
    return names


def keep_emulated(template):
    resources, outputs = template["Resources"], template.get("Outputs", {})
    left_out = {name for name, resource in resources.items() if resource["Type"] not in EMULATED + NAMED}
    template["Resources"] = {name: resource for name, resource in resources.items() if name not in left_out}
    template["Outputs"] = {name: output for name, output in outputs.items() if not needs(output) & left_out}
    for resource in template["Resources"].values():
        resource.pop("DependsOn", None)
    for name in sorted(left_out | {name for name, resource in resources.items() if resource["Type"] in NAMED}):
        print(f"{name} ({resources[name]['Type']})")


def translate(path, environment):
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file)
    template["Transform"] = [name for name in template["Transform"] if name != LANGUAGE_EXTENSIONS]
    parameters = {name: parameter["Default"] for name, parameter in template["Parameters"].items() if "Default" in parameter}
    parameters["Environment"] = environment
    template["Parameters"]["Environment"]["Default"] = environment
    fake_code(template)
    decide_removal(template, parameters)
    return transform(template, parameters, NoManagedPolicies())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--environment", default="prod", choices=["dev", "staging", "prod"])
    arguments.add_argument("--emulator", action="store_true")
    arguments.add_argument("template")
    arguments.add_argument("output")
    given = arguments.parse_args()
    try:
        translated = translate(given.template, given.environment)
    except InvalidDocumentException as error:
        print(error.message, file=sys.stderr)
        for cause in error.causes:
            print(" -", cause.message, file=sys.stderr)
        return 2
    if given.emulator:
        keep_emulated(translated)
    with open(given.output, "w", encoding="utf-8") as file:
        # An emulator is given the text itself, which may have 51,200 bytes.
        json.dump(translated, file, indent=None if given.emulator else 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
