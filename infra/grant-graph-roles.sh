#!/usr/bin/env bash
# Grants a managed identity the Microsoft Graph application roles that Rosterdrop needs.
# Entra has no page for this and a deployment template can't do it: it takes calls to Graph, made here by `az rest`.
# Safe to repeat: roles that the identity has are left alone. Runs on bash 3.2 (macOS) and needs only the Azure CLI.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: grant-graph-roles.sh --principal-id ID --api classic|industryData [--graph URL] [--apply]

Grants the app's managed identity the Graph application roles that the API needs.
Without --apply it changes nothing and prints what it would do.

  --principal-id ID   object id of the identity's service principal (its principalId, not its clientId)
  --api API           industryData, or classic (retired by Microsoft in January 2025)
  --graph URL         Graph's root; default https://graph.microsoft.com
  --apply             grant what is missing

Sign in first (az login) as someone who may grant Graph application roles: a Privileged Role Administrator or
Global Administrator. Exit: 0 done (or nothing to do), 1 failed, 2 wrong arguments.
USAGE
}

# The least that each API's calls need.
roles_of() {
  case $1 in
    classic)
      echo EduAdministration.ReadWrite.All # uploadUrl and start; reading profiles and errors is included
      ;;
    industryData)
      echo IndustryData-InboundFlow.Read.All   # is the flow ready, when does it expire
      echo IndustryData-DataConnector.Read.All # which connector the flow has
      echo IndustryData-DataConnector.Upload   # upload session, validate
      echo IndustryData.ReadBasic.All          # the validation's state
      echo IndustryData-Run.Start              # start a run
      echo IndustryData-Run.Read.All           # follow the run, its statistics
      ;;
    *) return 1 ;;
  esac
}

GRAPH_APP=00000003-0000-0000-c000-000000000000 # Microsoft Graph's application id, the same in every tenant and cloud
GUID='^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'

wrong() {
  printf 'grant-graph-roles.sh: %s\n' "$1" >&2
  printf 'Try: grant-graph-roles.sh --help\n' >&2
  exit 2
}

fail() {
  printf 'grant-graph-roles.sh: %s\n' "$1" >&2
  exit 1
}

# rest METHOD URL [az arguments]: the call's output in $answer. On failure $error holds what az said.
rest() {
  local method=$1 url=$2 status=0
  shift 2
  answer=$(az rest --only-show-errors --method "$method" --url "$url" --resource "$graph" "$@" 2>"$stderr") || status=$?
  answer=${answer//$'\r'/}
  error=$(cat "$stderr")
  return "$status"
}

# explain WHAT: ends the script with the reason why WHAT failed.
explain() {
  case $error in
    *"az login"*) fail "the Azure CLI is not signed in, or its sign-in has expired: run 'az login' first" ;;
    *Authorization_RequestDenied* | *Forbidden*)
      fail "$1: access denied. Sign in as a Privileged Role Administrator or Global Administrator. $error"
      ;;
    *) fail "$1: $error" ;;
  esac
}

principal='' api='' graph=https://graph.microsoft.com apply=false
while [ $# -gt 0 ]; do
  case $1 in
    --principal-id | --api | --graph)
      [ $# -ge 2 ] || wrong "$1 needs a value"
      case $1 in
        --principal-id) principal=$2 ;;
        --api) api=$2 ;;
        --graph) graph=${2%/} ;;
      esac
      shift 2
      ;;
    --apply) apply=true && shift ;;
    -h | --help) usage && exit 0 ;;
    *) wrong "unknown argument: $1" ;;
  esac
done
[ -n "$principal" ] || wrong "--principal-id is missing"
[[ $principal =~ $GUID ]] || wrong "--principal-id must be a GUID, not '$principal'"
[ -n "$api" ] || wrong "--api is missing"
wanted=$(roles_of "$api") || wrong "--api must be classic or industryData, not '$api'"
[[ $graph =~ ^https://[A-Za-z0-9.-]+(:[0-9]+)?$ ]] ||
  wrong "--graph must be https:// and a host, without a path, not '$graph'"
command -v az >/dev/null || fail "the Azure CLI (az) is not installed: https://aka.ms/azure-cli"

stderr=$(mktemp)
trap 'rm -f "$stderr"' EXIT
tab=$'\t'
principals=$graph/v1.0/servicePrincipals

rest get "$principals/$principal?\$select=id,displayName,servicePrincipalType" \
  --query '[displayName, servicePrincipalType]' --output tsv || case $error in
  *Request_ResourceNotFound* | *"Not Found"*)
    fail "no service principal has the object id $principal in this tenant. It must be the identity's principalId, not its clientId."
    ;;
  *) explain "looking up the identity" ;;
