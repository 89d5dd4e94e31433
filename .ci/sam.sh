#!/usr/bin/env bash
# What goes to AWS, as far as it can be seen without an account: the template, the archive, the layers, and the four
# functions in containers, with SAM and without. What they talk to is dev.flakerelay.lambda.ContainerWorld. On Debian,
# as root, what is missing is installed, and a Docker engine started. Takes three minutes, the first time five.
set -euo pipefail
export LC_ALL=C SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
case $(uname -m) in
  x86_64) architecture=x86_64 other=arm64 layer=$root/.aws-sam/build/NixLayer ;;
  aarch64) architecture=arm64 other=x86_64 layer=$root/.aws-sam/build/NixLayerArm64 ;;
esac
cd "$root"
tmp=$(mktemp -d)
chmod 755 "$tmp"
processes=()
# shellcheck source=.ci/checks.sh
. .ci/checks.sh

finish() {
  local pid
  docker ps -aq --filter "label=flake-relay=$tmp" 2>/dev/null | xargs -r docker rm -f -v >/dev/null 2>&1 || true
  docker images -q samcli/lambda-java 2>/dev/null | xargs -r docker rmi -f >/dev/null 2>&1 || true
  for pid in "${processes[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

curl() { command curl --noproxy '*' "$@"; } # all that is asked is on this machine

# --- What the checks need

programs() {
  local missing=() each
  for each in ip:iproute2 make:make zip:zip curl:curl openssl:openssl git:git; do
    command -v "${each%:*}" >/dev/null || missing+=("${each#*:}")
  done
  docker info >/dev/null 2>&1 || command -v dockerd >/dev/null || missing+=(docker.io iptables)
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] || { echo "missing: ${missing[*]}: install them"; return 1; }
  apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}"
}
sam_programs() { sam=$(.ci/python/install.sh sam python3)/bin; }
checkov_program() { checkov=$(.ci/python/install.sh checkov python3)/bin/checkov; }
engine() {
  docker info >/dev/null 2>&1 && return
  [[ $(id -u) == 0 ]] || { echo "no Docker engine runs, and only root can start one"; return 1; }
  setsid dockerd >"$tmp/dockerd.log" 2>&1 &
  processes=("$!" "${processes[@]}")
  within 180 docker info >/dev/null 2>&1 || { tail -n20 "$tmp/dockerd.log"; return 1; }
}
base_image() {
  image=$(.ci/lambda-image.sh "$tmp/image" "$(echo "$sam"/../lib/python3*/site-packages/samcli/local/rapid)/aws-lambda-rie-$architecture")
}
java_classes() {
  mvn -q -B --no-transfer-progress package -DskipTests &&
    mvn -q -B dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$tmp/classpath"
}

# --- The template

