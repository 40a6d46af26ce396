#!/usr/bin/env python3
"""serverless.template as plain CloudFormation, without AWS, for the checks that do not read SAM.

    infra/translate.py [--environment prod] [--emulator] serverless.template translated.json

What the language extensions decide (removal policies) is decided for the environment. --emulator leaves out what a local emulator
takes too literally: it would refuse plain http because of the policies that demand TLS.
"""
import argparse
import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
RESOURCE_POLICIES = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")


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


def translate(path, environment, emulator):
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file)
    template["Transform"] = [name for name in template["Transform"] if name != LANGUAGE_EXTENSIONS]
    parameters = {name: parameter["Default"] for name, parameter in template["Parameters"].items() if "Default" in parameter}
    parameters["Environment"] = environment
    template["Parameters"]["Environment"]["Default"] = environment
    fake_code(template)
    decide_removal(template, parameters)
    if emulator:
        template["Resources"] = {name: r for name, r in template["Resources"].items() if r["Type"] not in RESOURCE_POLICIES}
    return transform(template, parameters, NoManagedPolicies())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--environment", default="prod", choices=["dev", "staging", "prod"])
    arguments.add_argument("--emulator", action="store_true")
    arguments.add_argument("template")
    arguments.add_argument("output")
    given = arguments.parse_args()
    try:
        translated = translate(given.template, given.environment, given.emulator)
    except InvalidDocumentException as error:
        print(error.message, file=sys.stderr)
        for cause in error.causes:
            print(" -", cause.message, file=sys.stderr)
        return 2
    with open(given.output, "w", encoding="utf-8") as file:
        json.dump(translated, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
