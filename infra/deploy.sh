#!/usr/bin/env bash
# Deploys the twin, proves that it works, and says so in verification-report.json.
#
#   infra/deploy.sh ENVIRONMENT [--endpoint URL] [Parameter=value ...]
#
# ENVIRONMENT is dev, staging or prod; the parameters are those of serverless.template, and the ones not given stay as they were.
# CLOUDFORMATION_ROLE_ARN, if it is set, is the role that CloudFormation works with (infra/pipeline.yaml).
# TWIN_OWNER_USER and TWIN_OWNER_PASSWORD, or TWIN_OWNER_TOKEN, are an owner's where a user pool knows the owners (docs/deploy.md).
# --endpoint deploys to an emulator of AWS as far as that goes, and lists what it cannot do.
# Exits 0 when everything passed, 1 when something failed, 3 when everything passed that an emulator can do.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export AWS_PAGER="" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

environment=${1:-}
[ $# -gt 0 ] && shift
endpoint="" parameters=()
while [ $# -gt 0 ]; do
    case $1 in
        --endpoint) endpoint=${2:-}; shift ;;
        ?*=*) parameters+=("$1") ;;
        *) echo "$1 is neither --endpoint URL nor Parameter=value." >&2; exit 1 ;;
    esac
    shift || break
done

stack=digital-twin-chat-$environment
report=${VERIFICATION_REPORT:-verification-report.json}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
steps=$work/steps.tsv
touch "$steps" "$work/left-out"

note() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$steps"; }

# Runs a step; what it says is kept for the report when it fails. Nothing is run after a step that failed.
failed=0
step() {
    local name=$1
    shift
    [ $failed -eq 0 ] || { note "$name" "not run" "an earlier step failed"; return 1; }
    echo "== $name"
    if "$@" >"$work/log" 2>&1; then
        note "$name" passed
    else
        failed=1
        cat "$work/log" >&2
        note "$name" failed "$(tail -n 20 "$work/log" | tr '\n\t' '  ' | cut -c1-2000)"
    fi
    return $failed
}

live() { # A step that needs the real AWS.
    if [ -n "$endpoint" ]; then
        note "$1" "not run" "${2:-} is nothing that an emulator offers"
        return 1
    fi
    step "$1" "${@:3}"
}

check_prerequisites() {
    local missing=0 tool
    case $environment in
        dev | staging | prod) ;;
        *) echo "Which environment? infra/deploy.sh dev, staging or prod."; return 1 ;;
    esac
    for tool in aws dotnet python3; do
        command -v $tool >/dev/null 2>&1 && continue
        missing=1
        case $tool in
            aws) echo "aws is missing: install the AWS CLI, version 2 (https://aws.amazon.com/cli/)." ;;
            dotnet) echo "dotnet is missing: install the .NET SDK 10 (https://dotnet.microsoft.com/download/dotnet/10.0)." ;;
            python3) echo "python3 is missing: install Python 3.9 or later." ;;
        esac
    done
    [ $missing -eq 0 ] || return 1
    dotnet --list-sdks | grep -q '^10\.' || { echo "The .NET SDK 10 is missing; there is: $(dotnet --list-sdks | tr '\n' ' ')"; return 1; }
    if [ -n "$endpoint" ] && ! python3 -c 'import samtranslator' 2>/dev/null; then
        echo "An emulator needs plain CloudFormation: pip install aws-sam-translator."
        return 1
    fi
    region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}
    [ -n "$region" ] || { echo "No region: set AWS_REGION, or run aws configure."; return 1; }
    export AWS_REGION=$region AWS_DEFAULT_REGION=$region
    account=$(aws sts get-caller-identity --query Account --output text) \
        || { echo "AWS does not know you: run aws configure or aws sso login, or set AWS_PROFILE."; return 1; }
    [ -n "$endpoint" ] || check_owner
}