validate() { "$sam/sam" validate --lint >"$tmp/out" 2>&1 || true; has "$tmp/out" "is a valid SAM Template"; }
cfn_lint() { "$sam/cfn-lint" "$@" >"$tmp/out" 2>&1 || true; }
cfn_lint_finds_nothing() { cfn_lint template.yaml; cat "$tmp/out"; [[ ! -s $tmp/out ]]; }
cfn_lint_finds() { # cfn_lint_finds RULE SED-EXPRESSION: in a broken copy of the template
  sed "$2" template.yaml >"$tmp/broken.yaml"
  ! cmp "$tmp/broken.yaml" template.yaml && cfn_lint "$tmp/broken.yaml" && has "$tmp/out" "$1 "
}
checkov_has() { # checkov_has TEXT
  "$checkov" -f template.yaml --framework cloudformation --compact --quiet --skip-download >"$tmp/out" 2>&1 || true
  has "$tmp/out" "$1"
}
every_skip_has_a_reason_and_is_used() {
  local skips reasons
  skips=$(grep -c '# checkov:skip=' template.yaml)
  reasons=$(grep -cE '# checkov:skip=CKV[0-9A-Z_]+: .{20,}' template.yaml)
  echo "$skips skips, $reasons reasons"
  [[ $skips == "$reasons" ]] && checkov_has "Skipped checks: $skips"
}
transformed() { # transformed CONFIG: what AWS makes of the template when relay.yaml is at this place in S3
  "$sam/python" - "$1" <<'END'
import json, sys
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

class NoManagedPolicies:
    def load(self):
        return {}

template = yaml_parse(open("template.yaml").read())
for name, resource in template["Resources"].items():
    for key in {"CodeUri", "ContentUri"} & set(resource["Properties"]):
        resource["Properties"][key] = "s3://bucket/" + (sys.argv[1] if name == "ConfigLayer" else name)
made = transform(template, {"Architecture": "x86_64"}, NoManagedPolicies())
print(json.dumps(made["Resources"], indent=1))
END
}
new_config_makes_a_new_version() {
  local one two
  one=$(transformed one | grep -o '"ReceiveFunctionVersion[^"]*": {')
  two=$(transformed two | grep -o '"ReceiveFunctionVersion[^"]*": {')
  echo "$one $two"
  [[ $one && $two && $one != "$two" ]]
}
# shellcheck disable=SC2016 # for CloudFormation to expand
api_calls_the_alias() {
  transformed one >"$tmp/out"
  has "$tmp/out" 'functions/${ReceiveFunctionAliaslive}/invocations' && ! grep -F 'functions/${ReceiveFunction}/' "$tmp/out"
}

# --- What is deployed

sam_build() { "$sam/sam" build >"$tmp/out" 2>&1 || true; has "$tmp/out" "Build Succeeded"; }
is_for() { # is_for MACHINE LAYER: nix is a program for this machine (e_machine in its ELF header)
  [[ $(od -An -tx1 -j18 -N2 ".aws-sam/build/$2/nix/libexec/elf/nix") == " $1" ]]
}
zipped_at_most() { # zipped_at_most BYTES FOLDER
  local size
  size=$(cd "$2" && zip -q -r -X - . | wc -c)
  echo "$size bytes"
  ((size <= $1))
}
functions_only() {
  ! find target/lambda | grep -E 'dev/flakerelay/(local|cli)(/|$)|/(apache5?-client|netty-|aws-crt|picocli|sqlite-)[^/]*$'
}

# --- What the functions talk to