esac
name=${answer%%$'\n'*} kind=${answer##*$'\n'}
printf 'Identity: %s (%s, %s)\n' "$name" "$kind" "$principal"
[ "$kind" = ManagedIdentity ] || printf 'Note: this is not a managed identity. Make sure that it is the one you mean.\n'

# Lines of "graph<tab>id" and "role<tab>value<tab>id".
rest get "$principals(appId='$GRAPH_APP')?\$select=id,appRoles" --output tsv --query \
  "[[['graph', id]], appRoles[?isEnabled && contains(allowedMemberTypes, 'Application')].['role', value, id]][]" ||
  explain "reading Graph's application roles"
catalogue=$answer
resource=$(printf '%s\n' "$catalogue" | awk -F "$tab" '$1 == "graph" { print $2 }')
[ -n "$resource" ] || fail "Graph's own service principal came back without an id"

absent=''
for role in $wanted; do
  id=$(printf '%s\n' "$catalogue" | awk -F "$tab" -v role="$role" '$1 == "role" && $2 == role { print $3 }')
  [ -n "$id" ] || absent="$absent $role"
done
if [ -n "$absent" ]; then
  reason="Graph offers no application role$absent in this tenant; nothing was changed."
  [ "$api" != classic ] || reason="$reason Microsoft removed it together with the classic API in January 2025: use --api industryData."
  fail "$reason"
fi

# The roles of Graph that the identity has, page by page: lines of "has<tab>role id", and "next<tab>address".
assigned='' link="$principals/$principal/appRoleAssignments"
while [ -n "$link" ]; do
  rest get "$link" --output tsv --query \
    "[value[?resourceId=='$resource'].['has', appRoleId], [['next', \"@odata.nextLink\" || '']]][]" ||
    explain "reading the identity's roles"
  assigned=$assigned$'\n'$answer
  next=$(printf '%s\n' "$answer" | awk -F "$tab" '$1 == "next" { print $2 }')
  case $next in
    '' | "$graph"/*) [ "$next" != "$link" ] || fail "Graph's list of the identity's roles does not end" ;;
    *) fail "Graph pointed to another host for the next page; the token is not sent there" ;;
  esac
  link=$next
done

lacking=0 granted=0
for role in $wanted; do
  id=$(printf '%s\n' "$catalogue" | awk -F "$tab" -v role="$role" '$1 == "role" && $2 == role { print $3 }')
  if printf '%s\n' "$assigned" | grep -qiFx "has$tab$id"; then
    printf '  has      %s\n' "$role"
    continue
  fi
  lacking=$((lacking + 1))
  if ! $apply; then
    printf '  lacks    %s (%s)\n' "$role" "$id"
    continue
  fi
  body="{\"principalId\": \"$principal\", \"resourceId\": \"$resource\", \"appRoleId\": \"$id\"}"
  if rest post "$principals/$principal/appRoleAssignments" --headers Content-Type=application/json --body "$body" --output none; then
    granted=$((granted + 1))
    printf '  granted  %s\n' "$role"
  else
    case $error in
      *"already exists"*) printf '  has      %s\n' "$role" ;; # granted by someone else in between
      *) explain "granting $role ($granted granted before it; it is safe to run this again)" ;;
    esac
  fi
done

if [ "$lacking" -eq 0 ]; then
  printf 'Nothing to do.\n'
elif $apply; then
  printf '%s granted. It can take hours until the identity'\''s tokens carry new roles; until then Graph answers 403.\n' "$granted"
else
  printf 'Dry run: nothing was changed. Run it again with --apply to grant %s.\n' "$lacking"
fi
