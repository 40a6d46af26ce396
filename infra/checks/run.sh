#!/usr/bin/env bash
# The templates, the scripts and the workflows by their linters. A tool that is missing is named, and its check skipped.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

try() { # NAME COMMAND…
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "$name: passed"
    else
        echo "$name: failed"
        cat "$work/log"
        status=1
    fi
}

has() { command -v "$1" >/dev/null 2>&1 || { echo "$1 is missing: $2 is skipped."; return 1; }; }

translated=""
if has python3 "the translated template" && python3 -c 'import samtranslator' 2>/dev/null; then
    translated=$work/translated.json
    try "translate" python3 infra/translate.py serverless.template "$translated"
else
    echo "aws-sam-translator is missing: the checks of the translated template are skipped."
fi

if has cfn-lint "linting the templates"; then
    try "cfn-lint" cfn-lint -c I -e -- serverless.template infra/*.yaml
    # W1020: the translator writes Fn::Sub where there is nothing to substitute.
    [ -z "$translated" ] || try "cfn-lint, translated" cfn-lint -c I -e -i W1020 -- "$translated"
fi

if has npm "cdk-nag and the linting of workflows"; then
    try "npm ci" npm ci --prefix infra/checks --no-progress
    [ -z "$translated" ] || try "cdk-nag" npm run --silent --prefix infra/checks nag -- "$translated"
    try "workflows" npm run --silent --prefix infra/checks workflows
fi

if has shellcheck "linting the scripts"; then
    try "shellcheck" shellcheck infra/deploy.sh infra/checks/run.sh .ci/run
fi

exit $status