world() {
  local gateway jdk
  gateway=$(ip -4 -o address show docker0 | sed -E 's/.* inet ([0-9.]+).*/\1/')
  jdk=$(.ci/jdk.sh)
  mkdir -p "$tmp/world" "$tmp/config"
  mkfifo "$tmp/world.stdin"
  RELAY_NIX=$layer/nix/bin/nix "$jdk/bin/java" -Djava.io.tmpdir="$tmp" -cp "target/test-classes:target/classes:$(cat "$tmp/classpath")" \
    dev.flakerelay.lambda.ContainerWorld "$gateway" "$tmp/world" <"$tmp/world.stdin" >"$tmp/world.log" 2>&1 &
  processes=("$!" "${processes[@]}")
  exec 8>"$tmp/world.stdin" # open as long as this script runs, however it ends
  within 180 test -e "$tmp/world/world.env" || { tail -n30 "$tmp/world.log"; return 1; }
  # shellcheck source=/dev/null
  . "$tmp/world/world.env"
  # The example as it is deployed, but for where its secrets are.
  sed -e 's|aws:flake-relay/webhook#current|file:/opt/webhook-secret|' -e 's|aws:flake-relay/git|file:/opt/git-token|' \
    config/aws/relay.yaml >"$tmp/config/relay.yaml"
  echo "It's a Secret to Everybody" >"$tmp/config/webhook-secret"
  echo "$TOKEN" >"$tmp/config/git-token"
  install -m 644 "$CERTIFICATE" "$tmp/config/ca.pem"
  queue=(RELAY_QUEUE_URL="$QUEUE" AWS_ENDPOINT_URL_SQS="$SQS")
  network=(https_proxy="$PROXY" no_proxy="$gateway" SSL_CERT_FILE=/opt/ca.pem)
}
waiting() { # waiting QUEUE: the messages in it
  curl -sS "$1?Action=GetQueueAttributes&AttributeName.1=ApproximateNumberOfMessages" | sed -nE 's/.*<Value>([0-9]+).*/\1/p'
}
queue_has() { [[ $(waiting "$QUEUE") == "$1" ]]; } # queue_has NUMBER
job() { # job REVISION: the event of one job, for a commit that is in this world's source
  sed "s/da09bfc4372dac4875e76cd70b54600e135287de/$1/g" events/sqs-one-job.json >"$tmp/job.json"
}
locks() { # locks REVISION: the target's newest commit locks it, says so, and touched nothing else
  git -C "$TARGET" show --format=%B --stat=200 main >"$tmp/out"
  has "$tmp/out" "chore: bump nixfleet to v2.1.1 (${1:0:7})" "Flake-Rev: $1" "1 file changed" || return
  git -C "$TARGET" show main:flake.lock >"$tmp/out"
  has "$tmp/out" "\"rev\": \"$1\""
}
dead_letter() { # dead_letter ATTEMPT: puts the job of events/ among the dead letters
  local body
  body=$("$sam/python" -c 'import json, sys; print(json.load(open("events/sqs-one-job.json"))["Records"][0]["body"])')
  curl -sS -o /dev/null --fail "$DEAD_LETTERS" -d Action=SendMessage -d MessageGroupId=letters -d MessageDeduplicationId="$1" \
    --data-urlencode MessageBody="${body/\"attempt\":1/\"attempt\":$1}"
}

# --- The functions in a container as strict as Lambda's, or stricter: nothing may be written but /tmp, no capabilities, a
# user without passwd entry

container() { # container MEMORY HANDLER EVENT: the answer is in $tmp/answer, the log in $tmp/container.log
  local id address options=() each
  for each in "${queue[@]}" "${network[@]}" AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_LAMBDA_FUNCTION_MEMORY_SIZE="${1%m}" \
    AWS_LAMBDA_FUNCTION_TIMEOUT=900; do
    options+=(--env "$each")
  done
  id=$(docker run --detach --label "flake-relay=$tmp" --read-only --tmpfs /tmp:exec --user 993:990 --cap-drop ALL \
    --security-opt no-new-privileges --memory "$1" --memory-swap "$1" --volume "$root/target/lambda:/var/task:ro" \
    --volume "$tmp/opt:/opt:ro" "${options[@]}" "$image" "dev.flakerelay.lambda.$2")
  address=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' "$id")
  curl -sS --retry 50 --retry-connrefused --retry-delay 1 --max-time 120 "http://$address:8080/2015-03-31/functions/function/invocations" \
    -d "@$3" >"$tmp/answer" || true
  docker logs "$id" >"$tmp/container.log" 2>&1
  docker rm -f "$id" >/dev/null
  cat "$tmp/container.log" "$tmp/answer"
}
in_container() { # in_container MEMORY HANDLER EVENT TEXT...: the answer has each text
  container "$1" "$2" "$3" && has "$tmp/answer" "${@:4}"
}
updates_in_container() {
  job "$RELEASE"
  in_container 1024m UpdateHandler "$tmp/job.json" '{"batchItemFailures":[]}' && has "$tmp/container.log" '"outcome":"updated"' && locks "$RELEASE"
}
image_has_no() { # image_has_no PROGRAM...
  # shellcheck disable=SC2016 # for the container's shell to expand
  docker run --rm --entrypoint sh "$image" -c 'for each; do ! command -v "$each" && ! [ -e "/$each" ] || exit; done' sh "$@"
}

# --- The self-hosted program as compose.yaml runs it