# The value of a parameter: what is given, or else what the stack was deployed with.
parameter() {
    local given value
    value=$(aws cloudformation describe-stacks --stack-name "$stack" \
        --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue" --output text 2>/dev/null)
    for given in ${parameters[@]+"${parameters[@]}"}; do
        case $given in "$1="*) value=${given#*=} ;; esac
    done
    echo "$value"
}

# Said before anything is deployed, because the acceptance suite needs it at the end.
check_owner() {
    [ -n "$(parameter OwnerUserPoolId)" ] && [ -z "${TWIN_OWNER_TOKEN:-}" ] || return 0
    [ -n "${TWIN_OWNER_USER:-}" ] && [ -n "${TWIN_OWNER_PASSWORD:-}" ] && return 0
    echo "A user pool knows the owners, and the checks of the deployed twin have to sign in as one of them: set TWIN_OWNER_USER and"
    echo "TWIN_OWNER_PASSWORD, or TWIN_OWNER_TOKEN (docs/deploy.md). Nothing was deployed."
    return 1
}

publish() {
    rm -rf artifacts/lambda
    dotnet publish src/DigitalTwin --configuration Release --output artifacts/lambda -p:UseAppHost=false --nologo --verbosity quiet "$@"
}

# With native code for the functions' processor, which starts faster; without, where the feed lacks what that takes: it runs as well.
build() {
    publish --runtime linux-arm64 --self-contained false -p:PublishReadyToRun=true && return 0
    echo "There is no native code for arm64: the functions will start more slowly."
    publish
}

make_artifact_bucket() {
    aws s3api head-bucket --bucket "$artifacts" 2>/dev/null && return 0
    local where=()
    [ "$region" = us-east-1 ] || where=(--create-bucket-configuration "LocationConstraint=$region")
    aws s3api create-bucket --bucket "$artifacts" ${where[@]+"${where[@]}"} \
        && aws s3api put-public-access-block --bucket "$artifacts" --public-access-block-configuration \
            BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
}

package() {
    make_artifact_bucket \
        && aws cloudformation package --template-file serverless.template --s3-bucket "$artifacts" --s3-prefix "$environment" \
            --output-template-file "$work/packaged.yaml"
}

# An inference profile calls models of several regions, and the functions need each of them by name.
add_model_arns() {
    local parameter model arns
    for parameter in ${parameters[@]+"${parameters[@]}"}; do
        case $parameter in ModelId=*) model=${parameter#ModelId=} ;; esac
    done
    [ -n "${model+given}" ] || return 0
    # shellcheck disable=SC2016 # The backquotes are the query's own.
    arns=$(aws bedrock get-inference-profile --inference-profile-identifier "${model:-none}" \
        --query 'join(`,`, [[inferenceProfileArn], models[].modelArn][])' --output text 2>/dev/null) || arns=""
    parameters+=("ModelArns=$arns")
}

deploy() {
    local template=$work/packaged.yaml since given
    [ -n "$endpoint" ] || add_model_arns
    given=("Environment=$environment" ${parameters[@]+"${parameters[@]}"})
    if [ -n "$endpoint" ]; then
        template=$work/translated.json
        python3 infra/translate.py --emulator --environment "$environment" "$work/packaged.yaml" "$template" >"$work/left-out" || return 1
        aws cloudformation deploy --stack-name "$stack" --template-file "$template" --capabilities CAPABILITY_IAM \
            --no-fail-on-empty-changeset --parameter-overrides "${given[@]}"
        return
    fi
    remove_failed_stack || return 1
    since=$(date -u +%Y-%m-%dT%H:%M:%S)
    aws cloudformation deploy --stack-name "$stack" --template-file "$template" --s3-bucket "$artifacts" --s3-prefix "$environment" \
        --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset \
        ${CLOUDFORMATION_ROLE_ARN:+--role-arn "$CLOUDFORMATION_ROLE_ARN"} --parameter-overrides "${given[@]}" && return 0
    tell_why "$since"
    return 1
}

# A first deploy that was rolled back leaves an empty stack, which no deploy can change: it is taken away.
remove_failed_stack() {
    local state
    state=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>/dev/null)
    [ "$state" = ROLLBACK_COMPLETE ] || return 0
    aws cloudformation delete-stack --stack-name "$stack" ${CLOUDFORMATION_ROLE_ARN:+--role-arn "$CLOUDFORMATION_ROLE_ARN"} \
        && aws cloudformation wait stack-delete-complete --stack-name "$stack"
}

# What CloudFormation says of the resources that failed since then; that others were cancelled for it says nothing.
tell_why() {
    aws cloudformation describe-stack-events --stack-name "$stack" --output text \
        --query "StackEvents[?Timestamp>='$1' && ends_with(ResourceStatus,'_FAILED')].[LogicalResourceId,ResourceStatusReason]" \
        2>/dev/null | grep -v 'cancelled$' | head -n 10
    return 0
}

# The id of what the template calls by that name.
resource() {
    aws cloudformation describe-stack-resource --stack-name "$stack" --logical-resource-id "$1" \
        --query StackResourceDetail.PhysicalResourceId --output text
}

# What the build names by its content is kept for ever, and older ones stay for pages that are still open. The rest is always copied:
# to sync, a file of the same size is the same file unless it is the younger one. CloudFront compresses.
upload_files() {
    local bucket files=artifacts/lambda/wwwroot
    bucket=$(resource FrontendBucket) || return 1
    aws s3 sync "$files/assets" "s3://$bucket/assets" --no-progress --exclude '*.gz' --exclude '*.br' \
        --cache-control "public, max-age=31536000, immutable" \
        && aws s3 cp "$files" "s3://$bucket" --recursive --no-progress --exclude 'assets/*' --exclude '*.gz' --exclude '*.br' \
            --exclude '*.html' --cache-control "public, max-age=300"
}

invalidate() {
    local distribution id
    distribution=$(resource Distribution)
    id=$(aws cloudfront create-invalidation --distribution-id "$distribution" --paths '/*' --query Invalidation.Id --output text) \
        && aws cloudfront wait invalidation-completed --distribution-id "$distribution" --id "$id"
}

[ -z "$endpoint" ] || export AWS_ENDPOINT_URL=$endpoint
if step prerequisites check_prerequisites; then
    artifacts=digital-twin-chat-artifacts-$account-$region
    step build build
    step package package
    # The new files first, where there is a twin already: its new pages will ask for them.
    [ $failed -ne 0 ] || upload_files >/dev/null 2>&1
    step deploy deploy
    while IFS= read -r resource; do
        note "resource $resource" "not run" "the emulator does not make it"
    done <"$work/left-out"
    step upload upload_files
    live invalidate CloudFront invalidate
fi

python3 infra/verify.py --environment "$environment" --stack "$stack" --steps "$steps" --report "$report" ${endpoint:+--emulator}