image_of_the_program() {
  local file
  [[ -e $(echo target/dist/*.image.tar) ]] || mvn -q -B --no-transfer-progress -Pdist,image package -DskipTests || return
  file=$(echo target/dist/*.image.tar)
  docker load --input "$file" && stat -c '%s bytes' "$file"
}
compose_options() { # what docker run calls the settings of compose.yaml; the engine's own compose is not everywhere
  "$sam/python" - "$tmp" <<'END'
import sys
from samcli.yamlhelper import yaml_parse

service = yaml_parse(open("compose.yaml").read())["services"]["flake-relay"]
names = {"ports": "publish", "tmpfs": "tmpfs", "cap_drop": "cap-drop", "security_opt": "security-opt"}
options = ["--read-only"] if service.pop("read_only") else []
for key, name in names.items():
    options += [f"--{name}={value}" for value in service.pop(key)]
options += ["--volume=" + each.replace("./relay.yaml", sys.argv[1] + "/relay.yaml") for each in service.pop("volumes")]
options += [f"--env-file={sys.argv[1]}/{each}" for each in service.pop("env_file")]
health = service.pop("healthcheck")
options += ["--health-cmd=" + " ".join(health["test"][1:]), "--health-interval=2s", "--health-timeout=" + health["timeout"]]
program = [service.pop("image")] + service.pop("command").split()
del service["restart"], service["stop_grace_period"]
assert not service, f"not tried: {service}"
print("\n".join(options + program))
END
}
program_starts() {
  local options
  sed -e '/^  git:/d' config/relay.yaml >"$tmp/relay.yaml"
  chmod 644 "$tmp/relay.yaml"
  echo "RELAY_WEBHOOK_SECRET=It's a Secret to Everybody" >"$tmp/secrets.env"
  mapfile -t options < <(compose_options)
  ((${#options[@]} > 8)) || return 1
  program=$(docker run --detach --label "flake-relay=$tmp" "${options[@]/#--volume=data:/--volume=}")
  within 180 is_healthy || { docker inspect -f '{{json .State.Health}}' "$program"; docker logs "$program"; return 1; }
}
is_healthy() { [[ $(docker inspect -f '{{.State.Health.Status}}' "$program") == healthy ]]; }
program_is_confined() { # as a user without rights, which can write its data alone
  [[ $(docker exec "$program" id -u) == 65532 ]] && docker exec "$program" touch /var/lib/flake-relay/x /tmp/x &&
    ! docker exec "$program" touch /opt/flake-relay/x && ! docker exec "$program" touch /etc/x
}
page_is_there() { status 200 http://127.0.0.1:8081/ && has "$tmp/answer" '>ready<' && status 404 http://127.0.0.1:8080/; }
delivery_is_refused() {
  status 401 http://127.0.0.1:8080/webhook --data '{}' -H 'Content-Type: application/json' -H 'X-GitHub-Event: push' -H 'X-GitHub-Delivery: image'
}
demo_in_image() {
  docker run --rm --label "flake-relay=$tmp" --network none --read-only --tmpfs /tmp:exec --cap-drop ALL --security-opt no-new-privileges \
    "$(docker inspect -f '{{.Config.Image}}' "$program")" demo >"$tmp/out" && has "$tmp/out" 'the target locks exactly what was released'
}

# --- The functions with SAM

containers_template() { # the built template, which SAM gives no way to add variables to
  "$sam/python" - "$tmp" "${queue[*]}" "${network[*]}" >"$tmp/template.yaml" <<'END'
import os, sys
from samcli.yamlhelper import yaml_dump, yaml_parse

folder, *variables = sys.argv[1:]
built = os.path.abspath(".aws-sam/build")
template = yaml_parse(open(built + "/template.yaml").read())
for resource in template["Resources"].values():
    for key in {"CodeUri", "ContentUri"} & set(resource["Properties"]):
        resource["Properties"][key] = os.path.join(built, resource["Properties"][key])
template["Resources"]["ConfigLayer"]["Properties"]["ContentUri"] = folder + "/config"
queue, network = (dict(each.split("=", 1) for each in part.split()) for part in variables)
template["Globals"]["Function"]["Environment"]["Variables"].update(queue)
for resource in template["Resources"].values():
    if "Environment" in resource["Properties"]:  # the others are without configuration, and talk to the queue only
        resource["Properties"]["Environment"]["Variables"].update(network)
print(yaml_dump(template))
END
  grep -F SSL_CERT_FILE "$tmp/template.yaml"
}
sam_local() { # sam_local COMMAND ARGUMENT...: in place of this shell, so that what is killed is SAM itself
  # This machine's own variables would count more than the template's.
  exec env -u SSL_CERT_FILE -u https_proxy -u no_proxy "$sam/sam" local "$@" --template "$tmp/template.yaml" --skip-pull-image \
    --parameter-overrides "Architecture=$architecture"
}
invoke() { # invoke FUNCTION EVENT TEXT...: the answer, which is the last line of stdout, has each text
  (sam_local invoke "$1" --event "$2") >"$tmp/stdout" 2>"$tmp/sam.log" || true
  cat "$tmp/sam.log"
  tail -n1 "$tmp/stdout" >"$tmp/answer"
  has "$tmp/answer" "${@:3}"
}
sam_updates() {
  job "$NEXT"
  invoke UpdateFunction "$tmp/job.json" '{"batchItemFailures": []}' && has "$tmp/sam.log" '"outcome":"updated"' && locks "$NEXT"
}
as_documented() { # as_documented EVENT TEXT...: docs/deploy-aws.md, "Without an account"
  sed 's|ContentUri: config/aws|ContentUri: config/local|' template.yaml >local.yaml
  (env -u SSL_CERT_FILE -u https_proxy -u no_proxy "$sam/sam" local invoke ReceiveFunction --template local.yaml \
    --env-vars config/local/variables.json --event "$1" --skip-pull-image --parameter-overrides "Architecture=$architecture") \
    >"$tmp/stdout" 2>"$tmp/sam.log" || true
  rm local.yaml
  cat "$tmp/sam.log"
  tail -n1 "$tmp/stdout" >"$tmp/answer"
  has "$tmp/answer" "${@:2}"
}
start_api() {
  port=$("$sam/python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
  sam_local start-api --port "$port" --warm-containers LAZY >"$tmp/api.log" 2>&1 &
  processes=("$!" "${processes[@]}")
  within 180 grep -q "Running on http" "$tmp/api.log" || { cat "$tmp/api.log"; return 1; }
}
status() { # status CODE CURL-ARGUMENTS...
  local code
  code=$(curl -sS -o "$tmp/answer" -w '%{http_code}' "${@:2}")
  cat "$tmp/answer"
  [[ $code == "$1" ]] || { echo "status $code"; tail -n20 "$tmp/api.log"; return 1; }
}
post() { # post CODE SIGNATURE
  status "$1" "http://127.0.0.1:$port/webhook" --data-binary "@$tmp/delivery.json" -H 'Content-Type: application/json' \
    -H 'X-GitHub-Event: repository_dispatch' -H 'X-GitHub-Delivery: sam' -H "X-Hub-Signature-256: sha256=$2"
}
signed_is_202() {
  local signature before
  before=$(waiting "$QUEUE")
  printf '{"action":"nixfleet-updated","client_payload":{"sha":"%s"},"repository":{"full_name":"markus-barta/nixcfg"}}' "$(openssl rand -hex 20)" >"$tmp/delivery.json"
  signature=$(openssl dgst -sha256 -hmac "It's a Secret to Everybody" -hex "$tmp/delivery.json" | sed 's/.*= //')
  post 202 "$signature" && has "$tmp/answer" '"route":"nixfleet"' && (($(waiting "$QUEUE") == before + 1))
}
wrong_signature_is_401() { post 401 "$(printf '0%.0s' {1..64})" && has "$tmp/answer" '{"error":"signature"}'; }

must "programs" programs
must "SAM CLI and cfn-lint" sam_programs
must "checkov" checkov_program
must "Docker engine" engine
must "base image" base_image
must "mvn package" java_classes

check "sam validate --lint" validate
check "cfn-lint finds nothing" cfn_lint_finds_nothing
check "cfn-lint finds a reference that leads nowhere" cfn_lint_finds E1020 's/!Ref UpdateConcurrency/!Ref Concurrency/'
check "cfn-lint finds a runtime that does not exist" cfn_lint_finds E3030 's/java25/java99/'
check "cfn-lint finds a batch that is too large for FIFO" cfn_lint_finds E3705 's/BatchSize: 10/BatchSize: 100/'
check "cfn-lint finds a visibility below the timeout" cfn_lint_finds E3505 's/VisibilityTimeout: 5400/VisibilityTimeout: 60/'
check "checkov finds nothing" checkov_has "Failed checks: 0,"
check "each of checkov's skips has a reason and is used" every_skip_has_a_reason_and_is_used
check "the API calls the alias" api_calls_the_alias
check "a new relay.yaml makes a new version of ReceiveFunction" new_config_makes_a_new_version

must "sam build" sam_build
check "NixLayer is for x86_64" is_for "3e 00" NixLayer
check "NixLayerArm64 is for arm64" is_for "b7 00" NixLayerArm64
check "the archive has what functions need, and nothing else" functions_only
check "the archive has at most 17,000,000 bytes" zipped_at_most 17000000 target/lambda

must "queues and repositories for the functions" world
cp -r "$layer" "$tmp/opt" && cp "$tmp"/config/* "$tmp/opt"
check "the image has neither git nor nix" image_has_no git nix
check "container: a signed delivery is queued" in_container 512m ReceiveHandler events/repository-dispatch.json '"statusCode":202' '\"route\":\"nixfleet\"'
check "container: the job is in the queue" queue_has 1
check "container: a wrong signature is refused" in_container 512m ReceiveHandler events/wrong-signature.json '"statusCode":401'
check "container: a real flake is locked" updates_in_container
check "container: dead letters are looked through" in_container 512m RetryHandler events/alarm.json '{}'
check "container: locks that lag are found" in_container 512m ReconcileHandler events/schedule-reconcile.json '{"behind":1}'

must "image of the self-hosted program" image_of_the_program
must "compose.yaml: it gets healthy" program_starts
check "compose.yaml: nothing can be written but its data" program_is_confined
check "compose.yaml: the page is there, on its own port alone" page_is_there
check "compose.yaml: deliveries are taken" delivery_is_refused
check "image: relay demo, without a network" demo_in_image

must "template with the containers' variables" containers_template
check "sam local invoke ReceiveFunction" invoke ReceiveFunction events/repository-dispatch.json '"statusCode": 202'
check "sam local invoke ReconcileFunction" invoke ReconcileFunction events/schedule-reconcile.json '"behind": 1'
check "sam local invoke UpdateFunction: a real flake is locked" sam_updates
check "two dead letters" eval 'dead_letter 2 && dead_letter 5'
check "sam local invoke RetryFunction, by the alarm" invoke RetryFunction events/alarm.json '"exhausted": 1' '"waiting": 1'
check "sam local invoke RetryFunction, by the schedule" invoke RetryFunction events/schedule-retry.json '"exhausted": 1' '"waiting": 1'
check "sam local invoke with config/local: a delivery is understood" as_documented events/push-other-branch.json '"statusCode": 200' 'no route waits'
check "sam local invoke with config/local: a wrong signature is refused" as_documented events/wrong-signature.json '"statusCode": 401'
must "sam local start-api" start_api
check "start-api: a signed POST is answered 202, and queued" signed_is_202
check "start-api: one with a wrong signature is answered 401" wrong_signature_is_401
check "start-api: GET /healthz is answered 200" status 200 "http://127.0.0.1:$port/healthz"

echo "not run: the functions on $other, which this machine is not"
summary
